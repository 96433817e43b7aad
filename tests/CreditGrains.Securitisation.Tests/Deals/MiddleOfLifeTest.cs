using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>A run from the middle of a deal's life, with everything it owes and holds then, goes on to the unit as the run from the start did.</summary>
public sealed class MiddleOfLifeTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(15)]
    public void State_OfAnyPeriod_GoesOnToTheUnit(int after)
    {
        var start = Deal();
        var whole = DealRunner.Run(start);
        var at = whole.Periods[after - 1];
        var middle = DealRunner.Run(start with
        {
            PeriodsBefore = after,
            OriginalPool = 10_000_000,
            DefaultedBefore = whole.Periods.Take(after).Sum(period => period.Pool.Defaulted),
            LostBefore = whole.Periods.Take(after).Sum(period => period.Pool.Loss),
            IncomeBalance = at.Accounts[0].Closing,
            PrincipalBalance = at.Accounts[1].Closing,
            Lines = [start.Lines[0] with { Balance = at.Pool.Closing, RemainingMonths = 24 - after, AgeMonths = after }],
            Fees = [.. start.Fees.Select(fee => fee with { Unpaid = at.Dues.First(due => due.Name == fee.Name).Unpaid })],
            Reserves = [.. start.Reserves.Select(reserve => reserve with { Opening = at.Accounts.First(account => account.Name == reserve.Name).Closing })],
            Facilities = [.. start.Facilities.Select(facility => facility with { Drawn = at.Facilities[0].Closing })],
            Triggers = [.. start.Triggers.Select((trigger, i) => trigger with { IsBreachedBefore = at.Triggers[i].IsBreached })],
            Tranches = [.. start.Tranches.Select((tranche, i) => tranche with { Balance = at.Tranches[i].Closing, InterestUnpaid = at.Tranches[i].InterestUnpaid, Deficiency = at.Tranches[i].Deficiency })],
        });
        Assert.Equal(whole.Periods.Count - after, middle.Periods.Count);
        foreach (var (then, now) in whole.Periods.Skip(after).Zip(middle.Periods))
        {
            Assert.Equal(then.Tranches, now.Tranches);
            Assert.Equal(then.Dues, now.Dues);
            Assert.Equal(then.State, now.State);
            Assert.Equal(then.CumulativeDefault, now.CumulativeDefault);
            Assert.Equal(then.Facilities, now.Facilities);
            Assert.Equal(then.Accounts, now.Accounts);
        }

        // The deal is one in which all of that is at work.
        Assert.Contains(whole.Periods, period => period.State == Waterfall.DealState.Accelerated);
        Assert.Contains(whole.Periods, period => period.Facilities[0].Drawn > 0);
        Assert.Contains(whole.Periods, period => period.Tranches[2].Deficiency > 0);
        Assert.NotEqual(whole.Periods[0].Tranches[0].RateAnnual, whole.Periods[^1].Tranches[0].RateAnnual);
    }

    [Fact]
    public void LegalFinal_Passed_BreachesAndDefaults()
    {
        var deal = DealSamples.Deal(
            """{ "name": "A", "balance": 6000000, "coupon": 0.06, "legalFinalPeriod": 5 }, { "name": "B", "balance": 4000000 }""", DealSamples.Sequential,
            """ "triggers": [{ "name": "late", "kind": "unpaidPrincipal", "level": 0, "tranches": "A", "effect": "eventOfDefault" }],""");
        var run = DealRunner.Run(deal);
        Assert.Equal(Waterfall.DealState.Amortising, run.Periods[4].State);
        Assert.Equal(Waterfall.DealState.EventOfDefault, run.Periods[5].State);
        Assert.Equal(run.Periods[4].Tranches[0].Closing, (long)run.Periods[5].Triggers[0].Value!.Value);
    }

    [Fact]
    public void FeeCaps_ByYearAndByPool_CarryTheRest()
    {
        var run = DealRunner.Run(DealSamples.Deal(
            """{ "name": "A", "balance": 10000000, "coupon": 0.01 }""",
            """{ "do": "payFees", "fees": ["y", "p"], "from": "income" }, { "do": "payInterest", "to": "A", "from": "income" }, { "do": "payPrincipal", "to": "A", "from": "principal" }""",
            """ "fees": [{ "name": "y", "amount": 1000, "capPerYear": 5500 }, { "name": "p", "amount": 1000, "capOfPool": 0.0006 }],"""));
        var paid = run.Periods.Select(period => period.Dues.First(due => due.Name == "y").Paid).ToArray();
        Assert.Equal([1000, 1000, 1000, 1000, 1000, 500, 0, 0, 0, 0, 0, 0], paid.Take(12));
        // The second year pays what was carried, up to the cap again.
        Assert.Equal(5_500, paid.Skip(12).Take(12).Sum());
        Assert.Equal(500, run.Periods[0].Dues.First(due => due.Name == "p").Paid);
    }

    [Fact]
    public void Swap_OnAScheduleOfNotionals_IsCountedOnIt()
    {
        var run = DealRunner.Run(DealSamples.Deal(
            """{ "name": "A", "balance": 10000000, "coupon": 0.01 }""",
            """{ "do": "paySwaps", "swaps": "s", "from": "income" }, { "do": "payInterest", "to": "A", "from": "income" }, { "do": "payPrincipal", "to": "A", "from": "principal" }""",
            """ "indices": { "I": 0.02 }, "swaps": [{ "name": "s", "pays": 0.03, "receivesIndex": "I", "notional": [1200000, 600000] }],"""));
        Assert.Equal([1000, 500, 0], run.Periods.Take(3).Select(period => period.Dues[0].Paid));
    }

    private static DealTerms Deal() => DealSamples.Deal(
        """
        { "name": "A", "balance": 6500000, "coupon": { "rate": 0.05, "stepUpFromPeriod": 10, "stepUp": 0.01 } }, { "name": "B", "balance": 2500000, "coupon": 0.14, "interestOnUnpaid": true },
        { "name": "E", "kind": "equity", "balance": 1000000 }
        """,
        """
        { "do": "release", "from": "cash", "to": "income" }, { "do": "payFees", "fees": "trustee", "from": "income" },
        { "do": "payInterest", "to": "A", "from": ["income", "cash", "bank"] }, { "do": "repayFacility", "to": "bank", "from": "income" },
        { "do": "payInterest", "to": "B", "from": ["income", "bank"], "when": { "trigger": "cum", "breached": false } },
        { "do": "restore", "to": ["A", "B", "E"], "from": "income" }, { "do": "fill", "to": "cash", "from": "income" },
        { "do": "payPrincipal", "to": ["A", "B"], "from": "principal" }, { "do": "payInterest", "to": "B", "from": "income" }, { "do": "payResidual", "to": "E", "from": "income" }
        """,
        """
        "losses": "ledger", "fees": [{ "name": "trustee", "amount": 900, "capPerPayment": 700 }], "reserves": [{ "name": "cash", "balance": 50000, "ofPool": 0.005 }],
        "facilities": [{ "name": "bank", "limit": 40000, "rate": 0.06 }],
        "triggers": [{ "name": "cum", "kind": "cumulativeDefault", "level": [0.02, 0.04, 0.06, 0.08, 0.10], "effect": "accelerated" }],
        """).With(cpr: 0.1, cdr: 0.2, severity: 0.7);
}
