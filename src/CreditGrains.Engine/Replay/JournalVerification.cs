using CreditGrains.Domain.Commands;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Replay;

/// <summary>
/// Verifies a partition's files from the first kept event to the last: frames and chain, every event against the state before it,
/// conservation, digests, snapshots. Takes no lock and changes nothing, so it also runs beside an engine; then the newest events may
/// be missing from it.
/// </summary>
public static class JournalVerification
{
    /// <summary>Verifies a data directory.</summary>
    /// <param name="directory">Must exist.</param>
    /// <param name="options">As the engine is run with; null for the usual.</param>
    /// <param name="progress">Told the part done, 0 to 1, now and then; may be null.</param>
    /// <param name="heads">Told the last sequence of each frame of events and the chain hash there; may be null.</param>
    /// <exception cref="StoreException">The directory is missing, foreign or cannot be listed.</exception>
    public static VerificationReport Run(string directory, PartitionOptions? options = null, Action<double>? progress = null, Action<long, ChainHash>? heads = null) =>
        Run(DiskFileStore.OpenForReading(directory), options ?? new PartitionOptions(), progress, heads);

    /// <summary>Verifies a store.</summary>
    /// <inheritdoc cref="Run(string, PartitionOptions?, Action{double}?, Action{long, ChainHash}?)"/>
    public static VerificationReport Run(IFileStore files, PartitionOptions options, Action<double>? progress = null, Action<long, ChainHash>? heads = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        var run = new VerificationRun(files, options, progress, heads);
        try
        {
            run.Run();
            return run.Report();
        }
        catch (VerificationEnded ended)
        {
            return run.Report(ended.Problem);
        }
        catch (JournalDamagedException damage)
        {
            return run.Report(new VerificationProblem(VerificationFault.Journal, damage.Segment, damage.Sequence, damage.Message, VerificationEnded.Restore));
        }
        catch (JournalException refusal)
        {
            return run.Report(new VerificationProblem(VerificationFault.Journal, "", 0, refusal.Message, VerificationEnded.Restore));
        }
        catch (SnapshotDamagedException damage)
        {
            return run.Report(new VerificationProblem(VerificationFault.Snapshot, damage.Name, 0, damage.Message,
                "Move this file away and open the partition: it recovers from the snapshot before or from the journal."));
        }
        catch (StoreException failure)
        {
            return run.Report(new VerificationProblem(VerificationFault.Unreadable, "", 0, failure.Message, "Check the disk and the permissions, then verify again."));
        }
    }
}

/// <summary>One verification under way: what it found so far.</summary>
internal sealed class VerificationRun(IFileStore files, PartitionOptions options, Action<double>? progress, Action<long, ChainHash>? heads = null)
{
    private const double FirstPassPart = 0.3;
    private const int ProgressEveryEvents = 16_384;
    private const int EventBytesMin = 10;

    private readonly DigestPlan digests = new();
    private readonly List<(string Name, long FirstSequence, long Length)> segments = [];
    private List<SnapshotEntry> snapshots = [];
    private JournalReport? journal;
    private PartitionState? state;
    private long baseSnapshot;
    private long bytesRead;
    private long events;
    private bool pathsChecked;
    private (long Facilities, long Nodes, long Items) counts;

    public void Run()
    {
        ListFiles();
        ReadFrames();
        state = BeginState();
        using (state)
        {
            Replay(state);
            counts = (state.Facilities.Count, state.Nodes.Count, state.Items.Count);
        }
        progress?.Invoke(1);
    }

