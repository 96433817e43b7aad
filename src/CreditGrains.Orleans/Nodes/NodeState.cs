namespace CreditGrains.Orleans.Nodes;

/// <summary>What a node grain keeps in grain storage, under an ETag: the book of leases and the partitions that have a row of the node.</summary>
[GenerateSerializer]
[Alias("CreditGrains.NodeState")]
public sealed class NodeState
{
    /// <summary>The book as <see cref="Engine.Leases.LeaseBookCodec"/> writes it; empty before the first lease.</summary>
    [Id(0)]
    public byte[] Book { get; set; } = [];

    /// <summary>Partitions with a row of the node, ascending.</summary>
    [Id(1)]
    public List<int> Mirrors { get; set; } = [];
}
