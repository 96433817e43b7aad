using System.Runtime.CompilerServices;

namespace CreditGrains.Domain.Limits;

/// <summary>
/// Counts amounts and approvals in a sliding window of writer time, in buckets of a sixteenth of it. The window is the
/// current bucket and as many before it as cover the whole length, so it may count up to one bucket too much and never too
/// little. Buckets are reused in a ring; an advance empties those that fell out.
/// </summary>
public struct VelocityWindow
{
    /// <summary>Buckets of a ring: the current one and sixteen before it.</summary>
    public const int BucketCount = 17;

    /// <summary>Shortest and longest window, seconds.</summary>
    public const int WindowSecondsMin = 1, WindowSecondsMax = 366 * 86_400;

    /// <summary>Length of the window, seconds.</summary>
    public int WindowSeconds;

    /// <summary>Bit i: bucket i holds an amount that could not be converted, so its sum is unknown.</summary>
    public uint UnknownBuckets;

    /// <summary>Number of the newest bucket since the epoch.</summary>
    public long NewestBucket;

    /// <summary>Amounts, minor units of the node's currency.</summary>
    public Amounts AmountRing;

    /// <summary>Approvals.</summary>
    public Counts CountRing;

    /// <summary>Amounts by bucket.</summary>
    [InlineArray(BucketCount)]
    public struct Amounts
    {
        private long first;
    }

    /// <summary>Approvals by bucket.</summary>
    [InlineArray(BucketCount)]
    public struct Counts
    {
        private int first;
    }

    /// <summary>An empty window.</summary>
    public static VelocityWindow Start(int windowSeconds) => new() { WindowSeconds = windowSeconds };

    /// <summary>Length of a bucket, seconds: a sixteenth of the window rounded up, at least one.</summary>
    public readonly int BucketSeconds => Math.Max(1, (WindowSeconds + 15) / 16);

    /// <summary>Sums of the window at a writer time.</summary>
    /// <param name="nowSeconds">Writer time, whole seconds; not before the last addition.</param>
    /// <returns>Amount (saturating), count, and whether an unconverted amount makes the sum unknown.</returns>
    public readonly (long Amount, long Count, bool IsUnknown) Sum(long nowSeconds)
    {
        var newest = nowSeconds / BucketSeconds;
        var oldest = newest - (WindowSeconds + BucketSeconds - 1) / BucketSeconds;
        Int128 amount = 0;
        long count = 0;
        var unknown = false;
        for (var bucket = Math.Max(oldest, NewestBucket - BucketCount + 1); bucket <= NewestBucket; bucket++)
        {
            if (bucket < 0) continue;
            var slot = (int)(bucket % BucketCount);
            amount += AmountRing[slot];
            count += CountRing[slot];
            unknown |= (UnknownBuckets >> slot & 1) != 0;
        }
        return ((long)Int128.Min(amount, long.MaxValue), count, unknown);
    }

    /// <summary>Adds an approval or fact.</summary>
    /// <param name="nowSeconds">Writer time, whole seconds; not before the last addition.</param>
    /// <param name="amount">Minor units, or −1 when it could not be converted.</param>
    /// <param name="count">Approvals, 0 or 1.</param>
    public void Add(long nowSeconds, long amount, int count)
    {
        Advance(nowSeconds / BucketSeconds);
        var slot = (int)(NewestBucket % BucketCount);
        if (amount < 0) UnknownBuckets |= 1u << slot;
        else AmountRing[slot] = AmountRing[slot] > long.MaxValue - amount ? long.MaxValue : AmountRing[slot] + amount;
        CountRing[slot] = CountRing[slot] > int.MaxValue - count ? int.MaxValue : CountRing[slot] + count;
    }

    private void Advance(long bucket)
    {
        for (var next = Math.Max(NewestBucket + 1, bucket - BucketCount + 1); next <= bucket; next++)
        {
            var slot = (int)(next % BucketCount);
            AmountRing[slot] = 0;
            CountRing[slot] = 0;
            UnknownBuckets &= ~(1u << slot);
        }
        NewestBucket = Math.Max(NewestBucket, bucket);
    }
}
