using CreditGrains.Engine.Alerts;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Journal;
using CreditGrains.Orleans.Nodes;

namespace CreditGrains.Orleans.Partitions;

/// <summary>What the grains of one silo share.</summary>
/// <param name="options">Settings.</param>
/// <param name="store">What the cluster keeps.</param>
/// <param name="workers">Where what blocks runs, beside the turns.</param>
internal sealed class SiloServices(ClusterOptions options, IClusterStore store, TaskScheduler workers) : IAsyncDisposable
{
    /// <summary>Settings.</summary>
    public ClusterOptions Options { get; } = options;

    /// <summary>What the cluster keeps.</summary>
    public IClusterStore Store { get; } = store;

    /// <summary>Where what blocks runs.</summary>
    public TaskScheduler Workers { get; } = workers;

    /// <summary>Which partitions have rows of shared nodes.</summary>
    public INodeMirrors Mirrors => Store.Mirrors;

    /// <summary>Which partition a key points to.</summary>
    public PartitionMap Map { get; } = new(options.Partitions);

    /// <summary>Appends frames of all partitions here.</summary>
    public JournalAppender Appender { get; } = new(store.Journal, options.Clock, options.Patience, options.JournalConnections, workers);

    /// <summary>Where facilities live whose numbers point elsewhere.</summary>
    public ISignpostLog Signposts => Store.Signposts;

    /// <summary>Bounds how many partitions are opened at once: each reads a snapshot.</summary>
    public SemaphoreSlim Openings { get; } = new(options.OpeningsMax);

    /// <summary>Bounds how many partitions have old journal rows deleted at once.</summary>
    public SemaphoreSlim Cleanings { get; } = new(1);

    /// <summary>Bounds how many partitions write a snapshot at once: they come due together, and each takes connections and memory.</summary>
    public SemaphoreSlim Snapshots { get; } = new(4);

    /// <summary>Bounds how many partitions project their parts of pools at once: each takes one processor and a copy of its loans.</summary>
    public SemaphoreSlim Projections { get; } = new(Math.Max(1, Environment.ProcessorCount));

    /// <summary>Bounds how many parts of backtests run at once: each takes one processor below the priority of decisions, and two books of its partition.</summary>
    public SemaphoreSlim Backtests { get; } = new(1);

    /// <summary>Bounds how many second books of partitions take journal frames at once: after a start all have their whole journal to read, on threads that decisions need too.</summary>
    public SemaphoreSlim Followers { get; } = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>The alert rules this silo has; null when it was started without. Any thread.</summary>
    public AlertRules? AlertRules
    {
        get => Volatile.Read(ref alertRules);
        set => Volatile.Write(ref alertRules, value);
    }

    private AlertRules? alertRules = options.AlertRules;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Appender.DisposeAsync();
        await Store.DisposeAsync();
        Openings.Dispose();
        Cleanings.Dispose();
        Snapshots.Dispose();
        Projections.Dispose();
        Backtests.Dispose();
        Followers.Dispose();
    }
}
