using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Files;
using CreditGrains.Orleans.Journal;
using CreditGrains.Orleans.Nodes;

namespace CreditGrains.Orleans.Partitions;

/// <summary>What partitions keep, whatever keeps it. Any thread.</summary>
internal interface IClusterStore
{
    /// <summary>Journal rows and epochs.</summary>
    IJournalTable Journal { get; }

    /// <summary>Which partitions have rows of shared nodes.</summary>
    INodeMirrors Mirrors { get; }

    /// <summary>Where facilities live whose numbers point elsewhere.</summary>
    ISignpostTable Signposts { get; }

    /// <summary>Snapshots and spilled request ids of a partition; changes are refused once the epoch is over.</summary>
    IFileStore FilesOf(int partition, long epoch);
}

/// <summary>Homes of facilities whose own numbers point to other partitions. Any thread.</summary>
internal interface ISignpostTable
{
    /// <summary>Writes homes down; durable when it completes. Earlier ones stay.</summary>
    Task PutAsync(int pointed, NodeKey[] facilities, int[] homes);

    /// <summary>Those that point to a partition.</summary>
    Task<Dictionary<NodeKey, int>> ReadAsync(int pointed);
}
