namespace CreditGrains.Engine.RequestIds;

/// <summary>What is known of a request id that has taken effect.</summary>
/// <param name="Sequence">Sequence of the event that holds the outcome, 0 to 2^62 − 1. Of two entries of one id the higher sequence is the truth.</param>
/// <param name="Fingerprint">32 bits of the command, to tell a repeat from a reuse of the id.</param>
/// <param name="IsTombstone">The id was reversed before it was seen; the original is refused when it comes.</param>
public readonly record struct RequestIdEntry(long Sequence, uint Fingerprint, bool IsTombstone)
{
    /// <summary>Largest sequence that can be stored.</summary>
    public const long SequenceMax = (1L << 62) - 1;
}
