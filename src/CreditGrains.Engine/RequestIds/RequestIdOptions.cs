namespace CreditGrains.Engine.RequestIds;

/// <summary>How the index of request ids is laid out. Seed and segment length are fixed when the index is created and travel in its catalogue.</summary>
public sealed record RequestIdOptions
{
    /// <summary>
    /// Length of a time segment, milliseconds of the ids' own time. Default a minute, from 1 second to 6 hours. What comes within one should fit
    /// <see cref="MemoryEntriesMax"/> one and a half times at most: then few new ids fall into a segment that has runs on disk already, where each costs a look at
    /// their filters.
    /// </summary>
    public long SegmentMillis { get; init; } = 60_000;

    /// <summary>Span of id times kept at once, milliseconds. Default 72 hours and 5 minutes, at least one segment, at most 8,000 segments.</summary>
    public long WindowMillis { get; init; } = (72 * 60 + 5) * 60_000L;

    /// <summary>Entries in memory above which the oldest well-filled segment is spilled. Default 8 million, at least 1.</summary>
    public long MemoryEntriesMax { get; init; } = 8_000_000;

    /// <summary>
    /// Entries whose memory is taken and touched when the index is made, about 56 bytes each; from 0, the default, to the bound. Memory
    /// touched first by the writer costs it milliseconds per 2 MiB on a virtual machine, so a server reserves all it allows.
    /// </summary>
    public long ReservedEntries { get; init; }

    /// <summary>Bytes of run filters in memory; beyond it the oldest runs lose theirs and always need a look on disk. Default 128 MiB, 73 million ids: six minutes at 200,000 a second.</summary>
    public long FilterBytesMax { get; init; } = 128L << 20;

    /// <summary>Runs a segment may have before the next spill merges them into one. Default 8, from 1 to 64.</summary>
    public int RunsPerSegmentMax { get; init; } = 8;

    /// <summary>Key of the hash. Keep it from callers, who choose most bits of an id. Default 0, for tests.</summary>
    public UInt128 Seed { get; init; }

    /// <summary>Whether opening reads every page of every run and checks it. Default true; a page is also checked at each read.</summary>
    public bool VerifyPagesAtOpen { get; init; } = true;

    internal const long SegmentsMax = 8_000;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentMillis, 1_000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SegmentMillis, 6 * 3_600_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(WindowMillis, SegmentMillis);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(WindowMillis, SegmentMillis * SegmentsMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(MemoryEntriesMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MemoryEntriesMax, int.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNegative(ReservedEntries);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ReservedEntries, MemoryEntriesMax);
        ArgumentOutOfRangeException.ThrowIfNegative(FilterBytesMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(RunsPerSegmentMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RunsPerSegmentMax, 64);
    }
}
