using CreditGrains.Engine.Files;
using CreditGrains.Orleans.Journal;
using CreditGrains.Orleans.Nodes;

namespace CreditGrains.Orleans.Partitions;

/// <summary>What partitions keep, whatever keeps it. Any thread.</summary>
internal interface IClusterStore : IAsyncDisposable
{
    /// <summary>Journal rows and epochs.</summary>
    IJournalTable Journal { get; }

    /// <summary>Which partitions have rows of shared nodes.</summary>
    INodeMirrors Mirrors { get; }

    /// <summary>Where facilities live whose numbers point elsewhere.</summary>
    ISignpostLog Signposts { get; }

    /// <summary>Whether an epoch is still the partition's.</summary>
    Task<bool> IsInForceAsync(int partition, long epoch);

    /// <summary>Snapshots and spilled request ids of a partition; changes are refused once the epoch is over.</summary>
    IFileStore FilesOf(int partition, long epoch);
}

/// <summary>The signposts of partitions: a log of each, written under its epoch. Any thread.</summary>
internal interface ISignpostLog : IAsyncDisposable
{
    /// <summary>Adds to a partition's log; durable when it completes.</summary>
    /// <exception cref="Engine.Journal.JournalException">The epoch is over; nothing was written.</exception>
    Task WriteAsync(int partition, long epoch, byte[] homes);

    /// <summary>Reads a partition's log. Under an epoch raised before, nothing can be added to it any more by others.</summary>
    Task<HomeTable> ReadAsync(int partition);
}
