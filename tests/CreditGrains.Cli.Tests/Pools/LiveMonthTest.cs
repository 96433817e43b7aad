using CreditGrains.Engine.Pools;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Cli.Tests.Pools;

/// <summary>A month of a live pool as the deal's actuals have it: no amount is below 0, and the month adds up.</summary>
public sealed class LiveMonthTest
{
    /// <summary>
    /// 1,000 open; paid by plan less bounced, prepaid 100. 50 paid leave 1,000 − 50 − 100 = 850. With 30 more bounced than paid, 930 are left: 1,000 + 30 − 100. 5 capitalised come on top of either.
    /// </summary>
    [Theory]
    [InlineData(50, 855, 50, 5)]
    [InlineData(0, 905, 0, 5)]
    [InlineData(-30, 935, 0, 35)]
    public void MonthOf_WithMoreBouncedThanPaid_HasTheRestAsAdded(long net, long closing, long scheduled, long added)
    {
        var month = LiveCollateral.MonthOf(new PoolFlows { Opening = 1_000, Scheduled = net, Prepaid = 100, Capitalised = 5, Closing = closing });
        Assert.Equal((scheduled, added), (month.Scheduled, month.Added));
        Assert.Equal(month.Closing, month.Opening + month.Added - month.Scheduled - month.Prepaid - month.Defaulted);
        Assert.Equal(new PoolMonth { Opening = 1_000, Added = added, Scheduled = scheduled, Prepaid = 100, Closing = closing }, month);
    }
}
