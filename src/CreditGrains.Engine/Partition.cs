using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine;

/// <summary>A batch that is decided: its events are applied in memory and wait for their flush; nothing of it may be shown before.</summary>
internal sealed class DecidedBatch
{
    internal DecidedBatch(int frameBytesMax) => Frame = new FrameBuffer(frameBytesMax);

    /// <summary>Its events' bytes.</summary>
    internal FrameBuffer Frame { get; }

    /// <summary>Sequence of its first event.</summary>
    public long FirstSequence;

    /// <summary>Writer time of its events.</summary>
    public long RecordedAtMicros;

    /// <summary>Its events; 0 when every command was refused or a repeat.</summary>
    public int EventCount;
}

/// <summary>
/// One engine with its journal, snapshots and request ids: what a host drives. One thread decides (<see cref="Begin"/>, <see cref="Execute"/>,
/// <see cref="End"/>), one flushes (<see cref="Flush"/>) at most one batch while the next is decided. Knows no threads and no clock: the
/// host brings both, and so does the simulator.
/// </summary>
internal sealed class Partition : IRequestIds, IDecisionReader, IDisposable
{
    private const long MicrosPerMilli = 1_000;
    private const long IdWindowMillis = 72 * 3_600_000L;

    private readonly PartitionOptions options;
    private readonly DecidedBatch[] batches;
    private readonly Replay.FrameReplay replay;
    private IEventJournal journal = null!;
    private FrameEvents? sharedEvents;
    private FrameEvents? decidingEvents;
    private DecidedBatch? building;
    private DiskAnswers? lookedUp;
    private int nextBatch;
    private long lastSeenMicros;
    private bool isReplaying = true;

    private Partition(IFileStore files, PartitionOptions options, PartitionState state, RequestIdIndex ids)
    {
        Files = files;
        this.options = options;
        State = state;
        Ids = ids;
        batches = [new DecidedBatch(options.FrameBytesMax), new DecidedBatch(options.FrameBytesMax)];
        Executor = new Executor(state, this, this, options.Rules, options.FrameBytesMax) { Features = { ReadsDecisions = options.ReadsFeatures } };
        replay = new Replay.FrameReplay(Executor);
    }

    /// <summary>The partition's files.</summary>
    public IFileStore Files { get; }

    /// <summary>The state; the deciding thread's own.</summary>
    public PartitionState State { get; }

    /// <summary>The record of ids; the deciding thread's own but for its disk look-ups.</summary>
    public RequestIdIndex Ids { get; }

    /// <summary>Decides and applies.</summary>
    public Executor Executor { get; }

    /// <summary>The journal of segment files: writer, reader, recovery report. Standalone only.</summary>
    public PartitionJournal Journal => (PartitionJournal)journal;

    /// <summary>The journal, whatever keeps it.</summary>
    public IEventJournal EventJournal => journal;

    /// <summary>Sequence of the newest snapshot in force; 0 for none.</summary>
    public long SnapshotSequence { get; set; }

    /// <summary>Whether nothing happened since the newest snapshot, or ever: there is nothing to take one of.</summary>
    public bool IsSnapshotNewest => SnapshotSequence == Executor.LastSequence;

    /// <summary>Whether the clock stepped forward and nobody has confirmed it yet: requests are refused.</summary>
    public bool IsClockStepPending { get; private set; }

