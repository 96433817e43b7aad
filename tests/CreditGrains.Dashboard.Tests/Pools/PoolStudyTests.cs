using System.Globalization;
using CreditGrains.Dashboard.Pools;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Dashboard.Tests.Pools;

/// <summary>What the pool page says is what the deal runner says.</summary>
public sealed class PoolStudyTests
{
    private static readonly PoolAssumption Assumed = new(0.1, 0.05, 0.5);

    [Fact]
    public void Run_OfADeal_IsTheDealRunnersOwn()
    {
        var projected = PoolStudy.Run(SamplePool.Sight, Assumed);
        var run = DealRunner.Run(SamplePool.Terms.Assume(_ => Assumed.ToScenario()));
        Assert.Equal(run.Periods.Select(period => period.Pool), projected.Months);
        Assert.Equal(run.AverageLifeYears("A"), projected.Tranches[0].AverageLifeYears);
    }

    [Fact]
    public void Run_OfLoansWithoutDeal_PaysAllThatDoesNotDefault()
    {
        var projected = PoolStudy.Run(SamplePool.Sight with { Deal = null }, Assumed);
        Assert.Empty(projected.Tranches);
        Assert.Equal(4_000_000, projected.Months.Sum(month => month.Scheduled + month.Prepaid + month.Defaulted));
    }

    [Fact]
    public void YieldAtPar_WithoutDefaults_IsTheCoupon()
    {
        var projected = PoolStudy.Run(SamplePool.Sight, new PoolAssumption(0, 0, 0));
        Assert.Equal(0.03, projected.Tranches[0].Yield!.Value, 4);
    }

    [Fact]
    public void BreakEven_IsWhereTheTrancheStartsToLose()
    {
        var assumed = Assumed with { Severity = 1 };
        var rate = PoolStudy.BreakEvens(SamplePool.Sight, assumed, CancellationToken.None)["A"]!.Value;
        Assert.InRange(rate, 0.1, 0.95);
        Assert.Equal(0, PoolStudy.Run(SamplePool.Sight, assumed with { Cdr = rate }).Tranches[0].Unpaid, 50.0);
        Assert.True(PoolStudy.Run(SamplePool.Sight, assumed with { Cdr = rate + 0.05 }).Tranches[0].Unpaid > 0);
        Assert.Null(PoolStudy.BreakEvens(SamplePool.Sight, Assumed, CancellationToken.None)["=Sub"]);
    }

    [Fact]
    public void Csv_AddsUpToThePool_AndHoldsNoFormula()
    {
        var lines = PoolCsv.Write(SamplePool.Sight, PoolStudy.Run(SamplePool.Sight, Assumed)).TrimEnd('\n').Split('\n');
        var rows = lines.Skip(1).Select(line => line.Split(',')).ToArray();
        Assert.Equal(4_000_000, rows.Sum(row => Number(row[3]) + Number(row[4]) + Number(row[7])));
        Assert.Contains("'=Sub interest", lines[0], StringComparison.Ordinal);
        Assert.All(rows, row => Assert.Equal(lines[0].Split(',').Length, row.Length));
    }

    [Fact]
    public void Delinquency_OfAMonth_IsThatOfTheLedger()
    {
        var (months, buckets, shares) = PoolCharts.Delinquency(SamplePool.Sight.Ledger!);
        Assert.Equal("2026-04", months[^1]);
        Assert.Equal("M1 (1–30)", buckets[0]);
        // 90 days late at the end of April: a million of it, of what the loans had when the month began.
        Assert.Equal(1_000_000 / 3_850_000.0, shares[months.Count - 1, 2], 2);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
