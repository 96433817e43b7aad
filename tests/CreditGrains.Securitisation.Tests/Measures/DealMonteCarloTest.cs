using System.Collections.Immutable;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Measures;
using CreditGrains.Securitisation.Tests.Deals;

namespace CreditGrains.Securitisation.Tests.Measures;

/// <summary>Simulated deals. Seeds are fixed and bounds are several standard errors wide, so that no test fails by luck.</summary>
public sealed class DealMonteCarloTest
{
    private static readonly CopulaTerms Large = new(0.05, 0.2, 0, [1]);

    /// <summary>
    /// A one-month pool of which A is the last 85 %: its expected loss is (E[rate] − E[min(rate, 15 %)]) ÷ 85 %, an integral over Vasicek's distribution that is worked out here by the
    /// trapezium rule.
    /// </summary>
    [Fact]
    public void Copula_LargePool_GivesTheTranchesTheirIntegrals()
    {
        var losses = DealMonteCarlo.Copula(OneMonth(), Large, 20_000, seed: 11);
        Assert.InRange(losses.PoolDefault.Mean, 0.05 - 5 * losses.PoolDefault.StandardError, 0.05 + 5 * losses.PoolDefault.StandardError);
        double junior = 0;
        const int steps = 20_000;
        for (var i = 0; i < steps; i++) junior += 1 - Vasicek.Cumulative((i + 0.5) * 0.15 / steps, Large.Probability, Large.Correlation);
        junior *= 0.15 / steps;
        var (a, b) = (losses.Tranches[0].Loss, losses.Tranches[1].Loss);
        Assert.InRange(b.Mean, junior / 0.15 - 5 * b.StandardError, junior / 0.15 + 5 * b.StandardError);
        Assert.InRange(a.Mean, (0.05 - junior) / 0.85 - 5 * a.StandardError, (0.05 - junior) / 0.85 + 5 * a.StandardError);
        foreach (var confidence in (double[])[0.5, 0.9, 0.99])
        {
            var limit = Vasicek.Quantile(confidence, Large.Probability, Large.Correlation);
            Assert.Equal(limit, losses.DefaultRate.Percentile(confidence), limit * 0.08);
        }
    }

    [Fact]
    public void Copula_SameSeed_SameBitsOnAnyThreads()
    {
        var terms = Large with { Obligors = 200 };
        var one = DealMonteCarlo.Copula(OneMonth(), terms, 300, seed: 4, parallelism: 1);
        var four = DealMonteCarlo.Copula(OneMonth(), terms, 300, seed: 4, parallelism: 4);
        Assert.Equal(BitConverter.DoubleToInt64Bits(one.PoolLoss.Mean), BitConverter.DoubleToInt64Bits(four.PoolLoss.Mean));
        Assert.Equal(one.Tranches[1].Loss.Percentile(0.99), four.Tranches[1].Loss.Percentile(0.99));
        Assert.NotEqual(one.PoolLoss.Mean, DealMonteCarlo.Copula(OneMonth(), terms, 300, seed: 5).PoolLoss.Mean);
    }

    [Fact]
    public void Bootstrap_OfVintagesAllAlike_IsTheRunOnThatVintage()
    {
        ImmutableArray<double> vintage = [.. Enumerable.Range(1, 24).Select(month => 0.001 * month)];
        var deal = DealSamples.Layered().With(severity: 0.5);
        var losses = DealMonteCarlo.Bootstrap(deal, [vintage, vintage], 24, 5, 20, seed: 2);
        Assert.Equal(0, losses.PoolDefault.Deviation, 12);
        var run = DealRunner.Run(deal.Assume(scenario => scenario with { LoanDefault = new LoanDefaultCurve.Vector(vintage, RateUnit.Monthly, CurveClock.Period) }));
        Assert.Equal(run.Periods[^1].CumulativeDefault, losses.PoolDefault.Mean, 12);
    }

