namespace CreditGrains.Engine.Journal;

/// <summary>Why no frame can be taken now; deciding must wait, nothing is lost.</summary>
public enum JournalRefusalReason
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>No space for the next segment. Works again when space returns.</summary>
    DiskFull = 1,

    /// <summary>A required standby is lost. Restart it, or restart this process with the standby set to degrade.</summary>
    StandbyLost = 2,
}

/// <summary>A refusal before deciding.</summary>
/// <param name="Reason">The cause.</param>
/// <param name="BytesNeeded">Bytes of disk needed, for a full disk.</param>
/// <param name="BytesFree">Bytes free when asked, for a full disk.</param>
public readonly record struct JournalRefusal(JournalRefusalReason Reason, long BytesNeeded, long BytesFree);
