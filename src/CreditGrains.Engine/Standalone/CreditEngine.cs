using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using CreditGrains.Domain.Clocks;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Backups;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Journal.Standby;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.RequestIds;

namespace CreditGrains.Engine.Standalone;

/// <summary>
/// The engine on a data directory, in process: what a server hosts and what a bank embeds. Open it, execute commands, dispose it.
/// </summary>
public sealed partial class CreditEngine : ICreditEngine, IPoolSource, IWriterLook
{
    private const int PooledCallsMax = 4096;
    private readonly Partition partition;
    private readonly EngineOptions options;
    private readonly WriterThread writer;
    private readonly StateReader reader;
    private readonly ConcurrentQueue<SingleCall> pool = new();
    private StandbyView? standby;
    private int isDisposed;

    private CreditEngine(Partition partition, EngineOptions options)
    {
        this.partition = partition;
        this.options = options;
        writer = new WriterThread(partition, options);
        reader = new StateReader(partition.State, partition.Executor);
    }

    /// <summary>Completes when the engine has ended; faulted when its journal failed, and then the process should exit.</summary>
    public Task Stopped => writer.Stopped;

    /// <summary>What recovery found when the engine was opened.</summary>
    public JournalReport Recovery => partition.Journal.Recovery;

    /// <summary>The journal, to attach a standby.</summary>
    public PartitionJournal Journal => partition.Journal;

    /// <summary>The partition's identity, which a standby must share.</summary>
    public Guid PartitionId => options.Partition.PartitionId;

    /// <summary>What the status says of the standby; set by who links it. Null: none is configured.</summary>
    public StandbyView? Standby
    {
        get => Volatile.Read(ref standby);
        set => Volatile.Write(ref standby, value);
    }

    /// <summary>The end of the move of request ids to disk begun last: whether it went well.</summary>
    internal Task<bool> LatestSpill => writer.Spills.Latest;

    /// <summary>Opens the engine on a data directory, recovering what is there.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Told the replayed sequence now and then; may be null.</param>
    /// <exception cref="StoreException">The directory is locked, foreign, read-only, full or failing; the message says what to do.</exception>
    /// <exception cref="JournalException">The journal must not be used as it is; the message says what to do.</exception>
    public static CreditEngine Open(EngineOptions options, Action<long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var files = DiskFileStore.Open(options.DataDirectory, createDirectory: true);
        return Open(files, options, progress);
    }

    /// <summary>Opens the engine on any store.</summary>
    /// <inheritdoc cref="Open(EngineOptions, Action{long}?)"/>
    public static CreditEngine Open(IFileStore files, EngineOptions options, Action<long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var partition = Partition.Open(files, options.Partition, options.Clock.UnixMicros(), progress);
        var engine = new CreditEngine(partition, options);
        engine.writer.Start();
        return engine;
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ExecuteAsync(in Command command, long deadlineMicros = ICreditEngine.NoDeadline)
    {
        DiskAnswers? answers;
        try
        {
            // On the caller's thread: two commands that follow each other stay in order, and no other caller waits for this one's disk.
            answers = partition.LookOnDisk(new ReadOnlySpan<Command>(in command));
        }
        catch (StoreException failure)
        {
            return ValueTask.FromException<Outcome>(failure);
        }
        if (!pool.TryDequeue(out var call)) call = new SingleCall(GiveBack);
        call.Command = command;
        call.Answers = answers;
        call.DeadlineMicros = deadlineMicros;
        var task = call.Task;
        writer.Submit(call);
        return task;
    }

    /// <inheritdoc/>
    public ValueTask ExecuteAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, long deadlineMicros = ICreditEngine.NoDeadline)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(commands.Length, ICreditEngine.BatchLengthMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(outcomes.Length, commands.Length);
        if (commands.IsEmpty) return ValueTask.CompletedTask;
        DiskAnswers? answers;
        try
        {
            answers = partition.LookOnDisk(commands.Span);
        }
        catch (StoreException failure)
        {
            return ValueTask.FromException(failure);
        }
        var call = new BatchCall(commands, outcomes[..commands.Length], answers) { DeadlineMicros = deadlineMicros };
        writer.Submit(call);
        return new ValueTask(call.Task);
    }

    /// <inheritdoc/>
    public ValueTask<FacilityView?> GetFacilityAsync(NodeKey key) => Look(_ => reader.Facility(key));

    /// <inheritdoc/>
    public async ValueTask<EventRecord?> GetFacilityAsOfAsync(NodeKey key, long asOfMicros)
    {
        var sequence = await LastSequenceOfAsync(key);
        while (sequence > 0 && partition.TryReadDurable(sequence, out var e))
        {
            if (e.RecordedAtMicros <= asOfMicros) return EventRecords.Of(e);
            sequence = e.PreviousSequence;
        }
        if (sequence > 0) throw NotRetained(sequence);
        return null;
    }

