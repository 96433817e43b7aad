using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>A deal from the middle of its life whose pool bought loans before: what was bought is known, and paid for by the deal's own steps.</summary>
public sealed class PurchasedActualsTest
{
    private const string Revolving = """{ "do": "payInterest", "to": ["A", "B"], "from": "income" }, { "do": "purchase", "from": "principal" }""";

    private static DealTerms Deal(string more = "", string revolving = Revolving, int monthsPerPayment = 1, long left = 10_000_000) => DealSamples.Parse($$"""
        { "collateral": { "currency": "EUR", "cutOff": "2026-01-31", "lines": [{ "balance": {{left}}, "rate": 0.06, "remainingMonths": 24 }] },
          "tranches": [{ "name": "A", "balance": 6000000, "coupon": 0.06 }, { "name": "B", "balance": 4000000, "coupon": 0.06 }], {{more}}
          "dates": { "monthsPerPayment": {{monthsPerPayment}} },
          "revolvingPeriods": 6, "purchase": { "remainingMonths": 24 },
          "waterfalls": { "revolving": [{{revolving}}], "amortising": [{{DealSamples.Sequential}}] } }
        """);

    private static string Month(PoolMonth month, long purchased) =>
        $$"""{ "opening": {{month.Opening}}, "scheduled": {{month.Scheduled}}, "interest": {{month.Interest}}, "closing": {{month.Closing}}, "purchased": {{purchased}} }""";

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Middle_OfARevolvingDeal_GoesOnAsFromTheStart(int months)
    {
        var whole = DealRunner.Run(Deal());
        var actuals = string.Join(", ", whole.Periods.Take(months).Select(period => Month(period.Pool, period.Purchases)));
        // The loans after the last actual month: those of the export, and what was bought at its end.
        var line = whole.Terms.Lines[0];
        var left = LoanExport.Of(whole).Where(loan => loan.Month == months).Select(loan => line with { Balance = loan.Closing, RemainingMonths = loan.RemainingMonths, AgeMonths = 0 });
        var middle = DealRunner.Run(Deal($"\"actuals\": [{actuals}],") with { Lines = [.. left, line with { Balance = whole.Periods[months - 1].Purchases, RemainingMonths = 24 }] });
        Assert.Equal(whole.Periods.Count, middle.Periods.Count);
        Assert.All(whole.Periods.Zip(middle.Periods).Take(months), pair => Assert.Equal((pair.First.Purchases, pair.First.Pool.Opening), (pair.Second.Purchases, pair.Second.Pool.Opening)));
        Assert.All(whole.Periods.Zip(middle.Periods), pair => Assert.InRange(pair.First.Tranches[0].Closing - pair.Second.Tranches[0].Closing, -100, 100));
        Assert.All(whole.Periods.Zip(middle.Periods), pair => Assert.InRange(pair.First.Pool.Opening - pair.Second.Pool.Opening, -100, 100));
        Assert.Equal(months, middle.Periods.Count(period => period.IsActual));
    }

    [Fact]
    public void Purchases_BelowTheCash_LeaveTheRestInTheAccount()
    {
        var run = DealRunner.Run(Deal("""
            "actuals": [{ "opening": 10000000, "scheduled": 400000, "interest": 50000, "closing": 9600000, "purchased": 300000 }],
            """, left: 9_900_000));
        Assert.Equal((300_000, 100_000), (run.Periods[0].Purchases, run.Periods[0].Accounts.Single(account => account.Name == "principal").Closing));
        Assert.True(run.Periods[1].Purchases > 100_000);
    }

    [Fact]
    public void Actuals_WithoutPurchases_BuyNothing()
    {
        var run = DealRunner.Run(Deal("""
            "actuals": [{ "opening": 10000000, "scheduled": 400000, "interest": 50000, "closing": 9600000 }],
            """, left: 9_600_000));
        Assert.Equal((0, 400_000), (run.Periods[0].Purchases, run.Periods[0].Accounts.Single(account => account.Name == "principal").Closing));
        Assert.DoesNotContain(run.Bought, bought => bought.AfterMonth == 1);
    }

    [Fact]
    public void Period_OfActualAndProjectedMonths_PaysForWhatWasBoughtFirst()
    {
        var run = DealRunner.Run(Deal("""
            "actuals": [{ "opening": 10000000, "scheduled": 400000, "interest": 50000, "closing": 9600000, "purchased": 300000 }],
            """, monthsPerPayment: 3, left: 9_900_000));
        var bought = Assert.Single(run.Bought, bought => bought.AfterMonth == 3);
        Assert.Equal(run.Periods[0].Purchases - 300_000, (long)bought.Line.Balance);
    }

    [Theory]
    [InlineData(400_001, Revolving)]
    [InlineData(1, """{ "do": "payInterest", "to": ["A", "B"], "from": "income" }""")]
    public void Purchases_NothingPaysFor_AreRefusedByName(long purchased, string steps)
    {
        var deal = Deal($$"""
            "actuals": [{ "opening": 10000000, "scheduled": 400000, "interest": 50000, "closing": 9600000, "purchased": {{purchased}} }],
            """, steps, left: 9_600_000 + purchased);
        var fault = Assert.Throws<InvalidInputException>(() => DealRunner.Run(deal));
        Assert.Equal(("PurchasesUnfunded", "actuals[0].purchased"), (fault.Name, fault.Path));
    }
}