    public VerificationReport Report(VerificationProblem? problem = null) => new()
    {
        FirstSequence = baseSnapshot + 1,
        OldestSequence = segments.Count == 0 ? 0 : segments[0].FirstSequence,
        LastSequence = journal?.NextSequence - 1 ?? 0,
        BaseSnapshot = baseSnapshot,
        Segments = segments.Count,
        Frames = journal?.Frames ?? 0,
        FrameBytes = journal?.Bytes ?? 0,
        IncompleteBytes = journal?.CutBytes ?? 0,
        Epoch = journal?.Epoch ?? 0,
        ChainHead = journal?.Head.ToString() ?? "",
        Events = events,
        Facilities = counts.Facilities,
        Nodes = counts.Nodes,
        OpenItems = counts.Items,
        DigestsChecked = digests.DigestsMet,
        DigestsOutOfReach = digests.OutOfReach,
        SnapshotsChecked = digests.SnapshotsMet,
        PathsChecked = pathsChecked,
        Problem = problem is { File: "", Sequence: > 0 } ? problem with { File = SegmentOf(problem.Sequence) } : problem,
    };

    private void ListFiles()
    {
        foreach (var name in files.List())
        {
            if (!SegmentName.TryParse(name, out var first)) continue;
            using var file = files.Open(name, create: false);
            segments.Add((name, first, file.Length));
        }
        if (segments.Count == 0)
        {
            throw new VerificationEnded(VerificationFault.NoJournal, "", 0, "there is no journal segment in the directory",
                "Name the engine's data directory. If this is it, restore the partition from a backup or a standby.");
        }
        snapshots = SnapshotCatalog.Read(files);
    }

    /// <summary>First pass: frames, chain, sequences and the digests to meet.</summary>
    private void ReadFrames()
    {
        var total = Math.Max(1, segments.Sum(segment => segment.Length));
        journal = PartitionJournal.Verify(files, options.JournalOptions, Math.Max(1, segments[0].FirstSequence), frame =>
        {
            CollectDigests(frame);
            if (!frame.Header.IsOpening) heads?.Invoke(frame.Header.NextSequence - 1, frame.Header.Chain);
            bytesRead += frame.Raw.Length;
            progress?.Invoke(FirstPassPart * bytesRead / total);
        });
    }

    private void CollectDigests(Frame frame)
    {
        var count = 0;
        for (var payload = frame.Payload; !payload.IsEmpty; count++)
        {
            var sequence = frame.Header.FirstSequence + count;
            var length = payload.Length < EventBytesMin ? 0 : EventCodec.LengthOf(payload);
            if (length < EventBytesMin || length > payload.Length) throw Unreadable(sequence, $"the event is said to have {length} bytes");
            if (EventCodec.KindOf(payload) == CommandKind.StateDigest)
            {
                var e = Read(payload[..length], sequence, frame.Header.RecordedAt);
                digests.AddJournaled(e.DigestSequence, e.Digest, sequence);
            }
            payload = payload[length..];
        }
        if (count != frame.Header.EventCount)
            throw Unreadable(frame.Header.FirstSequence, $"the frame is said to have {frame.Header.EventCount} events and has {count}");
    }

    /// <summary>Loads every snapshot, so that each is known to be sound, and keeps the one replay begins at, if it does not begin at the first event.</summary>
    private PartitionState BeginState()
    {
        var oldest = segments[0].FirstSequence;
        PartitionState? begin = null;
        try
        {
            // Oldest first: the first that joins on to the oldest segment is where replay begins.
            foreach (var entry in Enumerable.Reverse(snapshots))
            {
                var loaded = Load(entry);
                digests.AddSnapshot(entry);
                if (begin is null && oldest > 1 && entry.Sequence >= oldest - 1) (begin, baseSnapshot) = (loaded, entry.Sequence);
                else loaded.Dispose();
            }
            if (oldest > 1 && begin is null)
            {
                throw new VerificationEnded(VerificationFault.Incomplete, segments[0].Name, oldest,
                    $"the journal begins at sequence {oldest} and no snapshot reaches that far", "Bring back the archived segments, then verify again.");
            }
            digests.SkipBefore(baseSnapshot);
            return begin ?? new PartitionState();
        }
        catch
        {
            begin?.Dispose();
            throw;
        }
    }

