using CreditGrains.Engine.RequestIds;

namespace CreditGrains.Engine;

/// <summary>Settings of a partition. All have defaults that suit a first start; none changes what was journaled.</summary>
public sealed record PartitionOptions
{
    /// <summary>Identity written into every segment; another journal in the directory is refused. Default: the fixed id of a standalone engine.</summary>
    public Guid PartitionId { get; init; } = new("c4ed17a5-0000-4000-8000-000000000001");

    /// <summary>Length of a journal segment, bytes: a multiple of 4,096, two largest frames and 8 KiB or more; default 256 MiB.</summary>
    public long SegmentBytes { get; init; } = 256L << 20;

    /// <summary>Most bytes of one frame, 512 KiB to 16 MiB; default 4 MiB. A batch ends early when its frame is nearly full.</summary>
    public int FrameBytesMax { get; init; } = 4 << 20;

    /// <summary>The record of request ids.</summary>
    public RequestIdOptions RequestIds { get; init; } = new();

    /// <summary>Lifetime of a hold that names none, seconds; default 7 days.</summary>
    public int HoldSeconds { get; init; } = 7 * 86_400;

    /// <summary>Lifetime of a referral that names none, seconds; default 7 days.</summary>
    public int ReferralSeconds { get; init; } = 7 * 86_400;

    /// <summary>Most facilities that a change of the graph moves in one event, 1 to 10,000; above, it goes in slices.</summary>
    public int AtomicRegraphMax { get; init; } = 10_000;

    /// <summary>Facilities of a slice, 1 to 1,000.</summary>
    public int RegraphSliceLength { get; init; } = 1_000;

    /// <summary>Most items ended by their time in one batch; default 4,096.</summary>
    public int SweepMax { get; init; } = 4_096;

    /// <summary>Loans brought to their business date at the start of a batch, 1 to 1,000; four times as many where batches are long.</summary>
    public int LoanSliceLength { get; init; } = 1_000;

    /// <summary>Forward step of the clock that stops approvals, microseconds; default 5 minutes.</summary>
    public long ClockStepMicrosMax { get; init; } = 5 * 60_000_000L;

    /// <summary>Whether an append waits for a standby and refuses without one; default false.</summary>
    public bool StandbyRequired { get; init; }

    /// <summary>Sequence of the first event of a new journal, 1 (the default) or more: partitions of a cluster count in ranges of their own.</summary>
    public long FirstSequence { get; init; } = 1;

    /// <summary>Whether places of a session may be missing here, because other partitions have them; default false.</summary>
    public bool SessionGapsAllowed { get; init; }

    /// <summary>Partitions that each keep a part of every pool, 1 (the default: pools are whole here) to 4,096.</summary>
    public int PoolParts { get; init; } = 1;

    /// <summary>Whether every request reads its features, also when nothing asks for them; default false.</summary>
    public bool ReadsFeatures { get; init; }

    /// <summary>Told what an operator should know, in plain words; may be null.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>The layout of the partition's journal.</summary>
    public Journal.JournalOptions JournalOptions =>
        new()
        {
            PartitionId = PartitionId, SegmentBytes = SegmentBytes, PayloadBytesMax = FrameBytesMax, StandbyRequired = StandbyRequired, FirstSequence = FirstSequence,
        };

    internal void Validate()
    {
        Check(FrameBytesMax is >= 512 << 10 and <= Journal.FrameLayout.PayloadBytesMax, nameof(FrameBytesMax), "512 KiB to 16 MiB");
        Check(SegmentBytes >= 2L * FrameBytesMax + (8 << 10), nameof(SegmentBytes), "at least two largest frames and 8 KiB");
        Check(HoldSeconds is >= 1 and <= Domain.Commands.Command.LifetimeSecondsMax, nameof(HoldSeconds), "1 to 34,560,000");
        Check(ReferralSeconds is >= 1 and <= Domain.Commands.Command.LifetimeSecondsMax, nameof(ReferralSeconds), "1 to 34,560,000");
        Check(AtomicRegraphMax is >= 1 and <= 10_000, nameof(AtomicRegraphMax), "1 to 10,000");
        Check(RegraphSliceLength is >= 1 and <= 1_000, nameof(RegraphSliceLength), "1 to 1,000");
        Check(SweepMax is >= 1 and <= 100_000, nameof(SweepMax), "1 to 100,000");
        Check(LoanSliceLength is >= 1 and <= 1_000, nameof(LoanSliceLength), "1 to 1,000");
        Check(ClockStepMicrosMax >= 1_000_000, nameof(ClockStepMicrosMax), "a second or more");
        Check(PoolParts is >= 1 and <= 4_096, nameof(PoolParts), "1 to 4,096");
        Check(FirstSequence >= 1, nameof(FirstSequence), "1 or more");
    }

    private static void Check(bool holds, string name, string range)
    {
        if (!holds) throw new ArgumentOutOfRangeException(name, $"Setting {name} must be {range}.");
    }

    internal Execution.EngineRules Rules => new(HoldSeconds, ReferralSeconds, AtomicRegraphMax, RegraphSliceLength, SweepMax, SessionGapsAllowed, LoanSliceLength, PoolParts);
}