    /// <inheritdoc/>
    public ValueTask<NodeView?> GetNodeAsync(NodeKey key) => Look(_ => reader.Node(key));

    /// <inheritdoc/>
    public async ValueTask<NodeView?> GetNodeAsOfAsync(NodeKey key, long asOfMicros, CancellationToken cancellationToken)
    {
        await Look(_ => 0L);
        return await Task.Run(() => PastState.NodeAsOf(partition, options.Partition, key, asOfMicros, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<NodeView>> ListNodesAsync(ushort tenant, NodeKind kind, NodeKey after, int take)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 1_000);
        return Look(_ => reader.Nodes(tenant, kind, after, take));
    }

    /// <inheritdoc/>
    public ValueTask<NodeSweep> SweepNodesAsync(ushort tenant, long place, int rowsMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(place);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowsMax, 65_536);
        return Look(_ => reader.Sweep(tenant, place, rowsMax));
    }

    /// <inheritdoc/>
    public ValueTask<ChildrenPage?> ListChildrenAsync(NodeKey parent, NodeKey after, int take)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 1_000);
        return Look(_ => reader.Children(parent, after, take));
    }

    /// <inheritdoc/>
    public ValueTask<EventRecord?> GetDecisionAsync(long sequence)
    {
        if (sequence < 1) return ValueTask.FromResult<EventRecord?>(null);
        if (partition.TryReadDurable(sequence, out var e)) return ValueTask.FromResult<EventRecord?>(EventRecords.Of(e));
        if (sequence < partition.Journal.Reader.OldestSequence) return ValueTask.FromException<EventRecord?>(NotRetained(sequence));
        return ValueTask.FromResult<EventRecord?>(null);
    }

    /// <inheritdoc/>
    public async ValueTask<EventRecord?> GetDecisionAsync(ushort tenant, RequestId id)
    {
        var answers = DiskAnswers.Of(partition.Ids.DiskLookup, tenant, id);
        var sequence = await Look(p => p.FindSequence(tenant, id, answers));
        return sequence == 0 ? null : await GetDecisionAsync(sequence);
    }

    /// <inheritdoc/>
    public async ValueTask<HistoryPage> GetHistoryAsync(NodeKey key, long before, int take)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 1_000);
        var sequence = await LastSequenceOfAsync(key);
        var events = new List<EventRecord>();
        if (before > 0 && before <= sequence && partition.TryReadDurable(before, out var first) && first.Key == key) sequence = before;
        while (sequence > 0 && events.Count < take && partition.TryReadDurable(sequence, out var e))
        {
            events.Add(EventRecords.Of(e));
            sequence = e.PreviousSequence;
        }
        var isArchived = sequence > 0 && sequence < partition.Journal.Reader.OldestSequence;
        return isArchived ? new HistoryPage(events, 0) { ArchivedSequence = sequence } : new HistoryPage(events, sequence);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<EventRecord> ReadFeedAsync(long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterSequence);
        // From the beginning is from the first event kept; from a cursor nothing may be missing.
        var first = afterSequence == 0 ? partition.Journal.Reader.OldestSequence : afterSequence + 1;
        using var cursor = partition.Journal.Reader.ReadFrom(first);
        var events = new List<EventRecord>();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var next = writer.Durable.Next;
            if (FeedFrames.TryRead(cursor, afterSequence, events))
            {
                foreach (var e in events) yield return e;
                continue;
            }
            await Task.WhenAny(next, writer.Stopped).WaitAsync(cancellationToken);
            if (writer.Stopped.IsCompleted) yield break;
        }
    }

    /// <inheritdoc/>
    public ValueTask<RiskView> GetRiskAsync(ushort tenant, ushort legalEntity) => Look(_ => reader.Risk(new NodeKey(0, tenant, legalEntity, NodeKind.None)));

    /// <inheritdoc/>
    public async ValueTask<ReferralPage?> ListReferralsAsync(ushort tenant, ushort legalEntity, long cursor, int take) =>
        await Look(_ => reader.Referrals(new NodeKey(0, tenant, legalEntity, NodeKind.None), cursor, take));

    /// <inheritdoc/>
    public ValueTask<byte[]?> GetContentAsync(ushort tenant, ushort legalEntity, ContentHash hash) =>
        Look(_ => reader.Content(new NodeKey(0, tenant, legalEntity, NodeKind.None), hash.A, hash.B));

    /// <inheritdoc/>
    public async ValueTask ConfirmClockAsync() => await Look(p =>
    {
        p.ConfirmClock(options.Clock.UnixMicros());
        return 0;
    });

    /// <inheritdoc/>
    public async ValueTask<long> SnapshotAsync()
    {
        var waiter = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await Look(_ =>
        {
            writer.Snapshots.Request(waiter);
            return 0;
        });
        return await waiter.Task;
    }

    /// <inheritdoc/>
    public ValueTask<EngineStatus> GetStatusAsync()
    {
        if (writer.Fault is { } fault) return ValueTask.FromResult(new EngineStatus(0, 0, 0, 0, 0, 0, 0, 0, false, fault.Message) { Standby = Standby });
        return Look(p => new EngineStatus(
            p.Executor.LastSequence, p.Executor.LastRecordedAtMicros, p.State.Facilities.Count, p.State.Nodes.Count, p.State.Items.Count,
            p.SnapshotSequence, p.Journal.Writer.AppendedBytes, writer.QueuedCommands, p.IsClockStepPending, null)
        {
            FlushCount = p.Journal.Writer.AppendedFrames, Standby = Standby,
        });
    }

    /// <summary>Archives full journal segments and deletes old ones, as the options say. Takes as long as the copies do; one call at a time.</summary>
    /// <exception cref="StoreException">The archive or the engine's own disk refused; what was done so far holds.</exception>
    public Task<RetentionReport> RetireJournalAsync(RetentionOptions retention)
    {
        ArgumentNullException.ThrowIfNull(retention);
        return Task.Run(() =>
        {
            using var activity = EngineActivities.Source.StartActivity("retire journal");
            return JournalRetention.Run(partition.Journal, partition.Files, retention, options.Clock.UnixMicros());
        });
    }

    /// <summary>Lets every later append wait for a standby that has nearly caught up. The engine disposes of the link with the next one, or its own end.</summary>
    /// <returns>False when the standby was lost meanwhile.</returns>
    /// <exception cref="EngineFaultException">The engine has ended.</exception>
    public Task<bool> JoinAsync(StandbyLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        return writer.BetweenAppends(link.Join);
    }

    /// <summary>Asks a standby in step whether it is still there.</summary>
    /// <returns>Whether it is in step.</returns>
    /// <exception cref="EngineFaultException">The engine has ended.</exception>
    public Task<bool> ProbeAsync(StandbyLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        return writer.BetweenAppends(link.Probe);
    }

    /// <summary>Ends the engine because another writer took over: nothing decided here may be answered any more.</summary>
    public void Fence(JournalException cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        writer.Fence(cause);
    }

    /// <summary>Lets models, monitors and backtests run beside the engine; the caller disposes of the desk before the engine.</summary>
    /// <param name="tell">Told what an operator should know; null is nobody.</param>
    /// <param name="performanceMonths">Months over which a bad event is looked for: outcomes of younger decisions do not count yet. 1 to 120.</param>
    /// <param name="alerts">Watches the same second book, which is then made at once; null for none.</param>
    public RiskDesk StartRiskDesk(Action<string>? tell = null, int performanceMonths = 1, Alerts.AlertDesk? alerts = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(performanceMonths, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(performanceMonths, 120);
        return new RiskDesk(this, partition, options.Partition, () => writer.Durable.Next, tell ?? (_ => { }), performanceMonths, alerts);
    }

    /// <summary>Decides and flushes what waits, ends the threads and closes the files. A snapshot under way is abandoned.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0) return;
        writer.Stop();
        // A fault was told to the callers and stands in Stopped; closing goes on.
        await Task.WhenAny(writer.Stopped);
        await writer.Snapshots.DrainAsync();
        partition.Dispose();
        writer.Dispose();
    }

    /// <inheritdoc/>
    ValueTask<T> IWriterLook.RunAsync<T>(Func<Partition, T> look) => Look(look);

    private JournalException NotRetained(long sequence) => new(JournalErrorCode.NotRetained,
        $"Event {sequence} is archived: the journal here begins at event {partition.Journal.Reader.OldestSequence}. Restore a directory from backup and archive to look at it.");

    private ValueTask<long> LastSequenceOfAsync(NodeKey key) => Look(p =>
        p.State.FindFacility(key) is var row and not 0 ? p.State.Facilities.Read(row).LastSequence : 0L);

    private ValueTask<T> Look<T>(Func<Partition, T> look)
    {
        var call = new WriterCall<T>(look);
        writer.Submit(call);
        return new ValueTask<T>(call.Task);
    }

    private void GiveBack(SingleCall call)
    {
        if (pool.Count < PooledCallsMax) pool.Enqueue(call);
    }
}

/// <summary>Decodes frames for the feed; apart, since a frame cannot live across an await.</summary>
internal static class FeedFrames
{
    /// <summary>Reads the next durable frame's events after a sequence.</summary>
    /// <returns>False at the durable end.</returns>
    public static bool TryRead(FrameCursor cursor, long afterSequence, List<EventRecord> events)
    {
        events.Clear();
        if (!cursor.TryRead(out var frame)) return false;
        var payload = frame.Payload;
        for (var sequence = frame.Header.FirstSequence; !payload.IsEmpty; sequence++)
        {
            var length = EventCodec.LengthOf(payload);
            if (sequence > afterSequence)
            {
                EventCodec.Read(payload[..length], sequence, frame.Header.RecordedAt, out var e);
                events.Add(EventRecords.Of(e));
            }
            payload = payload[length..];
        }
        return true;
    }
}
