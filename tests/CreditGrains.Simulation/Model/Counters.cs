using System.Numerics;
using CreditGrains.Domain.Commands;

namespace CreditGrains.Simulation.Model;

/// <summary>A sub-limit and its use, docs/rules.md "A request".</summary>
internal sealed class ModelSubLimit(Channel channel, ushort categoryFrom, ushort categoryTo)
{
    public Channel Channel { get; } = channel;

    public ushort CategoryFrom { get; } = categoryFrom;

    public ushort CategoryTo { get; } = categoryTo;

    public BigInteger Limit { get; set; }

    public BigInteger Used { get; set; }

    public bool Covers(Channel channel, ushort category) =>
        (Channel == Channel.Unspecified || Channel == channel) && category >= CategoryFrom && category <= CategoryTo;

    public bool IsSame(Channel channel, ushort from, ushort to) => Channel == channel && CategoryFrom == from && CategoryTo == to;
}

/// <summary>A velocity limit with everything it ever counted: a sum over a list, no ring of buckets.</summary>
internal sealed class ModelVelocity(int windowSeconds)
{
    private readonly List<(BigInteger Bucket, BigInteger Amount, int Count, bool IsMarked)> _counted = [];

    public int WindowSeconds { get; } = windowSeconds;

    public BigInteger AmountMax { get; set; }

    public int CountMax { get; set; }

    private BigInteger BucketSeconds => BigInteger.Max(1, Exact.CeilDiv(WindowSeconds, 16));

    public void Count(long now, BigInteger amount, int count) => _counted.Add((BucketOf(now), amount, count, false));

    public void Mark(long now, int count) => _counted.Add((BucketOf(now), 0, count, true));

    public BigInteger AmountAt(long now) => InWindow(now).Aggregate(BigInteger.Zero, (sum, entry) => sum + entry.Amount);

    public int CountAt(long now) => InWindow(now).Sum(entry => entry.Count);

    public bool IsMarkedAt(long now) => InWindow(now).Any(entry => entry.IsMarked);

    private IEnumerable<(BigInteger Bucket, BigInteger Amount, int Count, bool IsMarked)> InWindow(long now)
    {
        BigInteger current = BucketOf(now);
        BigInteger oldest = current - Exact.CeilDiv(WindowSeconds, BucketSeconds);
        return _counted.Where(entry => entry.Bucket >= oldest && entry.Bucket <= current);
    }

    private BigInteger BucketOf(long now) => now / (BucketSeconds * Exact.MicrosPerSecond);
}
