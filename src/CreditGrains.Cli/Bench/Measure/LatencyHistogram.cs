using System.Numerics;

namespace CreditGrains.Cli.Bench.Measure;

/// <summary>
/// Counts of values by size, log-linear: below 64 exact, above within 1/64 of the value. Fixed size, no allocation per
/// record. Values are what the caller counts in (here nanoseconds), 0 or more. Not thread-safe; merge one per thread.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 6;
    private const int SubBuckets = 1 << SubBucketBits;
    private const int BucketCount = (64 - SubBucketBits) * SubBuckets;
    private readonly long[] counts = new long[BucketCount];

    /// <summary>Values recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Largest value recorded, exact; 0 when empty.</summary>
    public long Max { get; private set; }

    /// <summary>Sum of the values, for the mean.</summary>
    public double Sum { get; private set; }

    /// <summary>Mean of the values; 0 when empty.</summary>
    public double Mean => Count == 0 ? 0 : Sum / Count;

    /// <summary>Records a value; a negative one (a clock that went back) counts as 0.</summary>
    public void Record(long value) => Record(value, 1);

    /// <summary>Records a value several times, for instance the latency of a batch for each of its members.</summary>
    public void Record(long value, long times)
    {
        if (value < 0) value = 0;
        counts[IndexOf(value)] += times;
        Count += times;
        Sum += (double)value * times;
        if (value > Max) Max = value;
    }

    /// <summary>
    /// The value that the given part of the records does not pass, rounded up to the end of its bucket and never above <see cref="Max"/>.
    /// </summary>
    /// <param name="ratio">0 to 1; 0.99 is p99.</param>
    public long Quantile(double ratio)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ratio, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ratio, 1);
        var rank = Math.Max(1, (long)Math.Ceiling(ratio * Count));
        long seen = 0;
        for (var index = 0; index < BucketCount; index++)
        {
            seen += counts[index];
            if (seen >= rank) return Math.Min(Max, EndOf(index));
        }

        return Max;
    }

    /// <summary>Adds the records of another histogram.</summary>
    public void Add(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < BucketCount; i++) counts[i] += other.counts[i];
        Count += other.Count;
        Sum += other.Sum;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(counts);
        Count = 0;
        Sum = 0;
        Max = 0;
    }

    private static int IndexOf(long value)
    {
        if (value < SubBuckets) return (int)value;
        var exponent = BitOperations.Log2((ulong)value);
        var sub = (int)(value >> (exponent - SubBucketBits)) & (SubBuckets - 1);
        return (exponent - SubBucketBits + 1) * SubBuckets + sub;
    }

    private static long EndOf(int index)
    {
        if (index < SubBuckets) return index;
        var shift = index / SubBuckets - 1;
        long start = SubBuckets + index % SubBuckets;
        return (start << shift) + ((1L << shift) - 1);
    }
}
