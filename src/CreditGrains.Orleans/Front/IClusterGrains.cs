using CreditGrains.Domain.Limits;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Orleans.Partitions;

namespace CreditGrains.Orleans.Front;

/// <summary>The way to partitions and nodes of the cluster. Calls may be lost, late or carried out twice; a caller learns of a loss by a time-out.</summary>
internal interface IClusterGrains
{
    /// <summary>A partition, 0 being the register.</summary>
    IPartitionGrain Partition(int number);

    /// <summary>A shared node.</summary>
    INodeGrain Node(NodeKey key);

    /// <summary>A pool.</summary>
    IPoolGrain Pool(NodeKey key);
}

/// <summary>The way through Orleans.</summary>
internal sealed class OrleansGrains(IGrainFactory grains) : IClusterGrains
{
    /// <inheritdoc/>
    public IPartitionGrain Partition(int number) => grains.GetGrain<IPartitionGrain>(number);

    /// <inheritdoc/>
    public INodeGrain Node(NodeKey key) => grains.GetGrain<INodeGrain>(key.ToString());

    /// <inheritdoc/>
    public IPoolGrain Pool(NodeKey key) => grains.GetGrain<IPoolGrain>(key.ToString());
}
