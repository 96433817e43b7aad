using System.Diagnostics;
using CreditGrains.Cli.Bench.Arrivals;

namespace CreditGrains.Cli.Tests.Bench;

/// <summary>When requests of an open load are due.</summary>
public sealed class ArrivalsTest
{
    private const long Second = 1_000;
    private static readonly long Tick = Stopwatch.Frequency / Second;

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 0)]
    [InlineData(0.0999, 0)]
    [InlineData(0.1, 1)]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(2.5, 70)]
    [InlineData(3, 120)]
    [InlineData(4, 130)]
    public void DueBy_TenThenAHundredThenTen_IsTheAreaUnderTheRate(double seconds, long due) =>
        Assert.Equal(due, new RateProfile(new RateStep(0, 10), new RateStep(2, 100), new RateStep(3, 10)).DueBy(seconds));

    [Fact]
    public void DueAt_EveryRequest_IsDueThenAndNotBefore()
    {
        var profile = new RateProfile(new RateStep(0, 7), new RateStep(1, 0), new RateStep(2, 1_000));
        for (var number = 0L; number < 500; number++)
        {
            var at = profile.DueAt(number);
            Assert.True(profile.DueBy(at + 1e-9) > number, $"request {number} is due at {at}");
            Assert.True(profile.DueBy(at - 1e-6) <= number, $"request {number} is not due before {at}");
        }
    }

    [Fact]
    public void DueAt_RateZeroForEver_Never() =>
        Assert.Equal(double.PositiveInfinity, new RateProfile(new RateStep(0, 1), new RateStep(5, 0)).DueAt(5));

    [Fact]
    public void Open_ServerStandsStill_LatencyCountsFromWhenEachWasDue()
    {
        var arrivals = new OpenArrivals(RateProfile.Constant(1_000), 0, TimeSpan.Zero);
        // Nobody looked for a second: all thousand are due, the first since its first millisecond.
        Assert.Equal(1_000, arrivals.Due(Second * Tick));
        Assert.Equal(Tick, arrivals.Take(1, Second * Tick));
        Assert.Equal(2 * Tick, arrivals.Take(10, Second * Tick));
        Assert.Equal(12 * Tick, arrivals.Take(1, Second * Tick));
        Assert.Equal(988, arrivals.Due(Second * Tick));
    }

    [Fact]
    public void Open_CallersWithPatience_GiveUpWhatWasNotSentInTime()
    {
        var arrivals = new OpenArrivals(RateProfile.Constant(1_000), 0, TimeSpan.FromMilliseconds(100));
        Assert.Equal(100, arrivals.Due(1_000 * Tick));
        Assert.Equal(900, arrivals.GivenUp);
        Assert.Equal(901 * Tick, arrivals.Take(1, 1_000 * Tick));
        Assert.Equal(1_000, arrivals.Offered(1_000 * Tick));
    }

    [Fact]
    public void Open_Until_CountsToTheLastOfABatch()
    {
        var arrivals = new OpenArrivals(RateProfile.Constant(1_000), 0, TimeSpan.Zero);
        Assert.Equal(100 * Tick, arrivals.Until(100, 0));
        Assert.Equal(0, arrivals.Until(100, 200 * Tick));
    }

    [Fact]
    public void Profile_StepsOutOfOrder_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new RateProfile());
        Assert.Throws<ArgumentException>(() => new RateProfile(new RateStep(1, 1)));
        Assert.Throws<ArgumentException>(() => new RateProfile(new RateStep(0, 1), new RateStep(0, 2)));
        Assert.Throws<ArgumentException>(() => new RateProfile(new RateStep(0, double.NaN)));
    }
}
