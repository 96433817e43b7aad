using System.Collections.Immutable;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Measures;
using CreditGrains.Securitisation.Tests.Deals;

namespace CreditGrains.Securitisation.Tests.Measures;

public sealed class DealMeasuresTest
{
    private static readonly RateToCpr.ByIncentive Steep = new("I", [(-0.02, 0), (0.01, 0.1), (0.02, 0.6)]);

    [Fact]
    public void EffectiveDuration_WithoutADeclaredFunction_IsRefusedByName()
    {
        var figures = DealMeasures.Of(DealSamples.Layered(), new PricingTerms(), searches: false)[0];
        Assert.Null(figures.EffectiveDurationYears);
        Assert.Contains(figures.Refusals, refusal => refusal is { Measure: "effectiveDuration", Name: "NeedsRateFunction" });
        Assert.Equal("NeedsRateFunction", Assert.Throws<InvalidInputException>(() => DealGrid.Of(DealSamples.Layered(), new GridAxes { IndexShifts = [0.01] }, new PricingTerms())).Name);
    }

    [Fact]
    public void EffectiveDuration_WhenPrepaymentsDoNotMove_IsTheModifiedOne()
    {
        var figures = DealMeasures.Of(DealSamples.Layered(), new PricingTerms { Prepayment = new RateToCpr.Unmoved(), Shift = 1e-4 }, searches: false)[0];
        Assert.Equal(figures.ModifiedDurationYears!.Value, figures.EffectiveDurationYears!.Value, 5);
        Assert.Equal(figures.Convexity!.Value, figures.EffectiveConvexity!.Value, 2);
    }

    /// <summary>A premium pass-through whose borrowers prepay when rates fall is shorter than its cash says, and negatively convex.</summary>
    [Fact]
    public void EffectiveConvexity_OfAPremiumPassThrough_IsNegative()
    {
        var figures = DealMeasures.Of(PassThrough(), new PricingTerms { Prepayment = Steep, Quotes = Quote("P", 1.05), Shift = 0.005 }, searches: false)[0];
        Assert.True(figures.EffectiveDurationYears < figures.ModifiedDurationYears);
        Assert.True(figures.EffectiveConvexity < 0);
        Assert.True(figures.Convexity > 0);
    }

    [Fact]
    public void Floater_AtPar_HasItsSpreadAsMarginAndHardlyADuration()
    {
        var deal = DealSamples.Deal("""{ "name": "F", "balance": 10000000, "coupon": { "index": "I", "spread": 0.012 } }""",
            """{ "do": "payInterest", "to": "F", "from": "income" }, { "do": "payPrincipal", "to": "F", "from": "principal" }""", """ "indices": { "I": [0.02, 0.03, 0.04] },""");
        var figures = DealMeasures.Of(deal, new PricingTerms { Prepayment = new RateToCpr.Unmoved() }, searches: false)[0];
        Assert.Equal(0.012, Assert.Single(figures.DiscountMargins), 5);
        Assert.InRange(figures.EffectiveDurationYears!.Value, -0.05, 0.05);
        Assert.True(figures.ModifiedDurationYears > 0.8);
    }

    [Fact]
    public void Curve_Price_IsWorthOnItAndGivesTheSpreadBack()
    {
        var curve = new DiscountCurve([DiscountCurve.OfZero(1, 0.02), DiscountCurve.OfZero(5, 0.03)]);
        var figures = DealMeasures.Of(DealSamples.Layered(), new PricingTerms { Curve = curve, Quotes = ImmutableDictionary<string, Quote>.Empty.Add("A", new Quote.AtSpread(0.01)) }, searches: false)[0];
        Assert.Equal(0.01, Assert.Single(figures.Spreads), 9);
        var back = DealMeasures.Of(DealSamples.Layered(), new PricingTerms { Quotes = Quote("A", figures.Price!.Value) }, searches: false)[0];
        Assert.Equal(figures.Yields[0], back.Yields[0], 9);
    }