    /// <summary>Opens a partition: newest sound snapshot, then the journal after it. The store is locked until disposed.</summary>
    /// <param name="files">The store.</param>
    /// <param name="options">Settings.</param>
    /// <param name="nowMicros">The clock.</param>
    /// <param name="progress">Told the replayed sequence after each frame; may be null.</param>
    /// <exception cref="StoreException">The store is locked, foreign, full or failing.</exception>
    /// <exception cref="JournalException">The journal must not be used as it is.</exception>
    public static Partition Open(IFileStore files, PartitionOptions options, long nowMicros, Action<long>? progress = null)
    {
        // The lock comes first: loading deletes leftovers, which may be another process's work in progress.
        var hold = files.Lock();
        try
        {
            return Open(files, options, progress, (fromSequence, replay) => PartitionJournal.OpenHeld(files, hold, options.JournalOptions, nowMicros, fromSequence, replay));
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    /// <summary>Opens a partition on a journal of another kind, whose opening has fenced every other writer.</summary>
    /// <param name="files">Where its snapshots and spilled ids are; locked or fenced by the caller.</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Told the replayed sequence after each frame; may be null.</param>
    /// <param name="openJournal">Shows the frames from a sequence on, then gives the journal.</param>
    internal static Partition Open(
        IFileStore files, PartitionOptions options, Action<long>? progress, Func<long, FrameVisitor, IEventJournal> openJournal)
    {
        options.Validate();
        var partition = LoadNewest(files, options);
        try
        {
            partition.journal = openJournal(partition.Executor.LastSequence + 1, frame =>
            {
                partition.ReplayFrame(frame);
                progress?.Invoke(partition.Executor.LastSequence);
            });
            partition.isReplaying = false;
            partition.Executor.LastRecordedAtMicros = Math.Max(partition.Executor.LastRecordedAtMicros, partition.journal.LastRecordedAt);
            return partition;
        }
        catch
        {
            partition.State.Dispose();
            partition.Ids.Dispose();
            throw;
        }
    }

    /// <summary>The layout of the partition's journal.</summary>
    public JournalOptions JournalOptions => options.JournalOptions;

    /// <summary>Whether the journal can take another batch; asked before deciding, so that a full disk is met before anything is decided.</summary>
    public bool TryReserve(out JournalRefusal refusal) => journal.TryReserve(options.FrameBytesMax, out refusal);

    /// <summary>Notes the clock while idle, so that a step is told from a pause. Call at least once a minute.</summary>
    public void Tick(long nowMicros)
    {
        IsClockStepPending = lastSeenMicros != 0 && nowMicros - lastSeenMicros > options.ClockStepMicrosMax;
        if (!IsClockStepPending) lastSeenMicros = nowMicros;
    }

    /// <summary>Accepts a forward step of the clock.</summary>
    public void ConfirmClock(long nowMicros)
    {
        lastSeenMicros = nowMicros;
        IsClockStepPending = false;
    }

    /// <summary>Starts a batch. The one before it may still be being flushed, no earlier one.</summary>
    public DecidedBatch Begin(long nowMicros)
    {
        if (building is not null) throw new InvalidOperationException("End the batch before beginning the next.");
        Tick(nowMicros);
        building = batches[nextBatch ^= 1];
        building.Frame.Clear();
        building.FirstSequence = Executor.LastSequence + 1;
        var writerTime = IsClockStepPending ? Executor.LastRecordedAtMicros : Math.Max(nowMicros, Executor.LastRecordedAtMicros);
        Ids.ForgetBefore(Math.Max(0, writerTime / MicrosPerMilli - IdWindowMillis));
        Executor.Begin(writerTime, building.Frame);
        return building;
    }

    /// <summary>
    /// Looks on disk for the ids of commands that are about to wait for the deciding thread, to be given to <see cref="Execute"/> with them.
    /// Any thread but the deciding one.
    /// </summary>
    /// <returns>Null when nothing on disk can concern them.</returns>
    /// <exception cref="StoreException">The disk failed or a page is damaged; refuse the commands, their ids may have taken effect.</exception>
    public DiskAnswers? LookOnDisk(ReadOnlySpan<Command> commands) => DiskAnswers.Of(Ids.DiskLookup, commands);

    /// <summary>Executes commands in the batch. Outcomes marked as repeats are completed by <see cref="Resolve"/> after the flush.</summary>
    /// <param name="commands">What to execute, in order.</param>
    /// <param name="outcomes">Where the outcomes go.</param>
    /// <param name="answers">What <see cref="LookOnDisk"/> gave for them, however long ago; null makes the deciding thread look itself.</param>
    /// <returns>How many were taken; fewer than given when the frame is full: end the batch and begin another for the rest.</returns>
    public int Execute(ReadOnlySpan<Command> commands, Span<Outcome> outcomes, DiskAnswers? answers = null)
    {
        lookedUp = answers;
        if (!IsClockStepPending) return Executor.Execute(commands, outcomes);
        for (var i = 0; i < commands.Length; i++)
        {
            if (commands[i].Kind.IsRequest() || commands[i].Kind == CommandKind.ResolveReferral)
                outcomes[i] = new Outcome { Reason = Reason.ClockStepUnconfirmed, Message = Outcomes.MessageOf(Reason.ClockStepUnconfirmed) };
            else if (Executor.Execute(commands.Slice(i, 1), outcomes.Slice(i, 1)) == 0) return i;
        }
        return commands.Length;
    }

    /// <summary>Does a fraction of a millisecond of the engine's own work in the batch; for a host that waits for the flush of the one before while no command waits.</summary>
    /// <returns>False when there is nothing to do, or enough in this batch.</returns>
    public bool WorkMeanwhile() => Executor.WorkMeanwhile();

    /// <summary>Sequence of the event of a request id, 0 when unknown; for the deciding thread only.</summary>
    public long FindSequence(ushort tenant, in RequestId id, DiskAnswers? answers)
    {
        lookedUp = answers;
        return Executor.FindSequence(tenant, id);
    }

    /// <summary>Ends the batch.</summary>
    public DecidedBatch End()
    {
        var ended = building ?? throw new InvalidOperationException("No batch was begun.");
        ended.EventCount = Executor.EventCount;
        ended.RecordedAtMicros = Executor.LastRecordedAtMicros;
        building = null;
        return ended;
    }

    /// <summary>Appends and syncs a batch's events. Any one thread at a time, in the order of the batches.</summary>
    /// <exception cref="StoreException">The disk failed: memory is ahead of the journal for good, the process must end.</exception>
    /// <exception cref="JournalException">The journal is poisoned or fenced; likewise.</exception>
    public void Flush(DecidedBatch batch)
    {
        var flushed = FlushAsync(batch);
        if (flushed.IsCompletedSuccessfully) return;
        flushed.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>As <see cref="Flush"/>, without holding a thread while the journal is waited for.</summary>
    /// <inheritdoc cref="Flush"/>
    public ValueTask FlushAsync(DecidedBatch batch) =>
        batch.EventCount == 0 ? default : journal.AppendAsync(batch.Frame, batch.EventCount, batch.FirstSequence, batch.RecordedAtMicros);

    /// <summary>Completes the outcome of a repeat from the journal. Any thread, once the batch that gave it is flushed.</summary>
    public void Resolve(in Command command, ref Outcome outcome)
    {
        if (!outcome.Duplicate) return;
        var sequence = outcome.Sequence;
        if (!TryReadDurable(sequence, out var e))
        {
            outcome = new Outcome { Reason = Reason.OutcomeArchived, Message = Outcomes.MessageOf(Reason.OutcomeArchived) };
            return;
        }
        if ((e.Effects & EventEffects.Tombstone) != 0 && e.Original == command.Id)
        {
            outcome = new Outcome
            {
                Kind = OutcomeKind.Declined, Reason = Reason.Tombstoned, Message = Outcomes.AdviceOn(Reason.Tombstoned), Sequence = e.Sequence, RecordedAtMicros = e.RecordedAtMicros,
            };
            return;
        }
        if (e.Id != command.Id || e.Key.Tenant != command.Facility.Tenant || e.Kind != command.Kind)
        {
            // Two commands of one id whose 32-bit fingerprints agree by chance.
            outcome = new Outcome { Reason = Reason.RequestIdReused, Message = Outcomes.MessageOf(Reason.RequestIdReused) };
            return;
        }
        Outcomes.Fill(e, ref outcome);
        outcome.Duplicate = true;
    }

    /// <summary>Reads a durable event; any thread.</summary>
    public bool TryReadDurable(long sequence, out LedgerEvent e)
    {
        e = default;
        if (sequence < journal.OldestSequence || sequence > journal.DurableSequence) return false;
        var events = Interlocked.Exchange(ref sharedEvents, null) ?? new FrameEvents(journal);
        var found = events.TryRead(sequence, out e);
        // Two readers at once: the later one's frame is kept.
        Interlocked.Exchange(ref sharedEvents, events)?.Dispose();
        return found;
    }

    /// <summary>Reads an event, flushed or not; for the deciding thread only.</summary>
    bool IDecisionReader.TryRead(long sequence, out LedgerEvent e)
    {
        e = default;
        foreach (var batch in batches)
        {
            var isBuilding = batch == building;
            var count = isBuilding ? Executor.EventCount : batch.EventCount;
            if (count == 0 || sequence < batch.FirstSequence || sequence >= batch.FirstSequence + count) continue;
            var recordedAt = isBuilding ? Executor.LastRecordedAtMicros : batch.RecordedAtMicros;
            return TryFind(batch.Frame.Payload, batch.FirstSequence, recordedAt, sequence, out e);
        }
        if (sequence < journal.OldestSequence || sequence > journal.DurableSequence) return false;
        decidingEvents ??= new FrameEvents(journal);
        return decidingEvents.TryRead(sequence, out e);
    }

    void IRequestIds.Prefetch(ushort tenant, in RequestId id) => Ids.Prefetch(tenant, id);

    bool IRequestIds.TryFind(ushort tenant, in RequestId id, out long sequence, out uint fingerprint, out bool isTombstone)
    {
        var result = Ids.Find(tenant, id, out var entry);
        if (result == LookupResult.OnDisk && lookedUp is not null) result = Ids.Find(tenant, id, lookedUp.For(tenant, id), out entry);
        // Left: nobody looked ahead, or a run was installed since. The look is a page or two and keeps the order of commands, so it is made in line.
        while (result == LookupResult.OnDisk)
        {
            Ids.DiskLookup.TryFindOnDisk(tenant, id, out var answer);
            result = Ids.Find(tenant, id, answer, out entry);
        }
        (sequence, fingerprint, isTombstone) = (entry.Sequence, entry.Fingerprint, entry.IsTombstone);
        return result == LookupResult.Found;
    }

    void IRequestIds.Add(ushort tenant, in RequestId id, long sequence, uint fingerprint, bool isTombstone)
    {
        var entry = new RequestIdEntry(sequence, fingerprint, isTombstone);
        if (isReplaying) Ids.AddIfAbsent(tenant, id, entry);
        else Ids.Add(tenant, id, entry);
    }

    /// <summary>Tells an operator something in plain words.</summary>
    public void Warn(string message) => options.Warn?.Invoke(message);

    /// <summary>Journals the digest of a snapshot, inside a batch.</summary>
    /// <returns>False when no batch is being built.</returns>
    public bool NoteDigest(UInt128 digest, long ofSequence)
    {
        if (building is null) return false;
        Executor.NoteDigest(digest, ofSequence);
        return true;
    }

    /// <summary>Starts a snapshot of the state as it is now, between two batches.</summary>
    /// <param name="scratch">Gives the memory.</param>
    /// <param name="emit">Takes a full chunk.</param>
    /// <returns>Null while a sliced change of the graph is under way; ask again later.</returns>
    public SnapshotCapture? BeginSnapshot(SnapshotScratch scratch, Action<SnapshotChunk> emit)
    {
        if (building is not null) throw new InvalidOperationException("A snapshot begins between two batches.");
        if (Executor.IsRegraphing) return null;
        var sequence = Executor.LastSequence;
        return new SnapshotCapture(State, Ids.BeginCapture(sequence), sequence, Executor.LastRecordedAtMicros, scratch, emit);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        decidingEvents?.Dispose();
        sharedEvents?.Dispose();
        journal.Dispose();
        State.Dispose();
        Ids.Dispose();
    }

    private static Partition LoadNewest(IFileStore files, PartitionOptions options)
    {
        var inForce = SnapshotCatalog.Read(files);
        foreach (var entry in inForce)
        {
            try
            {
                if (SnapshotLoader.Load(files, entry, options.RequestIds) is not { } loaded)
                {
                    options.Warn?.Invoke($"Snapshot {entry.Name} has a layout this version does not read (it reads {SnapshotFormat.LayoutVersionOldest} to {SnapshotFormat.LayoutVersion}): an older one or the journal is used instead. The version that wrote it reads it.");
                    continue;
                }
                var partition = new Partition(files, options, loaded.State, loaded.Ids!) { SnapshotSequence = loaded.Sequence };
                partition.Executor.LastSequence = loaded.Sequence;
                partition.Executor.LastRecordedAtMicros = loaded.RecordedAtMicros;
                return partition;
            }
            catch (SnapshotDamagedException damage)
            {
                options.Warn?.Invoke(damage.Message);
            }
            catch (RunDamagedException damage)
            {
                options.Warn?.Invoke(damage.Message);
            }
        }
        return new Partition(files, options, new PartitionState(), RequestIdIndex.Create(files, options.RequestIds, 0))
        {
            Executor = { LastSequence = options.FirstSequence - 1 },
        };
    }

    private void ReplayFrame(Frame frame)
    {
        Ids.ForgetBefore(Math.Max(0, frame.Header.RecordedAt / MicrosPerMilli - IdWindowMillis));
        replay.Apply(frame);
    }

    private static bool TryFind(ReadOnlySpan<byte> payload, long firstSequence, long recordedAtMicros, long sequence, out LedgerEvent e)
    {
        for (var at = firstSequence; at < sequence; at++) payload = payload[EventCodec.LengthOf(payload)..];
        EventCodec.Read(payload[..EventCodec.LengthOf(payload)], sequence, recordedAtMicros, out e);
        return true;
    }
}