    /// <summary>
    /// A deal from the middle of its life: 800 original, 8 defaulted before, 104 at the start of the one actual month of which 4 defaulted, 100 left. The scenario defaults 4 of the 100 in the one month they
    /// have: p = 4 / 100. Over the original pool all defaults would be (8 + 4 + 4) / 800 = 2 %, which is no probability of the 100.
    /// </summary>
    [Fact]
    public void Probability_OfADealFromTheMiddle_IsOfTheLinesAsTheyStand()
    {
        var deal = DealSamples.Parse("""
            { "collateral": { "currency": "EUR", "lines": [{ "balance": 10000, "rate": 0, "remainingMonths": 1 }] },
              "assumptions": { "default": { "cumulative": 0.04, "timing": [1] }, "recovery": { "severity": 1 } },
              "actuals": [{ "opening": 10400, "defaulted": 400, "loss": 400, "closing": 10000 }], "originalPool": 80000, "defaultedBefore": 800, "periodsBefore": 20,
              "tranches": [{ "name": "A", "balance": 10400 }], "waterfalls": { "amortising": [{ "do": "payPrincipal", "to": "A", "from": "principal" }] } }
            """);
        Assert.Equal(0.02, DealRunner.Run(deal).Periods[^1].CumulativeDefault, 12);
        Assert.Equal(0.04, LossSearch.ProbabilityOf(deal), 12);
        Assert.Equal(0, LossSearch.ProbabilityOf(deal.Assume([new Scenario()])));
        // Without correlation every trial draws p: 4 of the 100 default, and with what is known 16 of 800.
        var losses = DealMonteCarlo.Copula(deal, new CopulaTerms(LossSearch.ProbabilityOf(deal), 0, 0, [1]), 2, seed: 1);
        Assert.Equal((0.04, 0.02), (Math.Round(losses.DefaultRate.Mean, 9), Math.Round(losses.PoolDefault.Mean, 9)));
    }

    /// <summary>Pool one of 600 says nothing of its original balance, pool two of 400 says 1,400: 2,000 in all. At 10 % and nothing recovered 60 and 40 are lost, 5 % of it, and as much defaults; of 1,400 alone it would be 7.1 %.</summary>
    [Fact]
    public void Loss_OfPoolsOfWhichOneSaysItsOriginalBalance_IsOfBoth()
    {
        var deal = DealSamples.Parse("""
            { "collateral": { "currency": "EUR", "pools": [
                { "name": "one", "lines": [{ "balance": 600, "rate": 0, "remainingMonths": 1 }] }, { "name": "two", "lines": [{ "balance": 400, "rate": 0, "remainingMonths": 1 }], "originalBalance": 1400 }] },
              "tranches": [{ "name": "A", "balance": 1000 }], "waterfalls": { "amortising": [{ "do": "payPrincipal", "to": "A", "from": "principal" }] } }
            """);
        var losses = DealMonteCarlo.Copula(deal, new CopulaTerms(0.1, 0, 0, [1]), 2, seed: 1);
        Assert.Equal((0.05, 0.05), (Math.Round(losses.PoolLoss.Mean, 9), Math.Round(losses.PoolDefault.Mean, 9)));
    }

    [Theory]
    [InlineData(1.5, 0.1, "probability")]
    [InlineData(0.1, 1.0, "correlation")]
    public void Copula_OutOfRange_NamesThePath(double probability, double correlation, string path) =>
        Assert.Equal(path, Assert.Throws<InvalidInputException>(() => DealMonteCarlo.Copula(OneMonth(), new CopulaTerms(probability, correlation, 0, [1]), 10, 1)).Path);

    private static DealTerms OneMonth() => DealSamples.Parse("""
        { "collateral": { "currency": "EUR", "lines": [{ "balance": 1000000000, "rate": 0, "remainingMonths": 1 }] }, "assumptions": { "recovery": { "severity": 1 } },
          "tranches": [{ "name": "A", "balance": 850000000 }, { "name": "B", "balance": 150000000 }], "waterfalls": { "amortising": [{ "do": "payPrincipal", "to": ["A", "B"], "from": "principal" }] } }
        """);
}