    /// <summary>Bought half-way through a period: the price is without the accrued half, and payments before settlement are the seller's.</summary>
    [Fact]
    public void Settlement_WithinAPeriod_PaysAccruedInterest()
    {
        var deal = DealSamples.Parse("""
            { "collateral": { "currency": "EUR", "cutOff": "2026-01-01", "lines": [{ "balance": 10000000, "rate": 0.06, "remainingMonths": 24, "amortisation": "bullet" }] },
              "tranches": [{ "name": "A", "balance": 10000000, "coupon": 0.06 }],
              "waterfalls": { "amortising": [{ "do": "payInterest", "to": "A", "from": "income" }, { "do": "payPrincipal", "to": "A", "from": "principal" }] } }
            """);
        var terms = new PricingTerms { Settlement = new DateOnly(2026, 3, 16) };
        var figures = DealMeasures.Of(deal, terms, searches: false)[0];
        Assert.Equal(25_000, figures.Accrued, 6);
        Assert.Equal(21.5 / 12, figures.AverageLifeYears!.Value, 9);
        // At a price of par the yield is a hair below the coupon: accrued interest is paid for before it is received.
        Assert.InRange(figures.Yields[0], 0.0599, 0.06);
        Assert.Equal("CutOffMissing", Assert.Throws<InvalidInputException>(() => DealMeasures.Of(DealSamples.Layered(), terms)).Name);
    }

    /// <summary>
    /// 10,000,000 at 6 % from 2026-01-31, bought on 2026-03-20: the period runs from 28 February to 31 March. Actual 20 of 31 days of the coupon; 30/360 by BMA, where the last of February counts as the
    /// 30th: 20 of 30 days. The basis of yields changes neither.
    /// </summary>
    [Theory]
    [InlineData("actual360", 10_000_000 * 0.06 * 20 / 360)]
    [InlineData("actual365", 10_000_000 * 0.06 * 20 / 365)]
    [InlineData("thirty360", 10_000_000 * 0.06 * 20 / 360)]
    public void Accrued_CountsDaysByTheClockOfTheTranche(string clock, double accrued)
    {
        var deal = DealSamples.Parse($$"""
            { "collateral": { "currency": "EUR", "cutOff": "2026-01-31", "lines": [{ "balance": 10000000, "rate": 0.09, "remainingMonths": 24, "amortisation": "bullet" }] },
              "tranches": [{ "name": "A", "balance": 10000000, "coupon": 0.06, "clock": "{{clock}}" }],
              "waterfalls": { "amortising": [{ "do": "payInterest", "to": "A", "from": "income" }, { "do": "payPrincipal", "to": "A", "from": "principal" }] } }
            """);
        foreach (var basis in Enum.GetValues<DayBasis>())
            Assert.InRange(DealMeasures.Of(deal, new PricingTerms { Settlement = new DateOnly(2026, 3, 20), Basis = basis }, searches: false)[0].Accrued, accrued - 0.7, accrued + 0.7);
    }

    /// <summary>
    /// 10,000,000 at 6 %: 50,000 a month of 30 days, from the day of the cut-off in each month. Cut-off 31 January: 14 February is 14 of 30 days though February has 28, 27 February 27 of 30, 30 March all 30 since the end
    /// of February. Cut-off 28 January: from 28 February to 14 March are 2 + 14 days. Cut-off 30 January: 15 March is half of a month after the end of February.
    /// </summary>
    [Theory]
    [InlineData("2026-01-31", "2026-02-14", 50_000.0 * 14 / 30)]
    [InlineData("2026-01-31", "2026-02-27", 50_000.0 * 27 / 30)]
    [InlineData("2026-01-31", "2026-03-30", 50_000)]
    [InlineData("2026-01-28", "2026-03-14", 50_000.0 * 16 / 30)]
    [InlineData("2026-01-30", "2026-03-15", 50_000.0 * 15 / 30)]
    public void Accrued_Of30Over360_CountsMonthsOf30Days(string cutOff, string settlement, double accrued) => Assert.Equal(accrued, AccruedOf(cutOff, "", "thirty360", settlement), 6);

