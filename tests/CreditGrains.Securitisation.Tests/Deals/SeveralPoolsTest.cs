using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>Deals of several pools: one purse, or a purse each with cross-funding.</summary>
public sealed class SeveralPoolsTest
{
    private const string One = """{ "balance": 6000000, "rate": 0.06, "remainingMonths": 24 }""";
    private const string Other = """{ "balance": 4000000, "rate": 0.09, "remainingMonths": 12 }""";
    private const string Tranches = """{ "name": "A", "balance": 6000000, "coupon": 0.04 }, { "name": "B", "balance": 4000000, "coupon": 0.05 }""";

    [Fact]
    public void OnePurse_IsTheSameAsOnePoolOfAllLines()
    {
        var two = Deal(Pools("", ""), DealSamples.Sequential);
        var one = DealSamples.Parse($$"""
            { "collateral": { "currency": "EUR", "lines": [{{One}}, {{Other}}] }, "tranches": [{{Tranches}}], "waterfalls": { "amortising": [{{DealSamples.Sequential}}] },
              "assumptions": { "prepayment": { "cpr": 0.1 }, "default": { "cdr": 0.03 }, "recovery": { "severity": 0.5 } } }
            """);
        var (whole, parts) = (DealRunner.Run(one), DealRunner.Run(two));
        Assert.Equal(whole.Periods.Count, parts.Periods.Count);
        Assert.All(whole.Periods.Zip(parts.Periods), pair => Assert.Equal(pair.First.Tranches, pair.Second.Tranches));
        Assert.All(parts.Periods, period => Assert.Equal(period.Pool.Closing, period.Pools.Sum(pool => pool.Month.Closing)));
        Assert.Equal(["one", "two"], parts.Periods[0].Pools.Select(pool => pool.Name));
    }

    [Fact]
    public void OwnPurses_EachPaysItsTranche_AndCrossFundsWhatIsShort()
    {
        var run = DealRunner.Run(Deal(Pools(""" "ownAccounts": true, "lossOrder": "A",""", """ "ownAccounts": true, "lossOrder": "B", "assumptions": { "default": { "cdr": 0.5 } },"""), """
            { "do": "payInterest", "to": "A", "from": ["one.income", "two.income"] }, { "do": "payInterest", "to": "B", "from": ["two.income", "one.income"] },
            { "do": "payPrincipal", "to": "A", "from": "one.principal" }, { "do": "payPrincipal", "to": "B", "from": ["two.principal", "one.income"] }
            """));
        var first = run.Periods[0];
        Assert.Equal(first.Pools[0].Month.Scheduled + first.Pools[0].Month.Prepaid + first.Pools[0].Month.Recovered, first.Tranches[0].PrincipalPaid);
        // What the first pool's interest leaves repays B: more than B's own pool brings.
        Assert.True(first.Tranches[1].PrincipalPaid > first.Pools[1].Month.Scheduled);
        Assert.True(run.Periods[^1].Pools[1].CumulativeDefault > 0.1 && run.Periods[^1].Pools[0].CumulativeDefault < 0.1);
        Assert.Contains(first.Accounts, account => account.Name == "two.principal" && account.Out == account.In);
    }

    [Fact]
    public void Losses_OfAPoolWithItsOwnOrder_GoToItsTranche()
    {
        var run = DealRunner.Run(Deal(
            Pools(""" "lossOrder": "A",""", """ "lossOrder": "B", "assumptions": { "default": { "cdr": 0.2 } },"""), DealSamples.Sequential, """ "losses": "writeDown",""", cdr: 0));
        Assert.Equal(run.Periods.Sum(period => period.Pools[1].Month.Loss), run.Of("B").Sum(period => period.WrittenDown));
        Assert.Equal(0, run.Of("A").Sum(period => period.WrittenDown));
        Assert.True(run.Of("B").Sum(period => period.WrittenDown) > 0);
    }

    [Fact]
    public void Trigger_OfOnePool_LooksAtThatPoolOnly()
    {
        var run = DealRunner.Run(Deal(
            Pools("", """ "assumptions": { "default": { "cdr": 0.5 } },"""), DealSamples.Sequential,
            """ "triggers": [{ "name": "one", "kind": "cumulativeDefault", "level": 0.1, "pool": "one" }, { "name": "two", "kind": "cumulativeLoss", "level": 0.1, "pool": "two" }],"""));
        Assert.DoesNotContain(run.Periods, period => period.Triggers[0].IsBreached);
        Assert.Contains(run.Periods, period => period.Triggers[1].IsBreached);
    }

    [Fact]
    public void Assume_ReachesEveryPool()
    {
        var run = DealRunner.Run(Deal(Pools("", ""), DealSamples.Sequential).Assume(scenario => scenario with { LoanDefault = LoanDefaultCurve.None }));
        Assert.Equal(0, run.Periods[^1].CumulativeDefault);
    }

