using System.Diagnostics;
using CreditGrains.Cli.Bench.Arrivals;
using CreditGrains.Cli.Bench.Http2;

namespace CreditGrains.Cli.Tests.Bench;

/// <summary>When the requests of an open load leave, by a clock of the test's own.</summary>
public sealed class BatchDepartureTest
{
    private const int Length = 100;
    private static readonly long Milli = Stopwatch.Frequency / 1_000;

    /// <summary>A thousand a second, one each millisecond: the oldest is due from the first on.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0)]
    [InlineData(1.5, 0)]
    [InlineData(5.5, 0)]
    [InlineData(6.5, 6)]
    [InlineData(50.5, 50)]
    [InlineData(99.5, 99)]
    [InlineData(100.5, Length)]
    [InlineData(5_000, Length)]
    public void Count_NobodyLookedUntilThen_IsAFullBatchOrWhatHasWaited(double millis, int count) => Assert.Equal(count, BatchDeparture.Count(Open(1_000), Length, At(millis)));

    [Theory]
    [InlineData(0, 6)]
    [InlineData(0.5, 5.5)]
    [InlineData(4, 2)]
    [InlineData(6.5, 0)]
    [InlineData(5_000, 0)]
    public void Until_RateThatFillsNoBatch_EndsWhenTheOldestHasWaited(double millis, double until) => Assert.Equal(At(until), BatchDeparture.Until(Open(1_000), Length, At(millis)));

    [Fact]
    public void Until_RateThatFillsABatchSooner_EndsWhenItIsFull() => Assert.Equal(At(2), BatchDeparture.Until(Open(50_000), Length, 0));

    [Fact]
    public void Until_OfOneRequest_EndsWhenItIsDue() => Assert.Equal(At(1), BatchDeparture.Until(Open(1_000), 1, 0));

    [Fact]
    public void Part_OfABatch_IsAsOldAsItsOldestAndLeavesNothingDueBehind()
    {
        var arrivals = Open(1_000);
        var now = At(8.5);
        var count = BatchDeparture.Count(arrivals, Length, now);
        Assert.Equal(8, count);
        Assert.Equal(At(1), arrivals.Take(count, now));
        Assert.Equal(0, BatchDeparture.Count(arrivals, Length, now));
        // The next oldest is due at 9 ms.
        Assert.Equal(At(14) - now, BatchDeparture.Until(arrivals, Length, now));
    }

    /// <summary>Full-rate runs pay nothing: where batches fill within the wait, no other leaves, also after a pause of the generator.</summary>
    [Theory]
    [InlineData(20_000)]
    [InlineData(33_333)]
    [InlineData(200_000)]
    public void Count_AtARateThatFillsBatches_IsNeverLess(double perSecond)
    {
        var arrivals = Open(perSecond);
        var left = 0L;
        // Off the ticks at which something is due, where a rounding decides.
        for (var millis = 0.013; millis < 1_000; millis += millis is > 300 and < 302 ? 37 : 0.05)
        {
            while (BatchDeparture.Count(arrivals, Length, At(millis)) is > 0 and var count)
            {
                Assert.Equal(Length, count);
                arrivals.Take(count, At(millis));
                left += count;
            }

            Assert.True(BatchDeparture.Until(arrivals, Length, At(millis)) > 0);
        }

        Assert.InRange(left, perSecond * 0.99 - Length, perSecond);
    }

    [Fact]
    public void Count_NoMoreCome_IsWhatIsLeftAtOnce()
    {
        var arrivals = Open(1_000);
        arrivals.End(At(2.5));
        Assert.Equal(2, BatchDeparture.Count(arrivals, Length, At(2.5)));
        arrivals.Take(2, At(2.5));
        Assert.Equal(0, BatchDeparture.Count(arrivals, Length, At(100)));
    }

    [Fact]
    public void Count_CallersWhoGaveUp_AreNotTheOldest()
    {
        var arrivals = new OpenArrivals(RateProfile.Constant(100), 0, TimeSpan.FromMilliseconds(12));
        // Due each 10 ms; at 13 ms the first waits since 3 ms, at 24 ms it has given up and the second waits since 4.
        Assert.Equal(0, BatchDeparture.Count(arrivals, Length, At(13)));
        Assert.Equal(0, BatchDeparture.Count(arrivals, Length, At(24)));
        Assert.Equal(1, arrivals.GivenUp);
        Assert.Equal(1, BatchDeparture.Count(arrivals, Length, At(26)));
    }

    [Fact]
    public void Count_ClosedLoop_IsAlwaysAFullBatch()
    {
        Assert.Equal(Length, BatchDeparture.Count(ClosedArrivals.Instance, Length, At(1)));
        Assert.Equal(0, BatchDeparture.Until(ClosedArrivals.Instance, Length, At(1)));
    }

    private static OpenArrivals Open(double perSecond) => new(RateProfile.Constant(perSecond), 0, TimeSpan.Zero);

    private static long At(double millis) => (long)(millis * Milli);
}
