using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Journal;
using CreditGrains.Orleans.Nodes;
using Npgsql;

namespace CreditGrains.Orleans.Partitions;

/// <summary>What the grains of one silo share.</summary>
internal sealed class SiloServices(ClusterOptions options, NpgsqlDataSource database) : IAsyncDisposable
{
    /// <summary>Settings.</summary>
    public ClusterOptions Options { get; } = options;

    /// <summary>The cluster's database.</summary>
    public NpgsqlDataSource Database { get; } = database;

    /// <summary>Which partitions have rows of shared nodes.</summary>
    public NodeMirrors Mirrors { get; } = new(database);

    /// <summary>Which partition a key points to.</summary>
    public PartitionMap Map { get; } = new(options.Partitions);

    /// <summary>Appends frames of all partitions here.</summary>
    public JournalAppender Appender { get; } = new(database, options.Clock, options.Patience, options.JournalConnections);

    /// <summary>Signposts of all partitions here.</summary>
    public SignpostLog Signposts { get; } = new(database);

    /// <summary>Bounds how many partitions are opened at once: each reads a snapshot.</summary>
    public SemaphoreSlim Openings { get; } = new(options.OpeningsMax);

    /// <summary>Bounds how many partitions have old journal rows deleted at once.</summary>
    public SemaphoreSlim Cleanings { get; } = new(1);

    /// <summary>Bounds how many partitions write a snapshot at once: they come due together, and each takes connections and memory.</summary>
    public SemaphoreSlim Snapshots { get; } = new(4);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Appender.DisposeAsync();
        await Signposts.DisposeAsync();
        await Mirrors.DisposeAsync();
        Openings.Dispose();
        Cleanings.Dispose();
        Snapshots.Dispose();
    }
}
