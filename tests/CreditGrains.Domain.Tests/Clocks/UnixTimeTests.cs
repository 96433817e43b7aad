using System.Globalization;
using CreditGrains.Domain.Clocks;

namespace CreditGrains.Domain.Tests.Clocks;

public sealed class UnixTimeTests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("1970-01-01T00:00:00.0000009Z", 0)]
    [InlineData("1970-01-01T00:00:00.0000010Z", 1)]
    [InlineData("1970-01-02T00:00:00Z", 86_400_000_000)]
    [InlineData("2038-01-19T03:14:07Z", 2_147_483_647_000_000)] // the last second of a signed 32-bit time_t
    [InlineData("2022-02-22T14:22:22-05:00", 1_645_557_742_000_000)] // RFC 9562 appendix A.6
    [InlineData("1969-12-31T23:59:59.9999999Z", -1)] // towards the past, not towards zero
    [InlineData("1969-12-31T23:59:59.9999990Z", -1)]
    [InlineData("1970-01-01T00:00:00+08:00", -28_800_000_000)]
    [InlineData("0001-01-01T00:00:00Z", -62_135_596_800_000_000)]
    [InlineData("9999-12-31T23:59:59.9999999Z", 253_402_300_799_999_999)]
    public void UnixMicros_OfAMoment_AreWholeAndSince1970(string time, long micros)
    {
        var moment = DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
        Assert.Equal(micros, moment.UnixMicros());
        Assert.Equal(micros, new StoppedClock(moment.ToUniversalTime()).UnixMicros());
    }

    [Fact]
    public void UnixMicros_OfAnyMoment_ComeBackWithoutTheFraction() => Always.Holds(
        Always.Between(0, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay),
        ticks =>
        {
            var time = new DateTimeOffset(ticks, TimeSpan.Zero);
            Assert.Equal(ticks - ticks % TimeSpan.TicksPerMicrosecond, DateTimeOffset.UnixEpoch.Ticks + time.UnixMicros() * TimeSpan.TicksPerMicrosecond);
            // The same moment told in Shanghai.
            Assert.Equal(time.UnixMicros(), time.ToOffset(TimeSpan.FromHours(8)).UnixMicros());
        });

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
