using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>Each kind of tranche, step and test in the smallest deal that shows it. The pool pays 6 % a year: 50,000 minor units of interest in the first month.</summary>
public sealed class DealRuleTest
{
    private const string Two = """{ "name": "A", "balance": 6000000, "coupon": 0.06 }, { "name": "B", "balance": 4000000, "coupon": 0.06 }""";

    [Fact]
    public void ProRata_EachMonth_KeepsProportions()
    {
        var run = Run(Two, """{ "do": "payInterest", "to": ["A", "B"], "from": "income" }, { "do": "payPrincipal", "to": ["A", "B"], "order": "proRata", "from": "principal" }""");
        Assert.All(run.Periods, period => Assert.InRange(period.Tranches[0].Closing * 2 - period.Tranches[1].Closing * 3, -200, 200));
        Assert.Equal(0, run.Periods[^1].Tranches[1].Closing);
    }

    [Fact]
    public void Accrual_WhileOthersAreOutstanding_GrowsAndRepaysThem()
    {
        var run = Run(
            """{ "name": "A", "balance": 6000000, "coupon": 0.06 }, { "name": "Z", "kind": "accrual", "balance": 4000000, "coupon": 0.06, "accruesUntilPaid": ["A"] }""",
            """{ "do": "payInterest", "to": ["A", "Z"], "from": "income" }, { "do": "payPrincipal", "to": ["A", "Z"], "from": "principal" }""");
        var first = run.Periods[0];
        Assert.Equal(20_000, first.Tranches[1].Accreted);
        Assert.Equal(4_020_000, first.Tranches[1].Closing);
        Assert.Equal(first.Pool.Scheduled + 20_000, first.Tranches[0].PrincipalPaid);
        Assert.Equal(0, first.Tranches[1].InterestPaid);
        Assert.Contains(run.Of("Z"), period => period.InterestPaid > 0);
        // Without any spread some units of interest are short, since pool and tranches round apart; Z grows by its part of them too, and nothing repays that.
        Assert.InRange(run.Periods[^1].Tranches[1].Closing, 0, 2);
    }

    [Fact]
    public void InterestOnly_OnTheBalanceOfAnother_GetsInterestAndNoPrincipal()
    {
        var run = Run("""{ "name": "A", "balance": 10000000, "coupon": 0.05 }, { "name": "X", "kind": "interestOnly", "coupon": 0.01, "notionalOf": ["A"] }""",
            """{ "do": "payInterest", "to": ["A", "X"], "from": "income" }, { "do": "payPrincipal", "to": ["A"], "from": "principal" }""");
        Assert.All(run.Periods, period => Assert.InRange(period.Tranches[0].InterestPaid - 5 * period.Tranches[1].InterestPaid, -3, 3));
        Assert.Equal(8_333, run.Periods[0].Tranches[1].InterestPaid);
        Assert.Equal(0, run.Principal("X"));
    }

    [Theory]
    [InlineData(150)]
    [InlineData(250)]
    public void Planned_BetweenItsBands_KeepsItsScheduleAtAnySpeed(double psa)
    {
        var deal = DealSamples.Parse("""
            { "collateral": { "currency": "USD", "lines": [{ "balance": 1000000000, "rate": 0.08, "remainingMonths": 360 }] },
              "tranches": [{ "name": "P", "kind": "plannedAmortisation", "balance": 500000000, "coupon": 0.07, "psaBands": [100, 300] }, { "name": "S", "balance": 500000000, "coupon": 0.07 }],
              "waterfalls": { "amortising": [{ "do": "payInterest", "to": ["P", "S"], "from": "income" }, { "do": "payPrincipal", "to": ["P"], "upTo": "schedule", "from": "principal" },
                { "do": "payPrincipal", "to": ["S", "P"], "from": "principal" }] } }
            """);
        var run = DealRunner.Run(deal with
        {
            Scenarios = [new Scenario { Prepayment = new PrepaymentCurve.Psa(new PsaSpeed(psa)) }],
        });
        var schedule = run.Terms.Tranches[0].Schedule;
        for (var i = 0; i < schedule.Length; i++) Assert.Equal(schedule[i], run.Periods[i].Tranches[0].Closing);
        Assert.NotEqual(schedule.Length, run.LastPrincipalPeriod("S"));
    }

    [Fact]
    public void Floating_WithFloorCapAndStepUp_FollowsTheIndexBetweenThem()
    {
        var run = Run("""{ "name": "A", "balance": 10000000, "coupon": { "index": "I", "spread": 0.01, "floor": 0.02, "cap": 0.05, "stepUpFromPeriod": 4, "stepUp": 0.005 } }""",
            """{ "do": "payInterest", "to": ["A"], "from": "income" }, { "do": "payPrincipal", "to": ["A"], "from": "principal" }""", """ "indices": { "I": [0.03, 0.005, 0.09, 0.03] },""");
        Assert.Equal([0.04, 0.02, 0.05, 0.045], run.Periods.Take(4).Select(period => Math.Round(period.Tranches[0].RateAnnual, 9)));
    }

