using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Tables;
using CreditGrains.Risk.Monitoring;

namespace CreditGrains.Engine.Standalone;

/// <summary>
/// What runs beside a standalone engine on a thread of its own: follows the durable journal with a second book, scores shadows, keeps monitors, and runs backtests. The
/// second book is made when the first model or policy is there, or at once for alerts, and takes as much memory as the engine's; the writer is never asked for anything.
/// </summary>
public sealed class RiskDesk : IRiskDesk, IAsyncDisposable, IShadowScores
{
    private const int FramesAtOnce = 64;
    private static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(20);
    private readonly ICreditEngine? engine;
    private readonly Partition partition;
    private readonly PartitionOptions options;
    private readonly Func<Task> nextFlush;
    private readonly Action<string> tell;
    private readonly int performanceMonths;
    private readonly IBookObserver? observer;
    private readonly SemaphoreSlim? turns;
    private readonly Func<Exception, bool>? isPassing;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly SortedDictionary<(string Entity, string Name, int Version), ModelMonitor> monitors = [];
    private readonly Dictionary<(NodeKey Entity, VersionName Policy), long[]> shadowPolicies = [];
    private readonly Dictionary<NodeKey, bool> labels = [];
    private readonly RiskJobs jobs = new();
    // Partitions of a cluster are many, and share the pool's threads instead.
    private readonly bool hasOwnThread;
    private readonly PastInputs past;
    private readonly Task following;
    private ShadowBook? book;

