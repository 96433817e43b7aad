using CreditGrains.Domain.Limits;

namespace CreditGrains.Cluster.Simulation.Net;

/// <summary>A partition or, with a key, a shared node.</summary>
internal readonly record struct Target(int Partition, NodeKey Node)
{
    public static Target Of(int partition) => new(partition, default);

    public static Target Of(NodeKey node) => new(-1, node);

    public bool IsNode => Partition < 0;

    public override string ToString() => IsNode ? Node.ToString() : $"Partition {Partition}";
}
