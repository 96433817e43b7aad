using System.Globalization;
using System.Text.Json;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>
/// A sequential CMO of USD 400 million, 7.5 % pass-through, WAC 8.125 %, WAM 357. The facts printed are in a file of their own; the twin is checked against recursions written here.
/// </summary>
public sealed class SequentialCmoTest
{
    private const string Facts = "reference/cmo_sequential.json";

    [SharedFact(Facts)]
    public void Facts_MonthOneAt165Psa_AreAsPrinted()
    {
        var printed = Fact("month 1 @165PSA");
        var first = DealRunner.Run(At(165)).Periods[0];
        var a = first.Tranches[0];
        Assert.Equal(printed.GetProperty("total_principal").GetInt64(), Dollars(first.Tranches.Sum(tranche => tranche.PrincipalPaid)));
        Assert.Equal(printed.GetProperty("interest").GetInt64(), Dollars(first.Pool.Interest));
        Assert.Equal(printed.GetProperty("trancheA_interest").GetInt64(), Dollars(a.InterestPaid));
        Assert.Equal(printed.GetProperty("trancheA_cf").GetInt64(), Dollars(a.Cash));
        // The table cuts this one off: 194,500,000 less its own 709,923 would be one more.
        Assert.Equal(printed.GetProperty("trancheA_end").GetInt64(), a.Closing / 100);
    }

    [SharedFact(Facts)]
    public void Facts_FinalPrincipalMonths_AreAsPrinted()
    {
        var run = DealRunner.Run(At(165));
        foreach (var fact in Fact("CMO-1 (A 194.5m/B 36m/C 96.5m/D 73m, 7.5% each) final principal month @165PSA").EnumerateObject())
            Assert.Equal(fact.Value.GetInt32(), run.LastPrincipalPeriod(fact.Name));
    }

    [SharedFact(Facts)]
    public void Facts_CollateralAverageLife_IsAsPrintedWithinTwoHundredths()
    {
        foreach (var fact in Fact("collateral average life (yrs) by PSA").EnumerateObject())
        {
            var run = DealRunner.Run(PassThrough(double.Parse(fact.Name, CultureInfo.InvariantCulture)));
            Assert.InRange(run.AverageLifeYears("P")!.Value - fact.Value.GetDouble(), -0.02, 0.02);
        }
    }

    [Theory]
    [InlineData(50)]
    [InlineData(165)]
    [InlineData(700)]
    public void Twin_AnySpeed_PaysAsTheRecursionDoes(double psa)
    {
        var deal = At(psa);
        var run = DealRunner.Run(deal);
        double pool = 400_000_000_00;
        var balances = deal.Tranches.Select(tranche => (double)tranche.Balance).ToArray();
        for (var month = 1; month <= 357; month++)
        {
            var cpr = 0.06 * psa / 100 * Math.Min(1, (3 + month) / 30.0);
            var rate = 0.08125 / 12;
            var instalment = pool * rate / (1 - Math.Pow(1 + rate, -(357 - month + 1)));
            var scheduled = instalment - pool * rate;
            var principal = scheduled + (pool - scheduled) * (1 - Math.Pow(1 - cpr, 1.0 / 12));
            pool -= principal;
            for (var i = 0; i < balances.Length; i++)
            {
                var paid = Math.Min(principal, balances[i]);
                balances[i] -= paid;
                principal -= paid;
                Assert.InRange(run.Periods[month - 1].Tranches[i].Closing - balances[i], -100, 100);
            }
        }

        Assert.All(run.Periods[^1].Tranches, tranche => Assert.Equal(0, tranche.Closing));
        // Pool and tranches round their interest apart: some cents may wait, and the pool's last payments need not cover them.
        Assert.All(run.Periods, period => Assert.All(period.Tranches, tranche => Assert.InRange(tranche.InterestUnpaid, 0, 100)));
    }

    private static long Dollars(long cents) => (long)Math.Round(cents / 100m, MidpointRounding.AwayFromZero);

    private static JsonElement Fact(string what)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Shared.Find(Facts)!));
        return document.RootElement.GetProperty("facts").EnumerateArray().First(fact => fact.GetProperty("what").GetString() == what).GetProperty("v").Clone();
    }

    private static DealTerms At(double psa) => Deal(
        psa,
        """{ "name": "A", "balance": 194500000, "coupon": 0.075 }, { "name": "B", "balance": 36000000, "coupon": 0.075 }, { "name": "C", "balance": 96500000, "coupon": 0.075 }, { "name": "D", "balance": 73000000, "coupon": 0.075 }""",
        """["A", "B", "C", "D"]""");

    private static DealTerms PassThrough(double psa) => Deal(psa, """{ "name": "P", "balance": 400000000, "coupon": 0.075 }""", """["P"]""");

    private static DealTerms Deal(double psa, string tranches, string names) => DealSamples.Parse($$"""
        { "collateral": { "currency": "USD", "amounts": "major", "lines": [{ "balance": 400000000, "rate": 0.08125, "servicingFee": 0.00625, "remainingMonths": 357, "ageMonths": 3 }] },
          "conventions": "bma", "tranches": [{{tranches}}],
          "waterfalls": { "amortising": [{ "do": "payInterest", "to": {{names}}, "from": "income" }, { "do": "payPrincipal", "to": {{names}}, "from": "principal" }] } }
        """) with { Scenarios = [new Scenario { Prepayment = new PrepaymentCurve.Psa(new PsaSpeed(psa)) }] };
}