    /// <param name="engine">Tells a backtest of versions and files; null in a partition of a cluster, whose backtests the front door starts.</param>
    /// <param name="partition">Whose journal is followed.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="nextFlush">Completes when there may be more to follow.</param>
    /// <param name="tell">Told what an operator should know.</param>
    /// <param name="performanceMonths">As of <see cref="CreditEngine.StartRiskDesk"/>.</param>
    /// <param name="observer">Sees each event between what was and what is; null for none.</param>
    /// <param name="isPassing">Whether a failure of reading passes, so that it is tried again; null for none. Nothing of a frame is taken when it cannot be read.</param>
    /// <param name="turns">Bounds how many desks of a process take frames at once; null for no bound.</param>
    internal RiskDesk(ICreditEngine? engine, Partition partition, PartitionOptions options, Func<Task> nextFlush, Action<string> tell, int performanceMonths, IBookObserver? observer = null, SemaphoreSlim? turns = null, Func<Exception, bool>? isPassing = null)
    {
        this.engine = engine;
        this.partition = partition;
        this.options = options;
        this.nextFlush = nextFlush;
        this.tell = tell;
        this.performanceMonths = performanceMonths;
        past = new PastInputs(partition, options);
        this.observer = observer;
        this.turns = turns;
        this.isPassing = isPassing;
        hasOwnThread = engine is not null;
        following = Task.Factory.StartNew(FollowAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Sequence up to which the journal was followed; 0 while there is nothing to follow it for.</summary>
    public long FollowedSequence => Interlocked.Read(ref followed);

    private long followed;

    /// <inheritdoc/>
    ValueTask<IReadOnlyList<ModelMonitorView>> IRiskDesk.MonitorsAsync(NodeKey entity) => new(Monitors(entity));

    /// <inheritdoc/>
    ValueTask<long> IRiskDesk.NoteOutcomesAsync(IReadOnlyList<(NodeKey Facility, bool IsBad)> outcomes) => new(NoteOutcomes(outcomes));

    /// <summary>Completes when what is durable now was followed, or there is nothing to follow it for.</summary>
    internal async Task CaughtUpAsync(CancellationToken cancellationToken)
    {
        var durable = partition.EventJournal.DurableSequence;
        while (FollowedSequence < durable && partition.State.Small.Risk.HasScopes && !following.IsCompleted) await Task.Delay(LookPause, cancellationToken);
    }

    /// <summary>What the models of a legal entity did here, to be added to what they did elsewhere.</summary>
    internal IReadOnlyList<MonitorPart> Parts(NodeKey entity)
    {
        lock (gate) return [.. monitors.Where(pair => pair.Key.Entity == entity.ToString()).Select(pair => pair.Value.Part())];
    }

    /// <summary>The day up to which this journal goes.</summary>
    internal DateOnly AsOf => partition.EventJournal.LastRecordedAt is var last and > 0 ? DayOf(last) : DateOnly.MinValue;

    /// <summary>What was told of accounts.</summary>
    internal Dictionary<NodeKey, bool> Outcomes()
    {
        lock (gate) return new Dictionary<NodeKey, bool>(labels);
    }

    /// <summary>How the models of a legal entity do.</summary>
    public IReadOnlyList<ModelMonitorView> Monitors(NodeKey entity)
    {
        lock (gate)
        {
            var asOf = AsOf;
            return [.. monitors.Where(pair => pair.Key.Entity == entity.ToString()).Select(pair => pair.Value.View(asOf, performanceMonths))];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<(VersionName Name, int Month, double Psi, long Rows)> Months(NodeKey entity)
    {
        lock (gate) return [.. monitors.Where(pair => pair.Key.Entity == entity.ToString()).SelectMany(pair => pair.Value.Months.Select(one => (pair.Value.Name, one.Month, one.Psi, one.Rows)))];
    }

    /// <summary>The probability of the bad event of each account at its newest request, by a model.</summary>
    public IReadOnlyList<(NodeKey Facility, double Probability)> Latest(NodeKey entity, VersionName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (gate) return monitors.TryGetValue((entity.ToString(), name.Name, name.Version), out var monitor) ? [.. monitor.Latest] : [];
    }

    /// <inheritdoc/>
    public IReadOnlyList<(VersionName Policy, long Approve, long Decline, long Refer, long Nothing, long Differs)> ShadowPolicies(NodeKey entity)
    {
        lock (gate) return [.. shadowPolicies.Where(pair => pair.Key.Entity == entity).Select(pair => (pair.Key.Policy, pair.Value[1], pair.Value[2], pair.Value[3], pair.Value[0], pair.Value[4]))];
    }

    /// <summary>Tells what became of accounts.</summary>
    /// <returns>How many had a decision by a model.</returns>
    public long NoteOutcomes(IReadOnlyList<(NodeKey Facility, bool IsBad)> outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        lock (gate)
        {
            var known = 0L;
            foreach (var (facility, isBad) in outcomes)
            {
                labels[facility] = isBad;
                var entity = RiskState.EntityOf(facility).ToString();
                var isScored = false;
                foreach (var (key, monitor) in monitors)
                    if (key.Entity == entity) isScored |= monitor.NoteOutcome(facility, isBad);
                if (isScored) known++;
            }
            return known;
        }
    }

    /// <inheritdoc/>
    public Task<double[]?> InputsOfAsync(NodeKey entity, long sequence, CancellationToken cancellationToken) => past.RowOfAsync(entity, sequence, cancellationToken);

    /// <inheritdoc/>
    public RiskJob StartBacktest(NodeKey entity, VersionName policy, VersionName? model, long fromMicros) => jobs.Start(
        entity, BacktestRun.TitleOf(policy, model),
        async (progress, cancelled) =>
        {
            var versions = (await engine!.GetRiskAsync(entity.Tenant, entity.LegalEntity)).Versions;
            var files = await BacktestFiles.OfAsync(versions, policy, model, hash => engine.GetContentAsync(entity.Tenant, entity.LegalEntity, hash));
            return await BacktestRun.OnThread(() =>
            {
                using var run = new BacktestRun(partition.EventJournal, options, entity, files, fromMicros);
                run.Execute(progress, cancelled);
                return BacktestReport.Of(BacktestRun.TitleOf(policy, model), [run.Part(Outcomes())]);
            });
        });

    /// <inheritdoc/>
    public RiskJob? Find(string id) => jobs.Find(id);

    /// <inheritdoc/>
    public RiskJob? Cancel(string id) => jobs.Cancel(id);

    /// <inheritdoc/>
    public IReadOnlyList<RiskJob> Jobs() => jobs.All();

    /// <summary>Ends the following; backtests under way are cancelled, and have ended when it completes.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await jobs.DisposeAsync();
        await Task.WhenAny(following);
        observer?.End("alerts have stopped: the engine is closed");
        // Who asks for alerts, or gives other rules, may still look at it.
        lock (gate)
        {
            book?.Dispose();
            book = null;
        }
        past.Dispose();
        stop.Dispose();
    }

    void IShadowScores.Note(in LedgerEvent e, BoundModel shadow, ReadOnlySpan<double> row, double score) => Note(e, shadow, VersionRole.Shadow, row, score);

    void IShadowScores.NoteActing(in LedgerEvent e, BoundModel model, ReadOnlySpan<double> row) =>
        Note(e, model, e.Risk.IsChallenger ? VersionRole.Challenger : VersionRole.Acting, row, e.Risk.Score);

    void IShadowScores.Note(in LedgerEvent e, BoundPolicy shadow, PolicyOutcome outcome)
    {
        var key = (RiskState.EntityOf(e.Key), shadow.Name);
        if (!shadowPolicies.TryGetValue(key, out var counts)) shadowPolicies[key] = counts = new long[5];
        counts[(int)outcome]++;
        if ((outcome == PolicyOutcome.Approve) != e.IsApproval) counts[4]++;
    }

    private void Note(in LedgerEvent e, BoundModel model, VersionRole role, ReadOnlySpan<double> row, double score)
    {
        var key = (RiskState.EntityOf(e.Key).ToString(), model.Name.Name, model.Name.Version);
        if (!monitors.TryGetValue(key, out var monitor))
        {
            var version = book!.State.Small.Risk.FindVersion(RiskState.EntityOf(e.Key), false, model.Name.Name, model.Name.Version);
            monitors[key] = monitor = new ModelMonitor(model.Name, role, model.Scoring.Model, version is null ? null : DevelopmentDeciles.Read(version.Detail));
        }
        monitor.Role = role;
        monitor.Note(e.Key, row, score, e.IsApproval, DayOf(e.OccurredAtMicros != 0 ? e.OccurredAtMicros : e.RecordedAtMicros));
        if (labels.TryGetValue(e.Key, out var isBad)) monitor.NoteOutcome(e.Key, isBad);
    }

    private async Task FollowAsync()
    {
        if (hasOwnThread) LowPriority.Take();
        try
        {
            while (!stop.IsCancellationRequested)
            {
                if (book is null && observer is null && !partition.State.Small.Risk.HasScopes)
                {
                    // Nothing to run yet: a look now and then, not at every flush.
                    await PauseAsync(Task.Delay(IdlePause));
                    continue;
                }
                var next = nextFlush();
                if (!await TakeInTurnAsync()) await PauseAsync(next);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to end: nothing is left to do.
            return;
        }
        catch (Exception failure)
        {
            // Whatever it was, nothing is followed any more: that must not stay unsaid.
            observer?.End($"alerts have stopped: {failure.Message}");
            tell($"models and alerts beside the engine have stopped: {failure.Message}");
        }
    }

    /// <summary>Waits, on a thread of its own without leaving it.</summary>
    private Task PauseAsync(Task until)
    {
        if (!hasOwnThread) return until.WaitAsync(stop.Token);
        until.Wait(stop.Token);
        return Task.CompletedTask;
    }

    private async ValueTask<bool> TakeInTurnAsync()
    {
        if (turns is null) return TakeOrBeginAgain();
        await turns.WaitAsync(stop.Token);
        try
        {
            return TakeOrBeginAgain();
        }
        catch (Exception failure) when (isPassing?.Invoke(failure) == true)
        {
            // The database is away, say: what could not be read is read after a pause.
            return false;
        }
        finally
        {
            turns.Release();
        }
    }

    /// <summary>As <see cref="TakeSome"/>; gives the second book up when what it needs next was deleted, so that another begins.</summary>
    private bool TakeOrBeginAgain()
    {
        try
        {
            return TakeSome();
        }
        catch (JournalException gone) when (book is not null && (gone.Code == JournalErrorCode.NotRetained || book.LastSequence + 1 < partition.EventJournal.OldestSequence))
        {
            tell($"models and alerts beside the engine begin again from the newest snapshot, as the journal they had still to read was deleted: {gone.Message}");
            lock (gate)
            {
                observer?.Lose();
                book.Dispose();
                book = null;
            }
            return true;
        }
    }

    /// <summary>Takes a few frames; false when there is none.</summary>
    private bool TakeSome()
    {
        if (book is null && !Begin()) return false;
        var taken = 0;
        if (partition.EventJournal is PartitionJournal)
        {
            using var cursor = partition.Journal.Reader.ReadFrom(book!.LastSequence + 1);
            for (; taken < FramesAtOnce && cursor.TryRead(out var frame); taken++) Take(frame);
        }
        else if (partition.EventJournal.DurableSequence > book!.LastSequence)
        {
            partition.EventJournal.ReadFrames(book.LastSequence + 1, frame =>
            {
                Take(frame);
                return ++taken < FramesAtOnce;
            });
        }

        return taken > 0;
    }

    private void Take(Frame frame)
    {
        var payload = frame.Payload;
        for (var sequence = frame.Header.FirstSequence; !payload.IsEmpty; sequence++)
        {
            stop.Token.ThrowIfCancellationRequested();
            var length = EventCodec.LengthOf(payload);
            if (sequence > book!.LastSequence)
            {
                EventCodec.Read(payload[..length], sequence, frame.Header.RecordedAt, out var e);
                // One event at a time, so that who asks how models do waits for one at most.
                lock (gate)
                {
                    observer?.Before(e);
                    book.Take(e, this);
                    observer?.After(e);
                }
                Interlocked.Exchange(ref followed, sequence);
            }
            payload = payload[length..];
        }

        if (observer is null) return;
        lock (gate) observer.FrameEnd(book!.LastSequence, frame.Header.RecordedAt);
    }

    /// <summary>Makes the second book, once there is something to run: at the newest snapshot from which the journal goes on, or empty where the journal is whole.</summary>
    private bool Begin()
    {
        if (partition.EventJournal.OldestSequence <= options.FirstSequence)
        {
            return Start(new ShadowBook(new PartitionState(), options.FirstSequence - 1, 0, options, tell));
        }
        foreach (var entry in SnapshotCatalog.Read(partition.Files))
        {
            if (entry.Sequence + 1 < partition.EventJournal.OldestSequence || SnapshotLoader.Load(partition.Files, entry, idOptions: null) is not { } loaded) continue;
            return Start(new ShadowBook(loaded.State, loaded.Sequence, loaded.RecordedAtMicros, options, tell));
        }
        return false;
    }

    private bool Start(ShadowBook begun)
    {
        lock (gate)
        {
            book = begun;
            observer?.Begin(new AlertSight(begun.State, begun.Executor, act => Between(begun, act), () => partition.EventJournal.DurableSequence));
        }
        return true;
    }

    private bool Between(ShadowBook seen, Action act)
    {
        lock (gate)
        {
            if (!ReferenceEquals(book, seen)) return false;
            act();
            return true;
        }
    }

    private static DateOnly DayOf(long micros) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddTicks(micros * 10));
}