    [Fact]
    public void Fee_CappedAndCarried_IsOwedUntilPaid()
    {
        var run = Run(Two, $$"""{ "do": "payFees", "fees": ["f", "g"], "from": "income" }, {{DealSamples.Sequential}}""",
            """ "fees": [{ "name": "f", "amount": 1000, "capPerPayment": 600 }, { "name": "g", "amount": 1000, "capPerPayment": 600, "carriesShortfall": false }],""");
        Assert.Equal((600, 800), (run.Periods[1].Dues[0].Paid, run.Periods[1].Dues[0].Unpaid));
        Assert.Equal(400, run.Periods[1].Dues[1].Unpaid);
    }

    [Fact]
    public void Facility_WhenIncomeIsShort_LendsAndIsRepaidWithInterest()
    {
        var run = Run("""{ "name": "A", "balance": 6000000, "coupon": 0.12 }, { "name": "B", "balance": 4000000 }""",
            """
            { "do": "payInterest", "to": ["A"], "from": ["income", "bank"] }, { "do": "repayFacility", "to": "bank", "from": ["income"] },
            { "do": "payPrincipal", "to": ["A", "B"], "from": "principal" }
            """, """ "facilities": [{ "name": "bank", "limit": 20000, "rate": 0.12 }],""");
        Assert.Equal(10_000, run.Periods[0].Draws);
        Assert.Equal(60_000, run.Periods[0].Tranches[0].InterestPaid);
        Assert.True(run.Periods.Sum(period => period.Payments) - run.Cash("A") - run.Cash("B") > run.Periods.Sum(period => period.Draws));
    }

    [Theory]
    [InlineData(0.04, 10_000, 0)]
    [InlineData(0.02, 0, 10_000)]
    public void Swap_ByTheIndex_ReceivesOrPaysTheDifference(double index, long received, long paid)
    {
        var run = Run("""{ "name": "A", "balance": 10000000, "coupon": 0.03 }""",
            """{ "do": "paySwaps", "swaps": ["s"], "from": "income" }, { "do": "payInterest", "to": ["A"], "from": "income" }, { "do": "payPrincipal", "to": ["A"], "from": "principal" }""",
            FormattableString.Invariant($$""" "indices": { "I": {{index}} }, "swaps": [{ "name": "s", "pays": 0.03, "receivesIndex": "I", "notionalOf": ["A"] }],"""));
        // 1 % a year of 10,000,000 for a month is 8,333; the rows say by sign only whether it is received or paid.
        Assert.Equal(received > 0 ? 8_333 : 0, run.Periods[0].Draws);
        Assert.Equal(paid > 0 ? 8_333 : 0, run.Periods[0].Dues[0].Paid);
    }

    [Fact]
    public void Ledger_Loss_IsBookedOnTheJuniorAndRestoredFromIncome()
    {
        var run = DealRunner.Run(DealSamples.Deal(
            """{ "name": "A", "balance": 8000000, "coupon": 0.01 }, { "name": "B", "balance": 2000000, "coupon": 0.01 }""",
            """
            { "do": "payInterest", "to": ["A", "B"], "from": "income" }, { "do": "restore", "to": ["A", "B"], "from": "income" },
            { "do": "payPrincipal", "to": ["A", "B"], "from": "principal" }
            """, """ "losses": "ledger",""").With(cdr: 0.1, severity: 1));
        var first = run.Periods[0];
        // A month of 1 % on 8,000,000 and on 2,000,000, each rounded.
        var restored = Math.Min(first.Pool.Loss, first.Pool.Interest - 6_667 - 1_667);
        Assert.True(restored > 0);
        Assert.Equal(first.Pool.Loss - restored, first.Tranches[1].Deficiency);
        Assert.Equal(0, first.Tranches[0].Deficiency);
        Assert.Equal(first.Pool.Scheduled + restored, first.Tranches[0].PrincipalPaid);
    }

    [Fact]
    public void Trigger_CuredAfterPassesInARow_GoesBackToAmortising()
    {
        var watch = new TriggerWatch(new Trigger("t", TriggerKind.Delinquency, [0.05], [], DealState.Accelerated, 2));
        var seen = new List<bool>();
        foreach (var value in (double[])[0.04, 0.06, 0.04, 0.06, 0.05, 0.04, 0.04])
        {
            watch.Look(value, seen.Count + 1);
            seen.Add(watch.IsBreached);
        }

        Assert.Equal([false, true, true, true, true, false, false], seen);
    }

