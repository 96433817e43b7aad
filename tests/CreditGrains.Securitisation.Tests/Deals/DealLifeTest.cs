using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>
/// What a deal does at a certain time of its life: first accrual, fees of a year, the clean-up call, a pool that is buying. Loans pay no interest and equal parts of principal, so that every number can be
/// worked out by hand.
/// </summary>
public sealed class DealLifeTest
{
    private const string Pay = """{ "do": "payInterest", "to": "A", "from": "income" }, { "do": "payPrincipal", "to": "A", "from": "principal" }""";

    /// <summary>Payment dates are 15 days after the end of a month. From 15 April to 15 May are 30 days: 3,600,000 × 12 % × 30 / 360 = 36,000; from the cut-off, 31 March, 45 days: 54,000; from 20 April 25: 30,000.</summary>
    [Theory]
    [InlineData("\"periodsBefore\": 3,", 36_000)]
    [InlineData("", 54_000)]
    [InlineData("\"periodsBefore\": 3, \"closing\": \"2026-04-20\",", 30_000)]
    public void FirstAccrual_ByPaymentDates_GoesOnFromTheLastPayment(string more, long due)
    {
        var run = DealRunner.Run(DealSamples.Parse($$"""
            { "collateral": { "currency": "EUR", "cutOff": "2026-03-31", "lines": [{ "balance": 3600000, "rate": 0.06, "remainingMonths": 12 }] },
              "dates": { "accrual": "paymentDates", "paymentDelayDays": 15 }, {{more}}
              "tranches": [{ "name": "A", "balance": 3600000, "coupon": 0.12, "clock": "actual360" }], "waterfalls": { "amortising": [{{Pay}}] } }
            """));
        Assert.Equal(due, run.Periods[0].Tranches[0].InterestDue);
    }

    /// <summary>The year of the deal has nine payment dates left and 2,500 of its cap of 5,500: 1,000, 1,000 and 500. In the tenth the next begins: 7,500 are owed by then (6,500 carried) and 5,500 paid.</summary>
    [Fact]
    public void FeeCapOfAYear_UnderWay_HasWhatIsLeftOfIt()
    {
        var run = DealRunner.Run(Fees("""{ "name": "f", "amount": 1000, "capPerYear": 5500, "paidThisYear": 3000 }""", 3));
        Assert.Equal([1000, 1000, 500, 0, 0, 0, 0, 0, 0, 5500, 0], run.Periods.Take(11).Select(period => period.Dues[0].Paid));
    }

    [Theory]
    [InlineData("\"capPerYear\": 5500, \"paidThisYear\": 3000", 12)]
    [InlineData("\"capPerYear\": 5500, \"paidThisYear\": 3000", 0)]
    [InlineData("\"paidThisYear\": 3000", 3)]
    public void PaidThisYear_ThatNothingReads_IsRefused(string cap, int before) =>
        Assert.Equal("fees[0].paidThisYear", Assert.Throws<InvalidInputException>(() => Fees($$"""{ "name": "f", "amount": 1000, {{cap}} }""", before)).Path);

    /// <summary>At 9 % and 8 % of its original 10,000,000 the pool was not called; in the first month projected it closes at 700,000, below 20 %, and is.</summary>
    [Fact]
    public void CleanUp_OfMonthsThatHaveBeen_IsNotExercised()
    {
        var run = DealRunner.Run(DealSamples.Parse($$"""
            { "collateral": { "currency": "EUR", "lines": [{ "balance": 800000, "rate": 0, "remainingMonths": 8, "amortisation": "equalPrincipal" }] }, "originalPool": 10000000,
              "actuals": [{ "opening": 1000000, "scheduled": 100000, "closing": 900000 }, { "opening": 900000, "scheduled": 100000, "closing": 800000 }],
              "tranches": [{ "name": "A", "balance": 1000000 }], "cleanUpCall": { "poolFactorBelow": 0.2 }, "waterfalls": { "amortising": [{{Pay}}] } }
            """));
        Assert.Equal([0, 0, 700_000], run.Periods.Select(period => period.CleanUpProceeds));
        Assert.Equal([100_000, 100_000, 800_000], run.Of("A").Select(period => period.PrincipalPaid));
    }

