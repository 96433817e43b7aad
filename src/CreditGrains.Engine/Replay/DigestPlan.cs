using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Replay;

/// <summary>The digests a replay has to meet: those journaled and those of snapshots, by the sequence they are of.</summary>
internal sealed class DigestPlan
{
    private readonly PriorityQueue<Expected, long> waiting = new();

    /// <summary>Journaled digests met.</summary>
    public int DigestsMet { get; private set; }

    /// <summary>Snapshots met.</summary>
    public int SnapshotsMet { get; private set; }

    /// <summary>Journaled digests of states before the first.</summary>
    public int OutOfReach { get; private set; }

    /// <summary>Adds a digest journaled by an event.</summary>
    public void AddJournaled(long ofSequence, UInt128 digest, long bySequence) => waiting.Enqueue(new Expected(digest, bySequence, null), ofSequence);

    /// <summary>Adds a snapshot's digest.</summary>
    public void AddSnapshot(SnapshotEntry entry) => waiting.Enqueue(new Expected(entry.Digest, 0, entry.Name), entry.Sequence);

    /// <summary>Drops what is of states before the one replay begins at.</summary>
    public void SkipBefore(long sequence)
    {
        while (waiting.TryPeek(out var expected, out var of) && of < sequence)
        {
            waiting.Dequeue();
            if (expected.Snapshot is null) OutOfReach++;
        }
    }

    /// <summary>Holds the state after an event against what is expected of it.</summary>
    /// <exception cref="VerificationEnded">It has another digest.</exception>
    public void Check(PartitionState state, long sequence)
    {
        if (!waiting.TryPeek(out _, out var of) || of != sequence) return;
        var digest = StateDigest.Of(state);
        while (waiting.TryPeek(out var expected, out of) && of == sequence)
        {
            waiting.Dequeue();
            if (expected.Digest != digest) throw Differs(expected, digest, sequence);
            if (expected.Snapshot is null) DigestsMet++;
            else SnapshotsMet++;
        }
    }

    /// <summary>Digests of a sequence the journal does not reach must not remain.</summary>
    /// <exception cref="VerificationEnded">One does.</exception>
    public void RequireAllMet(long lastSequence)
    {
        if (!waiting.TryPeek(out var expected, out var of)) return;
        throw expected.Snapshot is { } name
            ? new VerificationEnded(VerificationFault.Incomplete, name, of,
                $"the snapshot is of sequence {of}, the journal ends at {lastSequence}: durable frames are missing", VerificationEnded.Restore)
            : new VerificationEnded(VerificationFault.Digest, "", expected.BySequence,
                $"event {expected.BySequence} gives a digest of sequence {of}, which no event before it has", VerificationEnded.Restore);
    }

    private static VerificationEnded Differs(Expected expected, UInt128 digest, long sequence) => expected.Snapshot is { } name
        ? new VerificationEnded(VerificationFault.Snapshot, name, sequence,
            $"the snapshot has digest {expected.Digest:x32}, the state replayed to its sequence has {digest:x32}",
            "Move this snapshot away and open the partition: it recovers from the journal. Report it, this is a fault of the engine.")
        : new VerificationEnded(VerificationFault.Digest, "", sequence,
            $"event {expected.BySequence} gives digest {expected.Digest:x32} for sequence {sequence}, the replayed state has {digest:x32}",
            "Verify with the version that wrote it. If that finds the same, restore from a backup or a standby and report it.");

    private readonly record struct Expected(UInt128 Digest, long BySequence, string? Snapshot);
}
