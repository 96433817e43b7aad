namespace CreditGrains.Engine.Journal;

/// <summary>Why a journal refused, stable for callers and logs.</summary>
public enum JournalErrorCode
{
    /// <summary>Bytes are neither a valid frame nor what a crash leaves behind.</summary>
    Damaged = 1,

    /// <summary>A frame does not begin at the sequence after the one before.</summary>
    SequenceGap = 2,

    /// <summary>A frame's chain hash does not follow from the one before.</summary>
    BrokenChain = 3,

    /// <summary>An epoch goes backwards, or rises without an opening.</summary>
    EpochOutOfOrder = 4,

    /// <summary>A segment belongs to another partition.</summary>
    ForeignPartition = 5,

    /// <summary>A format version this program does not know.</summary>
    UnknownVersion = 6,

    /// <summary>A segment is missing between two others.</summary>
    MissingSegment = 7,

    /// <summary>A file is named like a segment but its name does not match its content.</summary>
    MisnamedSegment = 8,

    /// <summary>The sequence asked for lies before the oldest kept segment.</summary>
    NotRetained = 9,

    /// <summary>The journal ends before the sequence the caller knows to be durable.</summary>
    EndsTooEarly = 10,

    /// <summary>An earlier write or sync failed.</summary>
    Poisoned = 11,

    /// <summary>A required standby is lost or refused a frame.</summary>
    StandbyLost = 12,

    /// <summary>A segment is full of openings without one event, so the next segment would take its name.</summary>
    FullOfOpenings = 13,

    /// <summary>Two copies of a partition's journal differ, or one is ahead of its source.</summary>
    Diverged = 14,

    /// <summary>A standby's messages are not what the protocol says.</summary>
    ProtocolViolation = 15,
}

/// <summary>A journal refused. The message names the place, the cause and the fix.</summary>
public class JournalException : Exception
{
    /// <summary>Creates a refusal.</summary>
    public JournalException(JournalErrorCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>The stable reason.</summary>
    public JournalErrorCode Code { get; }

    /// <summary>With <see cref="JournalErrorCode.NotRetained"/> of a feed: the sequence after which it can be read without a gap; 0 when not known.</summary>
    public long ReadableAfter { get; init; }
}

/// <summary>
/// A segment holds what no crash of this program leaves behind. Nothing was changed; the fix is to restore from a backup or a standby.
/// </summary>
public sealed class JournalDamagedException : JournalException
{
    internal JournalDamagedException(JournalErrorCode code, string segment, long offset, long sequence, string cause)
        : base(code, $"Segment '{segment}' at byte {offset}, expecting sequence {sequence}: {cause} "
            + "Nothing was changed. Restore the partition from a backup or a standby.")
    {
        Segment = segment;
        Offset = offset;
        Sequence = sequence;
    }

    /// <summary>File name of the segment.</summary>
    public string Segment { get; }

    /// <summary>Byte offset in the segment.</summary>
    public long Offset { get; }

    /// <summary>Sequence expected at that place.</summary>
    public long Sequence { get; }
}

/// <summary>
/// An earlier write or sync failed, so what the disk holds is uncertain. The process must end; the next one recovers.
/// </summary>
public sealed class JournalPoisonedException : JournalException
{
    internal JournalPoisonedException(Exception cause)
        : base(JournalErrorCode.Poisoned,
            "An earlier journal write or sync failed; nothing more is appended. Check the disk and restart the process to recover.", cause)
    {
    }
}
