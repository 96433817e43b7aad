using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tests.Deals;

public sealed class LoanExportTest
{
    [Theory]
    [InlineData("")]
    [InlineData(""" "cleanUpCall": { "poolFactorBelow": 0.2 },""")]
    [InlineData(""" "dates": { "monthsPerPayment": 3 },""")]
    public void Sums_OfAllLoans_AreThoseOfThePool(string more)
    {
        var deal = DealSamples.Parse($$"""
            { "collateral": { "currency": "EUR", "lines": [{ "id": "a", "balance": 6000000, "rate": 0.06, "remainingMonths": 24 }, { "id": "b", "balance": 3000001, "rate": 0.09, "remainingMonths": 11 }, { "id": "c", "balance": 999999, "rate": 0.03, "remainingMonths": 24, "amortisation": "bullet" }] },
              "tranches": [{ "name": "A", "balance": 8000000, "coupon": 0.03 }, { "name": "B", "kind": "equity", "balance": 2000000 }], {{more}}
              "revolvingPeriods": 2, "purchase": { "remainingMonths": 9, "likeLine": 1 },
              "waterfalls": { "revolving": [{ "do": "payInterest", "to": "A", "from": "income" }, { "do": "purchase", "from": "principal" }, { "do": "payResidual", "to": "B", "from": "income" }],
                "amortising": [{ "do": "payInterest", "to": "A", "from": "income" }, { "do": "payPrincipal", "to": ["A", "B"], "from": "principal" }, { "do": "payResidual", "to": "B", "from": ["income", "principal"] }] } }
            """).With(cpr: 0.1, cdr: 0.05, severity: 0.5, lag: 2);
        var run = DealRunner.Run(deal);
        var months = LoanExport.Of(run).ToArray();
        Assert.Contains(months, month => month.Loan.StartsWith("bought-", StringComparison.Ordinal));
        foreach (var period in run.Periods)
        {
            var own = months.Where(month => month.PaymentPeriod == period.Period).ToArray();
            Assert.Equal(period.Pool.Scheduled, own.Sum(month => month.Scheduled), 1.0);
            Assert.Equal(period.Pool.Prepaid, own.Sum(month => month.Prepaid));
            Assert.Equal(period.Pool.Defaulted, own.Sum(month => month.Defaulted));
            Assert.Equal(period.Pool.Interest, own.Sum(month => month.Interest - month.ServicingFee));
            Assert.Equal(period.Pool.Recovered, own.Sum(month => month.Recovery));
            Assert.All(own, month => Assert.Equal(month.Closing, month.Opening - month.Scheduled - month.Prepaid - month.Defaulted));
        }

        Assert.Equal(months.Where(month => month.PaymentPeriod == 2), LoanExport.Of(run, 2));
        if (run.Periods[^1].CleanUpProceeds > 0) Assert.Contains(months, month => month.State == LoanState.Called);
    }
}
