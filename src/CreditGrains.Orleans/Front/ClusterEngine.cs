using System.Runtime.CompilerServices;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Scoring;
using CreditGrains.Orleans.Audit;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Journal;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Front;

/// <summary>The cluster behind the port of an engine: routes commands to partitions and nodes, batches them per partition, and puts the answers together.</summary>
public sealed partial class ClusterEngine : ICreditEngine, IPoolSource, IRiskDesk, IAlertSource
{
    private static readonly TimeSpan StatusAgeMax = TimeSpan.FromSeconds(5);
    private static readonly EngineStatus StatusOfNone = new(0, 0, 0, 0, 0, 0, 0, 0, false, null);
    private static readonly TimeSpan FeedPause = TimeSpan.FromMilliseconds(50);
    private readonly IClusterGrains grains;
    private readonly ClusterOptions options;
    private readonly PartitionMap map;
    private readonly CommandRoutes commands;
    private readonly Patience patience;
    private readonly JournalFeed feed;
    private readonly Func<IEnumerable<int>> local;
    private readonly Func<ValueTask> dispose;
    private readonly IGrainFactory? factory;
    // Ids that no other silo gives, nor this one after a restart: asked at another, a job is unknown and not taken for one of its own.
    private readonly RiskJobs jobs = new($"{Guid.NewGuid().ToString("N")[..8]}-");
    private EngineStatus? status;
    private long statusAt;

    internal ClusterEngine(IGrainFactory factory, ClusterOptions options, JournalFeed feed, PartitionHandover local, Func<ValueTask> dispose)
        : this(new OrleansGrains(factory), options, feed, () => local.Numbers, TaskScheduler.Default, dispose) => this.factory = factory;

    /// <summary>Over any way to partitions and nodes.</summary>
    internal ClusterEngine(IClusterGrains grains, ClusterOptions options, JournalFeed feed, Func<IEnumerable<int>> local, TaskScheduler workers, Func<ValueTask> dispose)
    {
        this.grains = grains;
        this.options = options;
        this.feed = feed;
        this.local = local;
        this.dispose = dispose;
        map = new PartitionMap(options.Partitions);
        patience = new Patience(options.Clock, options.Patience);
        commands = new CommandRoutes(grains, options, map, patience, workers);
    }

    /// <summary>The grains of the cluster, for applications beside the API: borrowers, enterprises, pools.</summary>
    public IGrainFactory Grains => factory ?? throw new InvalidOperationException("This front door does not go through Orleans.");

    /// <summary>The audit log of the cluster; null at a front door without a database.</summary>
    public AuditTable? Audit { get; internal init; }

    /// <summary>The heads of the journals of all partitions; null at a front door without a database.</summary>
    public PartitionHeads? Heads { get; internal init; }

    /// <inheritdoc/>
    public ValueTask<Outcome> ExecuteAsync(in Command command, long deadlineMicros = ICreditEngine.NoDeadline) => commands.ExecuteAsync(command, deadlineMicros);