    /// <summary>1,000,000 pays 100,000 a month and buys loans of ten months: 100,000 in month 1, 110,000 in month 2. Month 3 is the first after the revolving ones: 121,000 are paid and 879,000 sold.</summary>
    [Fact]
    public void CleanUp_WhileRevolving_IsNotExercised()
    {
        var run = DealRunner.Run(Revolving(10, 2, """ "originalPool": 10000000, "cleanUpCall": { "poolFactorBelow": 0.2 },"""));
        Assert.Equal([0, 0, 879_000], run.Periods.Select(period => period.CleanUpProceeds));
        Assert.Equal(1_000_000, run.Periods[2].Tranches[0].PrincipalPaid);
    }

    /// <summary>Called in month 1 with 900,000 left: 100,000 collected and 900,000 of proceeds cover 1,000,000 once, not the pool on top.</summary>
    [Fact]
    public void Overcollateralisation_OnTheDateOfTheCall_CountsTheProceedsOnly()
    {
        var run = DealRunner.Run(DealSamples.Parse($$"""
            { "collateral": { "currency": "EUR", "lines": [{ "balance": 1000000, "rate": 0, "remainingMonths": 10, "amortisation": "equalPrincipal" }] },
              "tranches": [{ "name": "A", "balance": 1000000 }], "cleanUpCall": { "poolFactorBelow": 0.95 },
              "triggers": [{ "name": "oc", "kind": "overcollateralisation", "level": 1, "tranches": "A" }], "waterfalls": { "amortising": [{{Pay}}] } }
            """));
        Assert.Equal((900_000, 1.0), (Assert.Single(run.Periods).CleanUpProceeds, run.Periods[0].Triggers[0].Value!.Value));
    }

    /// <summary>100,000 of 1,000,000 are paid in month 1 and buy as much: 1 % of the pool stays 10,000, and the pool factor 1. In month 2, the first that amortises, the pool falls to 890,000 and 1,100 are released.</summary>
    [Fact]
    public void PoolThatBuys_IsMeasuredWithWhatItBuys()
    {
        var run = DealRunner.Run(Revolving(10, 1, """
            "reserves": [{ "name": "cash", "balance": 10000, "ofPool": 0.01 }], "triggers": [{ "name": "small", "kind": "poolFactor", "level": 0.95 }],
            """));
        Assert.Equal([(0, 10_000), (1_100, 8_900)], run.Periods.Take(2).Select(period => period.Accounts.Single(account => account.Name == "cash")).Select(cash => ((int)cash.Out, (int)cash.Target!.Value)));
        Assert.Equal([1.0, 0.89], run.Periods.Take(2).Select(period => Math.Round(period.Triggers[0].Value!.Value, 12)));
    }

    /// <summary>At 80 % of face 100,000 buy 125,000: the pool is 1,025,000 and 1 % of it 10,250.</summary>
    [Fact]
    public void PoolThatBuys_BelowPar_CountsTheFace()
    {
        var run = DealRunner.Run(Revolving(10, 1, """ "reserves": [{ "name": "cash", "balance": 10000, "ofPool": 0.01 }],""", price: 0.8));
        Assert.Equal(10_250, run.Periods[0].Accounts.Single(account => account.Name == "cash").Target);
        Assert.Equal(1_025_000, run.Periods[1].Pool.Opening);
    }

    /// <summary>60,000 late of the 1,200,000 that month 1 leaves with the 100,000 bought at its end: 5 %. Of the 1,100,000 before they were 5.45 %.</summary>
    [Fact]
    public void Delinquency_OfAnActualMonthThatBought_IsOfThePoolWithThem()
    {
        var run = DealRunner.Run(Revolving(12, 1, """
            "actuals": [{ "opening": 1200000, "scheduled": 100000, "closing": 1100000, "delinquent": 60000, "purchased": 100000 }], "triggers": [{ "name": "late", "kind": "delinquency", "level": 0.05 }],
            """, balance: 1_200_000));
        Assert.Equal((0.05, 0.05, false), (run.Periods[0].Triggers[0].Value!.Value, run.Periods[0].Delinquency, run.Periods[0].Triggers[0].IsBreached));
    }

    /// <summary>A quarter of three actual months: closing has what the first two months bought, so only the last purchase, 40,000, is added: 63,000 of 860,000 + 40,000 are 7 %.</summary>
    [Fact]
    public void Delinquency_OfAnActualQuarter_AddsTheLastPurchaseOnly()
    {
        var run = DealRunner.Run(Revolving(12, 1, """
            "dates": { "monthsPerPayment": 3 }, "triggers": [{ "name": "late", "kind": "delinquency", "level": 0.05 }],
            "actuals": [{ "opening": 1000000, "scheduled": 100000, "closing": 900000, "purchased": 50000 }, { "opening": 950000, "scheduled": 50000, "closing": 900000, "purchased": 20000 },
              { "opening": 920000, "scheduled": 60000, "closing": 860000, "delinquent": 63000, "purchased": 40000 }],
            """, balance: 900_000));
        Assert.Equal(0.07, run.Periods[0].Triggers[0].Value!.Value, 12);
    }

