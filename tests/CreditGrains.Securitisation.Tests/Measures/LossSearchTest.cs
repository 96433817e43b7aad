using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Measures;
using CreditGrains.Securitisation.Tests.Deals;

namespace CreditGrains.Securitisation.Tests.Measures;

/// <summary>Where tranches start to lose, in deals so small that the answer is known.</summary>
public sealed class LossSearchTest
{
    /// <summary>One month, no interest, nothing recovered: A of 80 % loses its first unit at 20 % and one unit, to the unit.</summary>
    [Fact]
    public void FirstLoss_OneMonthPool_IsTheSubordinationAndOneUnit()
    {
        var search = new LossSearch(OneMonth(), new LossRule(), [1]);
        Assert.Equal(2_000_001 / 10_000_000.0, search.FirstLoss("A")!.Value.Ratio);
        Assert.Equal(1 / 10_000_000.0, search.FirstLoss("B")!.Value.Ratio);
    }

    [Fact]
    public void CriticalRate_OneMonthPool_IsTheSubordination_AndApartFromTheAnnualRate()
    {
        var search = new LossSearch(OneMonth(), new LossRule(), [1]);
        var critical = search.CriticalCumulativeDefault("A").First!.Value;
        Assert.InRange(critical.Bearable, 0.2 - 1e-6, 0.2 + 2e-6);
        // The annual rate whose month defaults 20 %.
        Assert.InRange(search.BreakEvenCdr("A").First!.Value.Bearable, 1 - Math.Pow(0.8, 12) - 2e-6, 1 - Math.Pow(0.8, 12) + 2e-6);
        Assert.InRange(search.BreakEvenCdr("A").First!.Value.CumulativeDefault, 0.2 - 2e-6, 0.2 + 2e-6);
    }

    /// <summary>Pool and tranches at the same rate end some cents short by rounding alone, which is no loss; without the allowance it is.</summary>
    [Fact]
    public void CentsOfRounding_AreNoLoss_UnlessEveryUnitIsAsked()
    {
        var deal = DealSamples.Deal(
            """{ "name": "A", "balance": 3333333, "coupon": 0.06 }, { "name": "B", "balance": 3333333, "coupon": 0.06 }, { "name": "C", "balance": 3333334, "coupon": 0.06 }""",
            """{ "do": "payInterest", "to": ["A", "B", "C"], "from": "income" }, { "do": "payPrincipal", "to": ["A", "B", "C"], "order": "proRata", "from": "principal" }""");
        var run = DealRunner.Run(deal);
        Assert.InRange(run.Periods.Max(period => period.Tranches.Max(tranche => tranche.InterestUnpaid)), 1, 36);
        Assert.DoesNotContain(run.Terms.Tranches, tranche => TrancheShortfall.Of(run, tranche, new LossRule()).IsLoss);
        Assert.Contains(run.Terms.Tranches, tranche => TrancheShortfall.Of(run, tranche, new LossRule(IsInterestTimely: true, Allowance: 0)).IsLoss);
        Assert.True(new LossSearch(deal, new LossRule()).BreakEvenCdr("C").IsPaidWithoutDefaults);
    }

    [Fact]
    public void TimelyInterest_IsStricterThanUltimate()
    {
        var deal = DealSamples.Layered().With(severity: 0.6, lag: 3);
        var ultimate = new LossSearch(deal, new LossRule(), Even(24)).BreakEvenCdr("B").First!.Value.Bearable;
        var timely = new LossSearch(deal, new LossRule(IsInterestTimely: true), Even(24)).BreakEvenCdr("B").First!.Value.Bearable;
        Assert.True(timely <= ultimate);
    }

    [Fact]
    public void LegalFinal_BeforeTheEnd_CountsWhatIsLeftThen()
    {
        var deal = DealSamples.Deal("""{ "name": "A", "balance": 6000000, "coupon": 0.06, "legalFinalPeriod": 5 }, { "name": "B", "balance": 4000000, "coupon": 0.06 }""", DealSamples.Sequential);
        var run = DealRunner.Run(deal);
        var shortfall = TrancheShortfall.Of(run, run.Terms.Tranches[0], new LossRule());
        Assert.True(shortfall.IsLoss);
        Assert.Equal(run.Periods[4].Tranches[0].Closing, shortfall.PrincipalUnpaid);
    }

    /// <summary>
    /// Excess interest leaves to the residual until a trigger on cumulative default traps it. Just below the trigger B is short, just above it is made whole, far above it is short again: both
    /// places are told.
    /// </summary>
    [Fact]
    public void BreakEven_WhereATriggerTrapsSpread_HasTwoPlaces()
    {
        var deal = DealSamples.Deal(
            """{ "name": "B", "balance": 9900000, "coupon": 0 }, { "name": "E", "kind": "equity", "balance": 100000 }""",
            """
            { "do": "payPrincipal", "to": "B", "from": "principal" }, { "do": "payPrincipal", "to": "B", "from": "income", "when": { "trigger": "trap" } },
            { "do": "payResidual", "to": "E", "from": ["income", "principal"] }
            """,
            """ "triggers": [{ "name": "trap", "kind": "cumulativeDefault", "level": 0.02 }],""").With(severity: 1);
        var threshold = new LossSearch(deal, new LossRule(), [0.5, 0.5]).CriticalCumulativeDefault("B");
        Assert.True(threshold.IsPaidWithoutDefaults);
        Assert.Equal(2, threshold.Points.Length);
        Assert.InRange(threshold.Points[0].Bearable, 0.0099, 0.0101);
        Assert.True(threshold.Points[1].Bearable > 0.03);
    }

    [Fact]
    public void Timing_OfAScenarioWithoutDefaults_IsRefusedByName()
    {
        Assert.Equal("TimingMissing", Assert.Throws<InvalidInputException>(() => new LossSearch(DealSamples.Layered(), new LossRule()).CriticalCumulativeDefault("A")).Name);
        var timing = LossSearch.TimingOf(DealSamples.Layered().With(cdr: 0.1));
        Assert.Equal(24, timing.Length);
        Assert.Equal(1, timing.Sum(), 12);
        Assert.True(timing[0] > timing[^1]);
    }

    private static System.Collections.Immutable.ImmutableArray<double> Even(int months) => [.. Enumerable.Repeat(1.0 / months, months)];

    private static DealTerms OneMonth() => DealSamples.Parse("""
        { "collateral": { "currency": "EUR", "lines": [{ "balance": 10000000, "rate": 0, "remainingMonths": 1 }] }, "assumptions": { "recovery": { "severity": 1 } },
          "tranches": [{ "name": "A", "balance": 8000000 }, { "name": "B", "balance": 2000000 }], "waterfalls": { "amortising": [{ "do": "payPrincipal", "to": ["A", "B"], "from": "principal" }] } }
        """);
}