    /// <summary>
    /// The same, paid 20 days after the end of a period: on 10 March the period to 28 February is not paid yet, so its 50,000 are the buyer's, and 10 of the 30 days of March are earned too. By actual days over 360
    /// 28 days from 31 January are 46,666.67 and 10 more 16,666.67. On 20 March that payment is the seller's: 20 of 30 days. Delays of 50 days leave two whole periods and 10 days on 10 April; the payment for January
    /// to February falls on 19 April.
    /// </summary>
    [Theory]
    [InlineData(20, "thirty360", "2026-03-10", 50_000 + 50_000.0 * 10 / 30)]
    [InlineData(20, "actual360", "2026-03-10", 10_000_000 * 0.06 * 38 / 360)]
    [InlineData(20, "thirty360", "2026-03-20", 50_000.0 * 20 / 30)]
    [InlineData(50, "thirty360", "2026-04-10", 100_000 + 50_000.0 * 10 / 30)]
    public void Accrued_BetweenTheEndOfAPeriodAndItsPayment_CountsTheDaysSince(int delay, string clock, string settlement, double accrued) =>
        Assert.Equal(accrued, AccruedOf("2026-01-31", $$""" "dates": { "paymentDelayDays": {{delay}} },""", clock, settlement), 1.0);

    /// <summary>
    /// Between payment dates, on the 20th after each end of a period: 20 March to 20 April. On 4 April 14 of 30 days are earned; actual days are 15 of 31, whose coupon is 10,000,000 · 6 % · 31 ÷ 360.
    /// </summary>
    [Theory]
    [InlineData("thirty360", 50_000.0 * 14 / 30)]
    [InlineData("actual360", 10_000_000 * 0.06 * 15 / 360)]
    public void Accrued_BetweenPaymentDates_CountsFromTheLastOne(string clock, double accrued) =>
        Assert.Equal(accrued, AccruedOf("2026-01-31", """ "dates": { "paymentDelayDays": 20, "accrual": "paymentDates" },""", clock, "2026-04-04"), 1.0);

    private static double AccruedOf(string cutOff, string dates, string clock, string settlement) => DealMeasures.Of(
        DealSamples.Parse($$"""
            { "collateral": { "currency": "EUR", "cutOff": "{{cutOff}}", "lines": [{ "balance": 10000000, "rate": 0.09, "remainingMonths": 24, "amortisation": "bullet" }] }, {{dates}}
              "tranches": [{ "name": "A", "balance": 10000000, "coupon": 0.06, "clock": "{{clock}}" }],
              "waterfalls": { "amortising": [{ "do": "payInterest", "to": "A", "from": "income" }, { "do": "payPrincipal", "to": "A", "from": "principal" }] } }
            """),
        new PricingTerms { Settlement = DateOnly.Parse(settlement, System.Globalization.CultureInfo.InvariantCulture) }, searches: false)[0].Accrued;

    [Fact]
    public void InterestOnly_HasAPriceOfItsNotional_OnlyWhenQuoted()
    {
        var deal = DealSamples.Deal("""{ "name": "A", "balance": 10000000, "coupon": 0.05 }, { "name": "X", "kind": "interestOnly", "coupon": 0.01, "notionalOf": "A" }""",
            """{ "do": "payInterest", "to": ["A", "X"], "from": "income" }, { "do": "payPrincipal", "to": "A", "from": "principal" }""");
        Assert.Null(DealMeasures.Of(deal, new PricingTerms(), searches: false)[1].Price);
        var quoted = DealMeasures.Of(deal, new PricingTerms { Quotes = ImmutableDictionary<string, Quote>.Empty.Add("X", new Quote.AtYield(0.08)) }, searches: false)[1];
        Assert.InRange(quoted.Price!.Value, 0.009, 0.0105);
        Assert.Equal(0.08, quoted.Yields[0], 9);
    }

    [Fact]
    public void ExpectedLoss_IsTheWeightedSum()
    {
        var deal = DealSamples.Layered();
        (DealTerms Deal, double Probability)[] weighted = [(deal.With(cdr: 0.02, severity: 0.5), 0.9), (deal.With(cdr: 0.6, severity: 1), 0.1)];
        var losses = DealMeasures.ExpectedLoss(weighted, new LossRule());
        var bad = DealRunner.Run(weighted[1].Deal);
        var good = DealRunner.Run(weighted[0].Deal);
        Assert.Equal((0.9 * good.Periods[^1].Tranches[1].Closing + 0.1 * bad.Periods[^1].Tranches[1].Closing) / 2_000_000, losses[1].LossRatio, 12);
        Assert.Throws<InvalidInputException>(() => DealMeasures.ExpectedLoss([(deal, 0.5)], new LossRule()));
    }

