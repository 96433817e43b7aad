using CreditGrains.Engine;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Simulation.Disk;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Simulation.Harness;

/// <summary>How one seed is run.</summary>
internal sealed record SimulationOptions
{
    private const int TurnsUsual = 110;
    private const int TurnsLong = 1_000;
    private const ulong LongEvery = 50;

    /// <summary>Turns of the engine, each with a batch of commands; null: many for every fiftieth seed, which sees what only an old world has.</summary>
    public int? Turns { get; init; }

    /// <summary>Turns of a seed.</summary>
    public int TurnsOf(ulong seed) => Turns ?? (seed % LongEvery == 0 ? TurnsLong : TurnsUsual);

    /// <summary>What is broken on purpose.</summary>
    public PlantedFault Fault { get; init; }

    /// <summary>Given the disk and the partition open on it once everything has been checked; may be null.</summary>
    public Action<FakeDisk, Partition>? AtEnd { get; init; }
}

/// <summary>Settings of the engine under test: small, so that every bound is met.</summary>
internal static class SmallPartition
{
    private const int FrameBytes = 512 << 10;

    public static PartitionOptions Options(Dice dice) => new()
    {
        // The shortest allowed is full after a few frames.
        SegmentBytes = 2 * FrameBytes + dice.Pick<int>([8 << 10, 16 << 10, 2 * FrameBytes]),
        FrameBytesMax = FrameBytes,
        AtomicRegraphMax = dice.Pick<int>([1, 3, 6, 10_000]),
        RegraphSliceLength = 1 + dice.Below(3),
        SweepMax = dice.Pick<int>([1, 2, 4_096]),
        LoanSliceLength = dice.Pick<int>([1, 2, 1_000]),
        RequestIds = new RequestIdOptions
        {
            SegmentMillis = dice.Pick<long>([60_000, 300_000, 3_600_000]),
            MemoryEntriesMax = dice.Pick<int>([4, 40, 1_000_000]),
            FilterBytesMax = dice.Pick<long>([0, 1 << 20]),
            RunsPerSegmentMax = 1 + dice.Below(3),
        },
    };
}