    [Fact]
    public void State_CumulativeDefaultAboveLevel_AcceleratesForGood()
    {
        var deal = DealSamples.Parse($$"""
            { "collateral": { "currency": "EUR", "lines": [{ "balance": 10000000, "rate": 0.06, "remainingMonths": 24 }] }, "assumptions": { "default": { "cdr": 0.2 } },
              "tranches": [{{Two}}], "triggers": [{ "name": "cum", "kind": "cumulativeDefault", "level": 0.05, "effect": "accelerated" }],
              "waterfalls": { "amortising": [{{DealSamples.Sequential}}], "accelerated": [{ "do": "payPrincipal", "to": ["A"], "from": ["principal", "income"] }, { "do": "payResidual", "to": "B", "from": ["principal", "income"] }] } }
            """);
        var run = DealRunner.Run(deal);
        var at = run.Periods.ToList().FindIndex(period => period.State == DealState.Accelerated);
        Assert.True(at > 0 && run.Periods[at].CumulativeDefault > 0.05 && run.Periods[at - 1].CumulativeDefault <= 0.05);
        Assert.All(run.Periods.Skip(at), period => Assert.Equal(DealState.Accelerated, period.State));
        Assert.Equal(0, run.Periods[at].Tranches[0].InterestPaid);
    }

    [Fact]
    public void Revolving_PrincipalBuysLoans_KeepsThePool()
    {
        var deal = DealSamples.Parse($$"""
            { "collateral": { "currency": "EUR", "cutOff": "2026-01-31", "lines": [{ "balance": 10000000, "rate": 0.06, "remainingMonths": 24 }] }, "tranches": [{{Two}}],
              "revolvingPeriods": 6, "purchase": { "remainingMonths": 24 },
              "waterfalls": { "revolving": [{ "do": "payInterest", "to": ["A", "B"], "from": "income" }, { "do": "purchase", "from": "principal" }], "amortising": [{{DealSamples.Sequential}}] } }
            """);
        var run = DealRunner.Run(deal);
        Assert.All(run.Periods.Take(7), period => Assert.Equal(10_000_000, period.Pool.Opening));
        Assert.Equal(30, run.Periods.Count);
        Assert.Equal(10_000_000, run.Principal("A") + run.Principal("B"));
        // Pool and tranches bear the same rate and round apart: some units of interest may wait a month.
        Assert.All(run.Periods, period => Assert.InRange(period.Tranches[1].InterestUnpaid, 0, 10));
    }

    [Fact]
    public void CleanUp_BelowItsFactor_RepaysAllAndEnds()
    {
        var run = Run(Two, DealSamples.Sequential, """ "cleanUpCall": { "poolFactorBelow": 0.1 },""");
        Assert.True(run.Periods.Count < 24);
        Assert.Equal(run.Periods[^1].Pool.Closing, run.Periods[^1].CleanUpProceeds);
        Assert.All(run.Periods[^1].Tranches, tranche => Assert.Equal(0, tranche.Closing));
    }

    [Fact]
    public void Middle_OfItsLife_GoesOnAsFromTheStart()
    {
        var whole = DealRunner.Run(DealSamples.Layered().With(0.1, 0.05, 0.5));
        var months = string.Join(", ", whole.Periods.Take(1).Select(period =>
            $$"""{ "opening": {{period.Pool.Opening}}, "scheduled": {{period.Pool.Scheduled}}, "prepaid": {{period.Pool.Prepaid}}, "interest": {{period.Pool.Interest}}, "recovered": {{period.Pool.Recovered}}, "defaulted": {{period.Pool.Defaulted}}, "loss": {{period.Pool.Loss}}, "closing": {{period.Pool.Closing}} }"""));
        var parsed = DealSamples.Deal(Two, DealSamples.Sequential, $"\"actuals\": [{months}],").With(0.1, 0.05, 0.5);
        var middle = DealRunner.Run(DealSamples.Layered().With(0.1, 0.05, 0.5) with
        {
            Actuals = parsed.Actuals, Lines = [parsed.Lines[0] with { Balance = whole.Periods[0].Pool.Closing, RemainingMonths = 23, AgeMonths = 1 }],
        });
        Assert.True(middle.Periods[0].IsActual);
        Assert.False(middle.Periods[1].IsActual);
        Assert.Equal(whole.Periods.Count, middle.Periods.Count);
        Assert.All(whole.Periods.Zip(middle.Periods), pair => Assert.InRange(pair.First.Tranches[0].Closing - pair.Second.Tranches[0].Closing, -100, 100));
    }

    [Fact]
    public void Quarterly_Payments_GatherThreeMonths()
    {
        var run = Run(Two, DealSamples.Sequential, """ "dates": { "monthsPerPayment": 3 },""");
        Assert.Equal(8, run.Periods.Count);
        Assert.Equal(90_000, run.Periods[0].Tranches[0].InterestDue);
        Assert.Equal(10_000_000, run.Principal("A") + run.Principal("B"));
    }

    private static DealRun Run(string tranches, string steps, string more = "") => DealRunner.Run(DealSamples.Deal(tranches, steps, more));
}