    [Fact]
    public void Grid_EachCell_IsItsOwnRun()
    {
        var deal = DealSamples.Layered().With(severity: 0.5);
        var cells = DealGrid.Of(deal, new GridAxes { Cprs = [0, 0.2], Cdrs = [0.01, 0.3], Severities = [0.4, 0.9] }, new PricingTerms());
        Assert.Equal(2 * 2 * 2 * 3, cells.Count);
        var one = cells.First(cell => cell is { Cpr: 0.2, Cdr: 0.3, Severity: 0.9, Tranche: "B" });
        Assert.Equal(DealRunner.Run(deal.With(0.2, 0.3, 0.9)).Periods[^1].Tranches[1].Closing, one.Shortfall.PrincipalUnpaid);
        // More severity never loses less.
        foreach (var pair in cells.Where(cell => cell.Tranche == "B").GroupBy(cell => (cell.Cpr, cell.Cdr))) Assert.True(pair.First().Shortfall.PrincipalUnpaid <= pair.Last().Shortfall.PrincipalUnpaid);
    }

    /// <summary>The rate of the loans is 7 %, the index 6 %: an incentive of 1 %, whose CPR is 10 %. So the deal without a curve of its own is run as one with a CPR of 10 %, with an axis of shifts or without.</summary>
    [Fact]
    public void RateFunction_WithoutAShift_StandsInGridMeasuresAndExpectedLoss()
    {
        var deal = PassThrough();
        var pricing = new PricingTerms { Prepayment = Steep };
        var expected = DealMeasures.Of(deal.With(cpr: 0.1), new PricingTerms(), searches: false)[0].AverageLifeYears!.Value;
        var measured = DealMeasures.Of(deal, pricing, searches: false)[0].AverageLifeYears!.Value;
        Assert.Equal(expected, measured, 6);
        Assert.Equal(measured, Assert.Single(DealGrid.Of(deal, new GridAxes { Severities = [1] }, pricing)).AverageLifeYears!.Value, 12);
        Assert.Equal(measured, Assert.Single(DealGrid.Of(deal, new GridAxes { IndexShifts = [0] }, pricing)).AverageLifeYears!.Value, 12);
        // 2 % a year defaults without recovery: the faster loans are prepaid, the fewer default.
        var loss = DealMeasures.ExpectedLoss([(deal.With(cdr: 0.02), 1)], new LossRule(), Steep)[0].LossRatio;
        Assert.Equal(DealMeasures.ExpectedLoss([(deal.With(cpr: 0.1, cdr: 0.02), 1)], new LossRule())[0].LossRatio, loss, 6);
        Assert.True(loss < DealMeasures.ExpectedLoss([(deal.With(cdr: 0.02), 1)], new LossRule())[0].LossRatio);
    }

    /// <summary>Moved down by 2 %, a rate of 2 % ends at the servicing fee of 1 %, of which it is no less; 6 % ends at 4 %.</summary>
    [Fact]
    public void Shift_OfLoansThatFloat_StopsAtTheServicingFee()
    {
        var deal = PassThrough();
        var moved = new RateToCpr.Unmoved().Shifted(deal with { Lines = [deal.Lines[0] with { ServicingFeeAnnual = 0.01, RatePath = [0.06, 0.02] }] }, -0.02);
        Assert.Equal([0.04, 0.01], moved.Lines[0].RatePath.Select(rate => Math.Round(rate, 12)));
        moved.Lines[0].Check();
    }

    private static ImmutableDictionary<string, Quote> Quote(string tranche, double price) => ImmutableDictionary<string, Quote>.Empty.Add(tranche, new Quote.AtPrice(price));

    private static DealTerms PassThrough() => DealSamples.Parse("""
        { "collateral": { "currency": "USD", "amounts": "major", "lines": [{ "balance": 1000000, "rate": 0.07, "remainingMonths": 360 }] }, "indices": { "I": 0.06 },
          "tranches": [{ "name": "P", "balance": 1000000, "coupon": 0.07 }],
          "waterfalls": { "amortising": [{ "do": "payInterest", "to": "P", "from": "income" }, { "do": "payPrincipal", "to": "P", "from": "principal" }] } }
        """);
}
