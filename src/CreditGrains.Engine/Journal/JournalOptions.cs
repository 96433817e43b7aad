namespace CreditGrains.Engine.Journal;

/// <summary>How a partition's journal is laid out. Sizes may change between openings; the partition id may not.</summary>
public sealed record JournalOptions
{
    /// <summary>Which partition the journal belongs to, 16 bytes stored in every segment. Required; all zeros is refused.</summary>
    public required Guid PartitionId { get; init; }

    /// <summary>Bytes of each new segment file. Default 256 MiB; a multiple of 4096, room for at least two largest frames.</summary>
    public long SegmentBytes { get; init; } = 256L << 20;

    /// <summary>Largest payload of a frame in bytes. Default and most 16 MiB, at least 1.</summary>
    public int PayloadBytesMax { get; init; } = FrameLayout.PayloadBytesMax;

    /// <summary>Sequence of the first event of a new journal. Default 1, at least 1.</summary>
    public long FirstSequence { get; init; } = 1;

    /// <summary>
    /// What a lost standby means. False, the default: go on alone and report it. True: refuse reservations, and poison the writer
    /// if a frame on its way is not acknowledged. Only true keeps a writer cut off from a promoted standby from going on.
    /// </summary>
    public bool StandbyRequired { get; init; }

    /// <summary>Throws for the first option out of range.</summary>
    /// <exception cref="ArgumentException">The message names the option and its range.</exception>
    public void Validate()
    {
        if (PartitionId == Guid.Empty) throw new ArgumentException("PartitionId must be set.");
        if (PayloadBytesMax is < 1 or > FrameLayout.PayloadBytesMax)
            throw new ArgumentException($"PayloadBytesMax must be from 1 to {FrameLayout.PayloadBytesMax}.");
        if (FirstSequence < 1) throw new ArgumentException("FirstSequence must be at least 1.");
        long least = SegmentHeader.ReservedBytes + (2L * FrameLayout.FrameBytes(PayloadBytesMax)) + OpeningRoomBytes;
        if (SegmentBytes < least || SegmentBytes % SegmentHeader.ReservedBytes != 0)
            throw new ArgumentException($"SegmentBytes must be a multiple of {SegmentHeader.ReservedBytes} and at least {least} for this PayloadBytesMax.");
    }

    private const int OpeningRoomBytes = 1024;
}
