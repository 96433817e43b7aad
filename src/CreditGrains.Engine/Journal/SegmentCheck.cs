namespace CreditGrains.Engine.Journal;

/// <summary>Judges a segment's header, alone and as the successor of the segment before.</summary>
internal static class SegmentCheck
{
    /// <summary>Reads the header of the attached file; a segment gets its name only after its header is durable.</summary>
    public static SegmentHeader Header(SegmentWindow window, IndexedSegment segment, Guid partitionId)
    {
        ReadOnlySpan<byte> stored = window.At(0, SegmentHeader.StoredBytes);
        if (!SegmentHeader.IsIntact(stored))
            throw Refuse(JournalErrorCode.Damaged, segment, "the segment header is missing or damaged.");
        ushort version = SegmentHeader.VersionOf(stored);
        if (version != SegmentHeader.FormatVersion)
            throw Refuse(JournalErrorCode.UnknownVersion, segment, $"format version {version} is unknown to this program, which knows {SegmentHeader.FormatVersion}.");
        SegmentHeader header = SegmentHeader.Read(stored);
        if (header.PartitionId != partitionId)
            throw Refuse(JournalErrorCode.ForeignPartition, segment, $"it belongs to partition {header.PartitionId}, not {partitionId}.");
        if (header.FirstSequence != segment.FirstSequence)
            throw Refuse(JournalErrorCode.MisnamedSegment, segment, $"its content begins at sequence {header.FirstSequence}.");
        if (header.SegmentBytes < SegmentHeader.ReservedBytes || header.SegmentBytes % FrameLayout.Alignment != 0)
            throw Refuse(JournalErrorCode.Damaged, segment, $"its length is given as {header.SegmentBytes}.");
        return header;
    }

    /// <summary>Refuses a segment that does not continue what was read so far.</summary>
    public static void Follows(IndexedSegment segment, SegmentHeader header, long nextSequence, ChainHash chain, uint epoch)
    {
        if (header.FirstSequence != nextSequence)
        {
            throw new JournalDamagedException(JournalErrorCode.MissingSegment, segment.Name, 0, nextSequence,
                $"a segment or the end of the one before is missing; this one begins at {header.FirstSequence}.");
        }
        if (header.PreviousChain != chain)
            throw Refuse(JournalErrorCode.BrokenChain, segment, "it does not follow from the frame before.");
        if (header.Epoch < epoch)
            throw Refuse(JournalErrorCode.EpochOutOfOrder, segment, $"epoch {header.Epoch} follows {epoch}.");
    }

    private static JournalDamagedException Refuse(JournalErrorCode code, IndexedSegment segment, string cause) =>
        new(code, segment.Name, 0, segment.FirstSequence, cause);
}
