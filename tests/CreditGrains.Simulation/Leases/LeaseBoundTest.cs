using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;
using CreditGrains.Simulation.Workload;
using Xunit.Abstractions;

namespace CreditGrains.Simulation.Leases;

/// <summary>The bound on false declines, and how seldom a hot node is asked.</summary>
public sealed class LeaseBoundTest(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, Share.WholePpm, 1_024)] // whole shares, one currency: no rounding
    [InlineData(1, Share.WholePpm, 0)] // nothing may be stranded
    [InlineData(1, 333_333, 1_024)]
    [InlineData(3, 333_333, 0)]
    public void Request_IsDeclined_OnlyAboveHeadroomLessTheStatedBound(int currencies, int sharePpm, int strandedDivisor)
    {
        long approved = 0, declined = 0;
        Int128 worst = 0;
        for (ulong seed = 1; seed <= 30; seed++)
        {
            var dice = new Dice(seed);
            var policy = new LeasePolicy { StrandedDivisor = strandedDivisor };
            var cluster = new CalmCluster(2 + dice.Below(40), currencies, dice.Between(1_000, 100_000), policy);
            var amountMax = dice.Between(2, cluster.State.Limit / 10);
            // One minor unit a partition and currency, and one for the request's own rounding; none where nothing is split.
            var rounding = sharePpm == Share.WholePpm ? 0 : cluster.Partitions * currencies + 1;
            var bound = policy.StrandedMax(cluster.State.Limit) + rounding;
            for (var i = 0; i < 600; i++)
            {
                int partition = dice.Below(cluster.Partitions), currency = dice.Below(currencies);
                var sum = cluster.SumOf(partition, currency);
                if (sum > 0 && dice.Percent(20))
                {
                    cluster.Repay(partition, currency, (Int128)dice.Between(1, (long)(sum / sharePpm)) * sharePpm);
                    continue;
                }
                var weighted = (Int128)dice.Between(1, amountMax) * sharePpm;
                var free = (Int128)cluster.State.Limit * Share.WholePpm - cluster.Weighted;
                if (cluster.Authorize(partition, currency, weighted))
                {
                    approved++;
                    Assert.True(weighted <= free);
                    continue;
                }
                declined++;
                Assert.True(weighted > free - (Int128)bound * Share.WholePpm, $"seed {seed}: {weighted} declined with {free} free, bound {bound}");
                worst = Int128.Max(worst, free - weighted);
            }
        }
        output.WriteLine($"{approved} approved, {declined} declined; the most that was free at a decline beyond the amount: {(long)(worst / Share.WholePpm)}");
        Assert.True(declined > 100);
    }

    [Fact]
    public void Node_AllBorrowersSpendUnder_IsSeldomAsked()
    {
        const int partitions = 500;
        const long limit = 500_000_000;
        var dice = new Dice(1);
        var cluster = new CalmCluster(partitions, 1, limit, new LeasePolicy());
        List<string> lines = [];
        foreach (var percent in new[] { 50, 90, 99, 100 })
        {
            long approvals = 0, declines = 0, before = cluster.Decided;
            while (cluster.Usage < limit / 100 * percent && declines < 200)
            {
                if (cluster.Authorize(dice.Below(partitions), 0, (Int128)dice.Between(1, 2_000) * Share.WholePpm)) approvals++;
                else declines++;
            }
            var asked = cluster.Decided - before;
            lines.Add($"to {percent} %: {approvals} approvals, {declines} declines, {asked} node commands, {(double)asked / Math.Max(1, approvals):F3} an approval");
            if (percent == 50) Assert.True(asked * 20 < approvals, lines[^1]);
        }
        foreach (var line in lines) output.WriteLine(line);
        // Nothing to speak of is left lying: at most the bound and what one request was too large for.
        Assert.True(cluster.Usage > limit - new LeasePolicy().StrandedMax(limit) - 2_000);
    }
}
