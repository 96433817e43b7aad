namespace CreditGrains.Engine.Journal;

/// <summary>Where a scan of the journal ended and what has to be mended before the next append.</summary>
internal sealed record JournalTail
{
    /// <summary>The segment to append to, or null in a new journal.</summary>
    public required IndexedSegment? Segment { get; init; }

    /// <summary>Bytes the segment should have.</summary>
    public required long SegmentBytes { get; init; }

    /// <summary>Where the next frame goes.</summary>
    public required long Offset { get; init; }

    /// <summary>Bytes to be zeroed from <see cref="Offset"/> on: an incomplete last frame. 0 after a clean end.</summary>
    public required long CutBytes { get; init; }

    /// <summary>Where the last frame of this segment lies, or 0 when it has none.</summary>
    public required long LastFrameOffset { get; init; }

    /// <summary>Sequence of the next event.</summary>
    public required long NextSequence { get; init; }

    /// <summary>Hash of the last frame.</summary>
    public required ChainHash Chain { get; init; }

    /// <summary>Highest epoch seen in frames and segment headers.</summary>
    public required uint Epoch { get; init; }

    /// <summary>Epoch of the last frame.</summary>
    public required uint FrameEpoch { get; init; }

    /// <summary>Time of the last frame, microseconds since the Unix epoch; the least value when there is none.</summary>
    public required long RecordedAt { get; init; }

    /// <summary>Files of segments never put to use, to be deleted.</summary>
    public required IReadOnlyList<string> Leftovers { get; init; }

    /// <summary>Frames verified by the scan.</summary>
    public required long Frames { get; init; }

    /// <summary>Bytes of frames verified by the scan.</summary>
    public required long Bytes { get; init; }
}