    private PartitionState Load(SnapshotEntry entry)
    {
        if (SnapshotLoader.Load(files, entry, idOptions: null) is not { } loaded)
        {
            throw new VerificationEnded(VerificationFault.Snapshot, entry.Name, entry.Sequence, "the snapshot has the layout of another version",
                "Verify with the version that wrote it. This version would recover from the journal.");
        }
        var digest = StateDigest.Of(loaded.State);
        if (loaded.Sequence == entry.Sequence && digest == entry.Digest) return loaded.State;
        loaded.State.Dispose();
        throw new VerificationEnded(VerificationFault.Snapshot, entry.Name, entry.Sequence,
            $"the manifest gives digest {entry.Digest:x32}, the rows in the file give {digest:x32}",
            "Move this file away and open the partition: it recovers from the snapshot before or from the journal.");
    }

    /// <summary>Second pass: every event against the state before it.</summary>
    private void Replay(PartitionState replayed)
    {
        var executor = new Executor(replayed, NoRequestIds.Instance, NoDecisions.Instance, options.Rules, options.FrameBytesMax) { LastSequence = baseSnapshot };
        var audit = new EventAudit(replayed);
        var last = journal!.NextSequence - 1;
        digests.Check(replayed, baseSnapshot);
        PartitionJournal.Verify(files, options.JournalOptions, baseSnapshot + 1, frame =>
        {
            var payload = frame.Payload;
            for (var sequence = frame.Header.FirstSequence; !payload.IsEmpty && sequence <= last; sequence++)
            {
                var length = EventCodec.LengthOf(payload);
                if (sequence > baseSnapshot) Apply(executor, audit, replayed, Read(payload[..length], sequence, frame.Header.RecordedAt));
                payload = payload[length..];
            }
        });
        digests.RequireAllMet(last);
        pathsChecked = !executor.IsRegraphing;
        if (new Conservation(replayed, executor.Exposures, executor.Graph).FindBreach(pathsChecked) is { } breach)
            throw new VerificationEnded(VerificationFault.Conservation, "", last, breach, "Report it, this is a fault of the engine; the journal itself is whole.");
    }

    private void Apply(Executor executor, EventAudit audit, PartitionState replayed, in LedgerEvent e)
    {
        if (audit.Judge(e) is var (fault, what)) throw new VerificationEnded(fault, "", e.Sequence, $"event {e.Sequence} ({e.Kind}): {what}", VerificationEnded.Restore);
        try
        {
            executor.Replay(e);
        }
        catch (Exception cause) when (cause is ArithmeticException or ArgumentException or InvalidOperationException or NullReferenceException or IndexOutOfRangeException)
        {
            throw Unreadable(e.Sequence, $"the event ({e.Kind}) cannot be applied: {cause.Message}");
        }
        events++;
        digests.Check(replayed, e.Sequence);
        if (events % ProgressEveryEvents == 0)
            progress?.Invoke(FirstPassPart + (1 - FirstPassPart) * events / Math.Max(1, journal!.NextSequence - 1 - baseSnapshot));
    }

    private static LedgerEvent Read(ReadOnlySpan<byte> bytes, long sequence, long recordedAtMicros)
    {
        try
        {
            EventCodec.Read(bytes, sequence, recordedAtMicros, out var e);
            return e;
        }
        catch (Exception cause) when (cause is ArgumentException or IndexOutOfRangeException or InvalidDataException or ArithmeticException or InvalidOperationException)
        {
            throw Unreadable(sequence, cause.Message);
        }
    }

    private static VerificationEnded Unreadable(long sequence, string what) => new(
        VerificationFault.Event, "", sequence, $"event {sequence} cannot be read: {what}", "Verify with the version that wrote it. If that finds the same, restore from a backup or a standby.");

    private string SegmentOf(long sequence)
    {
        var index = segments.FindLastIndex(segment => segment.FirstSequence <= sequence);
        return index < 0 ? "" : segments[index].Name;
    }
}
