namespace CreditGrains.Engine.Alerts;

/// <summary>A sum over the last seconds of event time, kept in at most 60 buckets: exact to one bucket, a sixtieth of the window.</summary>
internal sealed class SlidingCount
{
    private const int BucketsMax = 60;
    private readonly long[] buckets;
    private readonly int bucketSeconds;
    private long newest;
    private long sum;

    public SlidingCount(int windowSeconds)
    {
        bucketSeconds = (windowSeconds + BucketsMax - 1) / BucketsMax;
        buckets = new long[(windowSeconds + bucketSeconds - 1) / bucketSeconds];
    }

    /// <summary>The sum as of a second. Time does not go back.</summary>
    public long At(long seconds)
    {
        Advance(seconds);
        return sum;
    }

    public void Add(long seconds, long amount)
    {
        Advance(seconds);
        buckets[newest % buckets.Length] += amount;
        sum += amount;
    }

    private void Advance(long seconds)
    {
        var bucket = seconds / bucketSeconds;
        if (bucket <= newest) return;
        if (bucket - newest >= buckets.Length)
        {
            Array.Clear(buckets);
            (newest, sum) = (bucket, 0);
            return;
        }

        while (newest < bucket)
        {
            newest++;
            ref var place = ref buckets[newest % buckets.Length];
            sum -= place;
            place = 0;
        }
    }
}
