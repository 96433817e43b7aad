using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>What holds whatever happens to the pool.</summary>
public sealed class DealProperties
{
    private static readonly double[] Severities = [0, 0.2, 0.4, 0.6, 0.8, 1];

    [Theory]
    [InlineData("none")]
    [InlineData("ledger")]
    [InlineData("writeDown")]
    public void Cash_AnyScenario_AddsUpEveryPeriod(string losses)
    {
        foreach (var run in Runs(losses))
        {
            long before = 100_000;
            foreach (var period in run.Periods)
            {
                Assert.Equal(before, period.OpeningCash);
                Assert.Equal(period.OpeningCash + period.Collections + period.Advances + period.Draws, period.Payments + period.Purchases + period.ClosingCash);
                Assert.Equal(period.Payments, period.Tranches.Sum(tranche => tranche.Cash) + period.Dues.Sum(due => due.Paid));
                Assert.Equal(period.ClosingCash, period.Accounts.Sum(account => account.Closing));
                before = period.ClosingCash;
            }

            Assert.Equal(0, before);
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("ledger")]
    [InlineData("writeDown")]
    public void Tranches_AnyScenario_NeverFallBelowZeroAndAddUp(string losses)
    {
        foreach (var run in Runs(losses))
            foreach (var tranche in run.Periods.SelectMany(period => period.Tranches))
            {
                Assert.True(tranche.Closing >= 0 && tranche.InterestUnpaid >= 0 && tranche.Deficiency >= 0 && tranche.PrincipalPaid >= 0 && tranche.Deficiency <= tranche.Closing);
                Assert.Equal(tranche.Closing, tranche.Opening + tranche.Accreted - tranche.PrincipalPaid - tranche.WrittenDown);
            }
    }

    [Theory]
    [InlineData("ledger")]
    [InlineData("writeDown")]
    public void Loss_AnyScenario_ReachesASeniorOnlyWhenTheJuniorsAreGone(string losses)
    {
        var touched = false;
        foreach (var run in Runs(losses))
            foreach (var period in run.Periods)
                for (var i = 0; i < 2; i++)
                {
                    var senior = period.Tranches[i];
                    var junior = period.Tranches[i + 1];
                    if (senior.WrittenDown > 0) Assert.Equal(0, junior.Closing);
                    // Within a period restored seniors come first, so the junior below a deficient senior is wholly deficient.
                    if (senior.Deficiency > 0) Assert.Equal(junior.Closing, junior.Deficiency);
                    touched |= senior.WrittenDown > 0 || senior.Deficiency > 0;
                }

        Assert.True(touched);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("ledger")]
    [InlineData("writeDown")]
    public void Senior_MoreSeverity_IsNeverPaidMore(string losses)
    {
        foreach (var cdr in (double[])[0.05, 0.2, 0.5])
        {
            var runs = Severities.Select(severity => DealRunner.Run(DealSamples.Layered(losses).With(0.1, cdr, severity, 3))).ToArray();
            for (var i = 1; i < runs.Length; i++)
            {
                Assert.True(runs[i].Principal("A") <= runs[i - 1].Principal("A"));
                Assert.True(Worth(runs[i], "A") <= Worth(runs[i - 1], "A") + 24);
                Assert.True(runs[i].Periods.Sum(period => period.Collections) <= runs[i - 1].Periods.Sum(period => period.Collections));
            }

            Assert.True(runs[^1].Cash("E") < runs[0].Cash("E"));
        }
    }

    /// <summary>At the tranche's own coupon: later principal earns no more.</summary>
    private static double Worth(DealRun run, string tranche) => run.Of(tranche).Select((period, i) => period.Cash * Math.Pow(1 + 0.03 / 12, -(i + 1))).Sum();

    private static IEnumerable<DealRun> Runs(string losses) =>
        from cpr in (double[])[0, 0.3]
        from cdr in (double[])[0, 0.05, 0.3, 0.9]
        from severity in (double[])[0, 0.5, 1]
        select DealRunner.Run(DealSamples.Layered(losses).With(cpr, cdr, severity, 4));
}
