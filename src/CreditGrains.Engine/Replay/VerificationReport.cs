namespace CreditGrains.Engine.Replay;

/// <summary>What kind of damage a verification found.</summary>
public enum VerificationFault
{
    /// <summary>A file cannot be listed, opened or read.</summary>
    Unreadable = 1,

    /// <summary>The directory holds no journal.</summary>
    NoJournal = 2,

    /// <summary>A frame, its place in the chain, or a segment is not what was written.</summary>
    Journal = 3,

    /// <summary>The journal does not reach as far as a snapshot, or begins after every one.</summary>
    Incomplete = 4,

    /// <summary>An event's bytes do not read as an event.</summary>
    Event = 5,

    /// <summary>An event does not follow from its facility's event before.</summary>
    History = 6,

    /// <summary>The balances an event carries do not follow from those before it.</summary>
    Balances = 7,

    /// <summary>What nodes and items hold does not add up to what facilities hold.</summary>
    Conservation = 8,

    /// <summary>A journaled digest is not that of the replayed state.</summary>
    Digest = 9,

    /// <summary>A snapshot is damaged, or is not the replayed state.</summary>
    Snapshot = 10,
}

/// <summary>The first thing found wrong.</summary>
/// <param name="Fault">Its kind.</param>
/// <param name="File">The file; empty when it is none in particular.</param>
/// <param name="Sequence">The event, or the sequence expected there; 0 when it is none in particular.</param>
/// <param name="What">What was found.</param>
/// <param name="Remedy">What an operator should do.</param>
public sealed record VerificationProblem(VerificationFault Fault, string File, long Sequence, string What, string Remedy);

/// <summary>What a verification looked at and found. Counts are those reached when a problem ended it.</summary>
public sealed record VerificationReport
{
    /// <summary>First sequence replayed.</summary>
    public long FirstSequence { get; init; }

    /// <summary>Sequence at which the oldest kept segment begins.</summary>
    public long OldestSequence { get; init; }

    /// <summary>Last sequence of the journal.</summary>
    public long LastSequence { get; init; }

    /// <summary>The snapshot replay began at, because older segments were archived; 0 when it began at the first event.</summary>
    public long BaseSnapshot { get; init; }

    /// <summary>Segments read.</summary>
    public int Segments { get; init; }

    /// <summary>Frames whose checksums and chain hold.</summary>
    public long Frames { get; init; }

    /// <summary>Bytes of those frames.</summary>
    public long FrameBytes { get; init; }

    /// <summary>Bytes of an incomplete last frame, never acknowledged: the next opening cuts them. Of a running engine, perhaps a frame on its way.</summary>
    public long IncompleteBytes { get; init; }

    /// <summary>Highest epoch: how often the journal was opened for writing.</summary>
    public uint Epoch { get; init; }

    /// <summary>Hash of the last frame and all before it, 48 hexadecimal digits; note it elsewhere to find a cut-off end.</summary>
    public string ChainHead { get; init; } = "";

    /// <summary>Events replayed.</summary>
    public long Events { get; init; }

    /// <summary>Facilities at the end.</summary>
    public long Facilities { get; init; }

    /// <summary>Nodes at the end.</summary>
    public long Nodes { get; init; }

    /// <summary>Open holds, uncleared repayments and referrals at the end.</summary>
    public long OpenItems { get; init; }

    /// <summary>Journaled digests that the replayed state gives.</summary>
    public int DigestsChecked { get; init; }

    /// <summary>Journaled digests of a state before the first sequence replayed.</summary>
    public int DigestsOutOfReach { get; init; }

    /// <summary>Snapshots that load, have their digest and are the replayed state.</summary>
    public int SnapshotsChecked { get; init; }

    /// <summary>Whether paths were held against the links: not while a large change of the graph is under way at the end.</summary>
    public bool PathsChecked { get; init; }

    /// <summary>The first problem; null when everything holds.</summary>
    public VerificationProblem? Problem { get; init; }

    /// <summary>Whether everything holds.</summary>
    public bool IsSound => Problem is null;
}

/// <summary>Ends a verification at its first problem; never leaves it.</summary>
internal sealed class VerificationEnded(VerificationFault fault, string file, long sequence, string what, string remedy) : Exception(what)
{
    public const string Restore = "Restore the partition from a backup or a standby.";

    public VerificationProblem Problem { get; } = new(fault, file, sequence, what, remedy);
}