    /// <inheritdoc/>
    public ValueTask ExecuteAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, long deadlineMicros = ICreditEngine.NoDeadline)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(commands.Length, ICreditEngine.BatchLengthMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(outcomes.Length, commands.Length);
        return commands.IsEmpty ? default : new ValueTask(this.commands.ExecuteAsync(commands, outcomes[..commands.Length], deadlineMicros));
    }

    /// <summary>A facility with its path and open items. It and its borrower are one atomic read; shared nodes of the path are read after it, from all their partitions.</summary>
    public async ValueTask<FacilityView?> GetFacilityAsync(NodeKey key)
    {
        var view = ViewWire.Read<FacilityView>(await AskAsync(await HomeOfAsync(key), PartitionQuestion.Of(QuestionKind.Facility, key)));
        if (view is null) return null;
        // The row of a shared node in the partition is its part: limit and exposure are those of the lease.
        return view with { Path = await Task.WhenAll(view.Path.Select(async part => PartitionMap.IsShared(part.Key.Kind) && await GetNodeAsync(part.Key) is { } whole ? whole with { SharePpm = part.SharePpm } : part)) };
    }

    /// <inheritdoc/>
    public async ValueTask<EventRecord?> GetFacilityAsOfAsync(NodeKey key, long asOfMicros) =>
        EventWire.Read(await AskAsync(await HomeOfAsync(key), PartitionQuestion.Of(QuestionKind.EventAsOf, key, asOfMicros)), out _).FirstOrDefault();

    /// <inheritdoc/>
    public async ValueTask<NodeView?> GetNodeAsync(NodeKey key)
    {
        if (PartitionMap.IsShared(key.Kind)) return ViewWire.Read<NodeView>(await Guarded(() => grains.Node(key).ViewAsync()));
        return ViewWire.Read<NodeView>(await AskAsync(await HomeOfAsync(key), PartitionQuestion.Of(QuestionKind.Node, key)));
    }

    /// <inheritdoc/>
    public async ValueTask<NodeView?> GetNodeAsOfAsync(NodeKey key, long asOfMicros, CancellationToken cancellationToken)
    {
        if (PartitionMap.IsShared(key.Kind)) return ViewWire.Read<NodeView>(await Guarded(() => grains.Node(key).ViewAsOfAsync(asOfMicros), cancellationToken));
        var home = grains.Partition(await HomeOfAsync(key));
        return ViewWire.Read<NodeView>(await Guarded(() => home.AskLongAsync(PartitionQuestion.Of(QuestionKind.NodeAsOf, key, asOfMicros)), cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NodeView>> ListNodesAsync(ushort tenant, NodeKind kind, NodeKey after, int take)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 1_000);
        var asked = PartitionQuestion.Of(QuestionKind.Nodes, after == default ? new NodeKey(0, tenant, 0, NodeKind.None) : after, (long)kind, take);
        var isShared = kind != NodeKind.None && PartitionMap.IsShared(kind);
        IEnumerable<int> asks = isShared ? [PartitionMap.Register] : Enumerable.Range(0, map.Count + 1);
        var pages = await Task.WhenAll(asks.Select(async p => (Partition: p, Page: ViewWire.Read<NodeView[]>(await AskAsync(p, asked)) ?? [])));
        // Rows of shared nodes in partitions are parts of those in the register.
        var keys = pages.SelectMany(p => p.Page.Where(n => p.Partition == PartitionMap.Register || !PartitionMap.IsShared(n.Key.Kind)))
            .OrderBy(n => n.Key, Comparer<NodeKey>.Create(Engine.Graph.LimitGraph.CompareKeys)).Take(take).ToArray();
        var views = await Task.WhenAll(keys.Select(async n => PartitionMap.IsShared(n.Key.Kind) ? await GetNodeAsync(n.Key) ?? n : n));
        return views;
    }

    /// <summary>A pool: the sum of its partitions, each as of a moment of its own.</summary>
    public async ValueTask<PoolState?> GetPoolAsync(NodeKey key) => PoolBytes.ReadState((await Guarded(() => grains.Pool(key).ReadPoolAsync())).Bytes);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NodeKey>> ListPoolsAsync(ushort tenant, NodeKey after, int take)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 1_000);
        var asked = PartitionQuestion.Of(QuestionKind.Pools, after == default ? new NodeKey(0, tenant, 0, NodeKind.None) : after, after == default ? 0 : 1, take);
        return ViewWire.Read<NodeKey[]>(await AskAsync(PartitionMap.Register, asked)) ?? [];
    }

    /// <summary>A pool with its loans, each partition's as of a moment of its own, in one message.</summary>
    public async Task<LivePoolLoans?> CopyPoolAsync(NodeKey key, Action<double>? progress, CancellationToken cancellationToken) =>
        PoolBytes.ReadLoans((await Guarded(() => grains.Pool(key).CopyPoolAsync(), cancellationToken).WaitAsync(cancellationToken)).Bytes);

    /// <summary>A pool with its loans in lines, put together where they are.</summary>
    public async Task<PoolLines?> ReadLinesAsync(NodeKey key, Action<double>? progress, CancellationToken cancellationToken) =>
        PoolWire.ReadAnswer(await Guarded(() => grains.Pool(key).ReadLinesAsync(), cancellationToken).WaitAsync(cancellationToken), r =>
        {
            var state = PoolBytes.ReadState(r.ReadPart())!;
            var groups = new LoanGroups();
            groups.Read(r);
            return new PoolLines(state, groups.Lines());
        });

    /// <summary>What a pool pays: each partition projects its own loans.</summary>
    public async Task<PoolForecasts?> ProjectPoolAsync(NodeKey key, PoolAssumptions assumptions, string conventions, Action<double>? progress, CancellationToken cancellationToken)
    {
        var request = PoolWire.Write(w =>
        {
            w.Write(assumptions);
            w.Write(conventions);
        });
        return PoolWire.ReadAnswer(await Guarded(() => grains.Pool(key).ProjectPoolAsync(request), cancellationToken).WaitAsync(cancellationToken), r =>
        {
            var state = PoolBytes.ReadState(r.ReadPart())!;
            var (scenarios, lines) = (assumptions.Of(state.Ledger), r.ReadInt32());
            return new PoolForecasts(state, scenarios, Array.ConvertAll(scenarios, _ => r.ReadTable()), lines);
        });
    }

    /// <inheritdoc/>
    public async ValueTask<EventRecord?> GetDecisionAsync(long sequence)
    {
        var partition = PartitionMap.OfSequence(sequence);
        if (sequence < 1 || partition > map.Count) return null;
        return EventWire.Read(await AskAsync(partition, PartitionQuestion.Of(QuestionKind.Event, default, sequence)), out _).FirstOrDefault();
    }

    /// <inheritdoc/>
    public async ValueTask<EventRecord?> GetDecisionAsync(ushort tenant, RequestId id) => await commands.FindDecisionAsync(tenant, id);

    /// <inheritdoc/>
    public async ValueTask<HistoryPage> GetHistoryAsync(NodeKey key, long before, int take)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 1_000);
        var events = EventWire.Read(await AskAsync(await HomeOfAsync(key), PartitionQuestion.Of(QuestionKind.History, key, before, take)), out var next);
        return new HistoryPage(events, next);
    }

    /// <summary>Durable events of all partitions after the one of a sequence, each partition's in order. Copies of shared nodes, rates and dates in the partitions are left out.</summary>
    public async IAsyncEnumerable<EventRecord> ReadFeedAsync(long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterSequence);
        if (PartitionMap.OfSequence(afterSequence) > map.Count)
            throw new EngineFaultException($"The cursor is of partition {PartitionMap.OfSequence(afterSequence)}; this cluster has {map.Count}.", null);
        var (place, events) = await Guarded(() => feed.StartAsync(afterSequence, cancellationToken), cancellationToken);
        while (true)
        {
            foreach (var e in events) yield return e;
            var before = place;
            (place, events) = await Guarded(() => feed.NextAsync(before, cancellationToken), cancellationToken);
            if (place == before) await Task.Delay(FeedPause, options.Clock, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> GetFeedEndAsync() => await Guarded(feed.EndAsync);

    /// <inheritdoc/>
    public async ValueTask ConfirmClockAsync() => await EveryAsync(QuestionKind.ConfirmClock);

    /// <inheritdoc/>
    public async ValueTask<long> SnapshotAsync() => (await EveryAsync(QuestionKind.Snapshot)).Max(ViewWire.Read<long>);

    /// <summary>Sums over the partitions, at most a few seconds old: whoever asks opens those that are not, and asking all of them is no small thing.</summary>
    public async ValueTask<EngineStatus> GetStatusAsync()
    {
        var seen = Volatile.Read(ref status);
        if (seen is not null && options.Clock.GetElapsedTime(Interlocked.Read(ref statusAt)) < StatusAgeMax) return seen;
        try
        {
            seen = await StatusAsync(Enumerable.Range(0, map.Count + 1));
        }
        catch (EngineFaultException failure)
        {
            // A cluster that does not answer now may answer later: the silo stays and says what it knew.
            options.Warn(failure.Message);
            return seen ?? StatusOfNone;
        }
        Volatile.Write(ref status, seen);
        Interlocked.Exchange(ref statusAt, options.Clock.GetTimestamp());
        return seen;
    }

    /// <summary>Of the partitions that are open in this silo. It opens none: the first silo of a cluster would take them all before the others are there.</summary>
    public async ValueTask<EngineStatus> GetHealthAsync()
    {
        try
        {
            return await StatusAsync(local());
        }
        catch (EngineFaultException failure)
        {
            options.Warn(failure.Message);
            return StatusOfNone;
        }
    }

    /// <summary>Leaves the cluster: jobs started here are cancelled, partitions here are handed over.</summary>
    public async ValueTask DisposeAsync()
    {
        await jobs.DisposeAsync();
        if (alerts is not null) await alerts.DisposeAsync();
        await dispose();
    }

    private async ValueTask<int> HomeOfAsync(NodeKey key)
    {
        var home = commands.Routing.HomeOf(key);
        if (!key.IsFacility || home != map.PointedBy(key)) return home;
        var elsewhere = ViewWire.Read<int>(await AskAsync(home, PartitionQuestion.Of(QuestionKind.Home, key)));
        if (elsewhere == 0) return home;
        commands.Routing.Note(key, elsewhere);
        return elsewhere;
    }

    private async Task<EngineStatus> StatusAsync(IEnumerable<int> partitions)
    {
        var answers = await AskAllAsync(partitions, QuestionKind.Status);
        if (answers.Length == 0) return StatusOfNone;
        var parts = Array.ConvertAll(answers, p => ViewWire.Read<PartitionStatus>(p)!);
        return new EngineStatus(
            parts.Max(p => p.LastSequence), parts.Max(p => p.RecordedAtMicros), parts.Sum(p => p.FacilityCount), parts.Sum(p => p.NodeCount),
            parts.Sum(p => p.OpenItemCount), parts.Max(p => p.SnapshotSequence), parts.Sum(p => p.JournalBytes), 0, parts.Any(p => p.IsClockStepPending), null);
    }

    private Task<Payload[]> EveryAsync(QuestionKind kind) => AskAllAsync(Enumerable.Range(0, map.Count + 1), kind);

    private Task<Payload[]> AskAllAsync(IEnumerable<int> partitions, QuestionKind kind) => Task.WhenAll(partitions.Select(p => AskAsync(p, PartitionQuestion.Of(kind, default))));

    private Task<Payload> AskAsync(int partition, PartitionQuestion question) => Guarded(() => grains.Partition(partition).AskAsync(question));

    private Task<T> Guarded<T>(Func<Task<T>> call, CancellationToken cancellationToken = default) => patience.CallAsync(call, cancellationToken);
}
