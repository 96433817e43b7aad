namespace CreditGrains.Engine.Journal;

/// <summary>What a scan of the journal found, and at an opening mended.</summary>
/// <param name="Frames">Frames verified.</param>
/// <param name="Bytes">Bytes of those frames, padding included.</param>
/// <param name="NextSequence">Sequence after the last event.</param>
/// <param name="Epoch">Highest epoch found, 0 in a new journal.</param>
/// <param name="Head">Hash of the last frame.</param>
/// <param name="LastRecordedAt">Time of the last frame in microseconds since the Unix epoch, or null when there is none.</param>
/// <param name="CutBytes">Bytes of an incomplete last frame, never acknowledged; 0 after a clean end.</param>
/// <param name="Leftovers">Spare files never put to use.</param>
public sealed record JournalReport(
    long Frames,
    long Bytes,
    long NextSequence,
    uint Epoch,
    ChainHash Head,
    long? LastRecordedAt,
    long CutBytes,
    IReadOnlyList<string> Leftovers)
{
    internal static JournalReport Of(JournalTail tail) => new(
        tail.Frames, tail.Bytes, tail.NextSequence, tail.Epoch, tail.Chain,
        tail.RecordedAt == long.MinValue ? null : tail.RecordedAt, tail.CutBytes, tail.Leftovers);
}