    /// <summary>Loans on an index: 8 % until the first reset, then index and spread, within floor and cap, every second month.</summary>
    [Fact]
    public void FloatingLoans_FollowTheIndexOfTheDeal()
    {
        const string line = """{ "balance": 12000000, "rate": 0.08, "remainingMonths": 12, "amortisation": "bullet", "floating": { "index": "I", "spread": 0.01, "resetMonths": 2, "firstResetMonths": 1, "cap": 0.06 } }""";
        var deal = DealSamples.Parse($$"""
            { "collateral": { "currency": "EUR", "lines": [{{line}}] }, "indices": { "I": [0.02, 0.03, 0.04, 0.09] }, "tranches": [{ "name": "A", "balance": 12000000 }],
              "waterfalls": { "amortising": [{ "do": "payPrincipal", "to": "A", "from": "principal" }, { "do": "payResidual", "to": "A", "from": "income" }] } }
            """);
        var run = DealRunner.Run(deal);
        Assert.Equal([80_000, 40_000, 40_000, 60_000, 60_000], run.Periods.Take(5).Select(period => period.Pool.Interest));
        var up = DealRunner.Run(new RateToCpr.Unmoved().Shifted(deal, 0.01));
        Assert.Equal(50_000, up.Periods[1].Pool.Interest);
        Assert.Equal("IndexMissing", Assert.Throws<InvalidInputException>(() => LineProjection.Of(deal.Lines[0], new Scenario(), new ProjectionConventions())).Name);
        Assert.Equal("collateral.lines[0].floating.index", Assert.Throws<InvalidInputException>(() => DealRunner.Run(deal with { Indices = deal.Indices.Clear() })).Path);
    }

    /// <summary>
    /// A bullet of 12,000,000 whose first of four instalments falls in the third month: a month of 1 % a year is 10,000. Reset every month it bears the index of months 3, 4, 5 and 6 (the last goes on) and 1 %: 5, 6, 7, 7 %. Reset
    /// every second month from month 2 on, at months 2, 4 and 6: 4 % in month 3, 6 % in 4 and 5, 7 % in 6.
    /// </summary>
    [Theory]
    [InlineData(1, 0, new long[] { 0, 0, 50_000, 60_000, 70_000, 70_000 })]
    [InlineData(2, 1, new long[] { 0, 0, 40_000, 60_000, 60_000, 70_000 })]
    public void FloatingLoans_ThatBeginToPayLater_FollowTheIndexOfTheMonth(int every, int first, long[] interest)
    {
        var run = DealRunner.Run(DealSamples.Parse($$"""
            { "collateral": { "currency": "EUR", "cutOff": "2026-01-31", "lines": [{ "balance": 12000000, "rate": 0.08, "remainingMonths": 4, "amortisation": "bullet", "firstPayment": "2026-04-30",
                "floating": { "index": "I", "spread": 0.01, "resetMonths": {{every}}, "firstResetMonths": {{first}} } }] }, "indices": { "I": [0.02, 0.03, 0.04, 0.05, 0.06] },
              "tranches": [{ "name": "A", "balance": 12000000 }], "waterfalls": { "amortising": [{ "do": "payPrincipal", "to": "A", "from": "principal" }] } }
            """));
        Assert.Equal(interest, run.Periods.Select(period => period.Pool.Interest));
    }

    [Theory]
    [InlineData(""" "pools": [] """, "collateral.pools")]
    [InlineData(""" "pools": [{ "name": "p", "lines": [] }] """, "collateral.pools[0].lines")]
    [InlineData(""" "pools": [{ "name": "p", "lines": [{ "balance": 1, "rate": 0, "remainingMonths": 1 }], "lossOrder": "X" }] """, "collateral.pools[0].lossOrder")]
    [InlineData(""" "pools": [{ "name": "p", "lines": [{ "balance": 1, "rate": 0, "remainingMonths": 1 }], "line": 1 }] """, "collateral.pools[0].line")]
    [InlineData(""" "pools": [{ "name": "p", "lines": [{ "balance": -1, "rate": 0, "remainingMonths": 1 }] }] """, "collateral.pools[0].lines[0].balance")]
    public void Pools_Wrong_NameThePath(string pools, string path) =>
        Assert.Equal(path, Assert.Throws<InvalidInputException>(() => Deal(pools, DealSamples.Sequential)).Path);

    private static string Pools(string ofOne, string ofTwo) => $$""" "pools": [{ "name": "one", {{ofOne}} "lines": [{{One}}] }, { "name": "two", {{ofTwo}} "lines": [{{Other}}] }] """;

    private static DealTerms Deal(string pools, string steps, string more = "", double cdr = 0.03) => DealSamples.Parse(FormattableString.Invariant($$"""
        { "collateral": { "currency": "EUR", {{pools}} }, "tranches": [{{Tranches}}], {{more}} "waterfalls": { "amortising": [{{steps}}] },
          "assumptions": { "prepayment": { "cpr": 0.1 }, "default": { "cdr": {{cdr}} }, "recovery": { "severity": 0.5 } } }
        """));
}
