using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>What triggers measure, worked by hand.</summary>
public sealed class TriggerRuleTest
{
    private const string One = """{ "name": "A", "balance": 10000000, "coupon": 0.06 }""";

    /// <summary>
    /// The month that has been ends with 800,000 of 10,000,000 delinquent: 8 %, above 5 %. A default rate says nothing of delinquency after it, so the trigger is not cured; a matrix in which everybody current pays says 0,
    /// and after two months it is cured.
    /// </summary>
    [Fact]
    public void Delinquency_ThatIsNotProjected_NeitherBreachesNorCures()
    {
        var deal = DealSamples.Deal(One, Steps, """
            "actuals": [{ "opening": 10000000, "closing": 10000000, "delinquent": 800000 }], "triggers": [{ "name": "late", "kind": "delinquency", "level": 0.05, "cureAfter": 2 }],
            """);
        var unknown = DealRunner.Run(deal.With(cdr: 0.02)).Periods;
        Assert.Equal(0.08, unknown[0].Triggers[0].Value);
        Assert.All(unknown, period => Assert.True(period.Triggers[0].IsBreached, $"period {period.Period}"));
        // The last month leaves no pool of which anything could be late.
        Assert.All(unknown.Skip(1), period => Assert.Null(period.Triggers[0].Value));
        var known = DealRunner.Run(Rolling(deal)).Periods;
        Assert.Equal([true, true, false, false], known.Take(4).Select(period => period.Triggers[0].IsBreached));
        Assert.Equal(0, known[1].Triggers[0].Value);
    }

    /// <summary>Periods of which nothing is known do not count among those passed in a row: one passed before the run and none known leave a cure after two where it was.</summary>
    [Fact]
    public void Watch_OfSkippedPeriods_CountsThoseThatPassed()
    {
        var watch = new TriggerWatch(new Trigger("t", TriggerKind.Delinquency, [0.05], [], DealState.Accelerated, 2) { IsBreachedBefore = true, PassedBefore = 1 });
        watch.Skip(1);
        watch.Skip(2);
        Assert.True(watch.IsBreached);
        watch.Look(0.01, 3);
        Assert.False(watch.IsBreached);
    }

    [Fact]
    public void Delinquency_ThatIsNotProjected_IsWarnedOf()
    {
        var deal = DealSamples.Deal(One, Steps, """ "triggers": [{ "name": "late", "kind": "delinquency", "level": 0.05 }],""");
        Assert.Contains("trigger late stays as it is", Assert.Single(DealWarnings.Of(deal)), StringComparison.Ordinal);
        Assert.Empty(DealWarnings.Of(Rolling(deal)));
    }

    /// <summary>
    /// Income of the first month is 6 % ÷ 12 of 10,000,000 = 50,000, interest owed 3 % ÷ 12 = 25,000. Of 30,000 owed to the trustee 10,000 may be paid: (50,000 − 10,000) ÷ 25,000 = 1.6. Without a cap 0.8.
    /// </summary>
    [Theory]
    [InlineData(""" "capPerPayment": 10000,""", 1.6)]
    [InlineData(""" "capPerYear": 10000,""", 1.6)]
    [InlineData("", 0.8)]
    public void InterestCoverage_TakesFeesOffUpToTheirCaps(string cap, double coverage)
    {
        var run = DealRunner.Run(DealSamples.Deal("""{ "name": "A", "balance": 10000000, "coupon": 0.03 }""", $$"""{ "do": "payFees", "fees": "trustee", "from": "income" }, {{Steps}}""", $$"""
            "fees": [{ "name": "trustee", {{cap}} "amount": 30000 }], "triggers": [{ "name": "ic", "kind": "interestCoverage", "level": 1, "tranches": "A" }],
            """));
        Assert.Equal(coverage, run.Periods[0].Triggers[0].Value!.Value, 12);
    }

    private const string Steps = """{ "do": "payInterest", "to": "A", "from": "income" }, { "do": "payPrincipal", "to": "A", "from": "principal" }""";

    private static DealTerms Rolling(DealTerms deal) => deal with { Scenarios = [new Scenario { LoanDefault = new LoanDefaultCurve.RollRate(RollRateMatrix.AllPay) }] };
}
