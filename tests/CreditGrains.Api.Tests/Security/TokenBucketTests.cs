using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Limits;
using CreditGrains.Api.Transport;

namespace CreditGrains.Api.Tests.Security;

/// <summary>Rates and concurrency by a clock that is passed in: the same asks at the same times give the same answers.</summary>
public sealed class TokenBucketTests
{
    [Fact]
    public void Take_FromAFullBucket_GivesTheBurstAndThenNothing()
    {
        var bucket = new TokenBucket(perSecond: 10, burst: 3);
        Assert.Equal([0, 0, 0, 100_000], Enumerable.Range(0, 4).Select(_ => bucket.Take(1, nowMicros: 0)));
    }

    [Fact]
    public void Take_AfterTheWaitItNamed_IsGivenAndNotAMicrosecondBefore()
    {
        var bucket = new TokenBucket(perSecond: 3, burst: 1);
        Assert.Equal(0, bucket.Take(1, 0));
        var wait = bucket.Take(1, 0);
        Assert.Equal(333_334, wait);
        Assert.Equal(1, bucket.Take(1, wait - 1));
        Assert.Equal(0, bucket.Take(1, wait));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    [InlineData(999_983)]
    public void Take_AskedAtAnyPace_GivesTheRateAndNoMore(long stepMicros)
    {
        var bucket = new TokenBucket(perSecond: 1_000, burst: 1);
        var given = 0L;
        var end = 2_000_000L;
        for (var now = 0L; now <= end; now += stepMicros)
            if (bucket.Take(1, now) == 0) given++;
        var asked = end / stepMicros + 1;
        // The first, and one a millisecond; asked less often than that, each.
        Assert.Equal(Math.Min(asked, stepMicros <= 1_000 ? 1 + end / LeastMultiple(stepMicros, 1_000) : asked), given);
    }

    [Fact]
    public void Take_OfMoreThanTheBurst_WaitsForAFullBucketAndIsPaidForAfterwards()
    {
        var bucket = new TokenBucket(perSecond: 10, burst: 5);
        Assert.Equal(0, bucket.Take(20, 0));
        Assert.Equal(1_600_000, bucket.Take(1, 0));
        Assert.Equal(1, bucket.Take(1, 1_599_999));
        Assert.Equal(0, bucket.Take(1, 1_600_000));
    }

    [Fact]
    public void Take_WhenTheClockStepsBack_GivesNothingForIt()
    {
        var bucket = new TokenBucket(perSecond: 10, burst: 1);
        Assert.Equal(0, bucket.Take(1, 1_000_000));
        Assert.Equal(100_000, bucket.Take(1, 0));
        Assert.Equal(0, bucket.Take(1, 1_100_000));
    }

    [Fact]
    public void Take_AfterYears_IsFullAndNotOverflown()
    {
        var bucket = new TokenBucket(TokenBucket.Max, TokenBucket.Max);
        Assert.Equal(0, bucket.Take(TokenBucket.Max, 0));
        Assert.Equal(0, bucket.Take(TokenBucket.Max, long.MaxValue / 4));
        Assert.NotEqual(0, bucket.Take(1, long.MaxValue / 4));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(TokenBucket.Max + 1, 1)]
    public void New_OutOfRange_IsRefused(long perSecond, long burst) => Assert.Throws<ArgumentOutOfRangeException>(() => new TokenBucket(perSecond, burst));

    [Fact]
    public void Budgets_OfOneTenantSpent_LeaveTheOthers()
    {
        var budgets = new TenantBudgets([new TenantLimit { Tenant = 1, CommandsPerSecond = 1 }, new TenantLimit { CommandsPerSecond = 2 }]);
        budgets.Enter(1, 0);
        var refused = Assert.Throws<RpcException>(() => budgets.Enter(1, 0));
        Assert.Equal(StatusCode.ResourceExhausted, refused.Code);
        Assert.StartsWith("TooManyCommands", refused.Message, StringComparison.Ordinal);
        budgets.Enter(2, 0);
        budgets.Enter(2, 0);
        Assert.Throws<RpcException>(() => budgets.Enter(2, 0));
        budgets.Enter(3, 0);
    }

    [Fact]
    public void Budgets_OfCallsUnderWay_AreGivenBackWhenTheyEnd()
    {
        var budgets = new TenantBudgets([new TenantLimit { Tenant = 1, CommandsPerSecond = 100, ConcurrentCallsMax = 2 }]);
        budgets.Enter(1, 0);
        budgets.Enter(1, 0);
        Assert.StartsWith("TooManyCalls", Assert.Throws<RpcException>(() => budgets.Enter(1, 0)).Message, StringComparison.Ordinal);
        budgets.Leave(1);
        budgets.Enter(1, 0);
    }

    [Fact]
    public void Budgets_ARefusedCall_IsNotCountedAsUnderWay()
    {
        var budgets = new TenantBudgets([new TenantLimit { Tenant = 1, CommandsPerSecond = 1, ConcurrentCallsMax = 2 }]);
        budgets.Enter(1, 0);
        for (var i = 0; i < 5; i++) Assert.Throws<RpcException>(() => budgets.Enter(1, 0));
        budgets.Enter(1, 1_000_000);
    }

    [Fact]
    public void Budgets_TwoForOneTenant_AreRefused() => Assert.Throws<SecurityFileException>(
        () => new TenantBudgets([new TenantLimit { Tenant = 1, CommandsPerSecond = 1 }, new TenantLimit { Tenant = 1, CommandsPerSecond = 1 }]));

    private static long LeastMultiple(long step, long atLeast) => (atLeast + step - 1) / step * step;
}