    /// <summary>Loans of one month leave nothing before they are bought again: the reserve stays until the last are paid, in period 4, when the pool is gone.</summary>
    [Fact]
    public void Reserve_OfAPoolOfOneMonth_IsKeptWhileItRevolves()
    {
        var run = DealRunner.Run(Revolving(1, 3, """ "reserves": [{ "name": "cash", "balance": 5000, "fixed": 5000 }],"""));
        Assert.Equal([5_000, 5_000, 5_000, 0], run.Periods.Select(period => period.Accounts.Single(account => account.Name == "cash").Closing));
    }

    /// <summary>All loans default in month 1 and nothing can be bought: the deal ends, and its reserve is not kept in it.</summary>
    [Fact]
    public void Reserve_OfAPoolThatIsGoneForGood_IsReleasedWhileRevolvingToo()
    {
        var run = DealRunner.Run(Revolving(1, 3, """ "assumptions": { "default": { "mdr": 1 } }, "reserves": [{ "name": "cash", "balance": 5000, "fixed": 5000 }],"""));
        Assert.Equal((5_000, 0), ((int)Assert.Single(run.Periods).Tranches[1].ResidualPaid, (int)run.Periods[0].ClosingCash));
    }

    [Theory]
    [InlineData("""{ "name": "A", "balance": 1, "coupon": { "rate": 0.01, "stepUp": 0.01 } }""", "", "tranches[0].coupon.stepUpFromPeriod")]
    [InlineData("""{ "name": "A", "balance": 1, "accruesUntilPaid": "B" }""", "", "tranches[0].accruesUntilPaid")]
    [InlineData("""{ "name": "A", "balance": 1, "notionalOf": "B" }""", "", "tranches[0].notionalOf")]
    [InlineData("""{ "name": "A", "balance": 1, "schedule": [0] }""", "", "tranches[0].schedule")]
    [InlineData("""{ "name": "A", "balance": 1, "psaBands": [100, 300] }""", "", "tranches[0].psaBands")]
    [InlineData("""{ "name": "A", "kind": "equity", "balance": 1, "schedule": [0] }""", "", "tranches[0].schedule")]
    [InlineData("""{ "name": "A", "kind": "plannedAmortisation", "balance": 1, "schedule": [0], "psaBands": [100, 300] }""", "", "tranches[0].psaBands")]
    [InlineData("""{ "name": "A", "balance": 1 }""", "\"closing\": \"2026-01-31\",", "closing")]
    public void Field_ThatNothingReads_IsRefusedByItsPath(string tranche, string more, string path) =>
        Assert.Equal(path, Assert.Throws<InvalidInputException>(() => DealSamples.Deal($$"""{{tranche}}, { "name": "B", "balance": 1 }""", DealSamples.Sequential, more)).Path);

    private static DealTerms Fees(string fee, int before) => DealSamples.Deal(
        """{ "name": "A", "balance": 10000000, "coupon": 0.01 }""", $$"""{ "do": "payFees", "fees": "f", "from": "income" }, {{Pay}}""", $$""" "periodsBefore": {{before}}, "fees": [{{fee}}],""");

    private static DealTerms Revolving(int months, int periods, string more, double price = 1, long balance = 1_000_000) => DealSamples.Parse(FormattableString.Invariant($$"""
        { "collateral": { "currency": "EUR", "lines": [{ "balance": {{balance}}, "rate": 0, "remainingMonths": {{months}}, "amortisation": "equalPrincipal" }] }, {{more}}
          "tranches": [{ "name": "A", "balance": 1000000 }, { "name": "E", "kind": "equity" }], "revolvingPeriods": {{periods}}, "purchase": { "remainingMonths": {{months}}, "price": {{price}} },
          "waterfalls": {
            "revolving": [{{(more.Contains("cash", StringComparison.Ordinal) ? Release : "")}} { "do": "purchase", "from": "principal" }, { "do": "payResidual", "to": "E", "from": "income" }],
            "amortising": [{{(more.Contains("cash", StringComparison.Ordinal) ? Release : "")}} {{Pay}}, { "do": "payResidual", "to": "E", "from": ["income", "principal"] }] } }
        """));

    private const string Release = """{ "do": "release", "from": "cash", "to": "income" },""";
}
