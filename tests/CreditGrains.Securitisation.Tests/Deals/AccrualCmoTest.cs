using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>A CMO whose last tranche accrues: A 194.5, B 36, C 96.5 and Z 73 million on the USD 400 million collateral at 165 PSA, against a recursion written here.</summary>
public sealed class AccrualCmoTest
{
    [Fact]
    public void Z_At165Psa_PaysTheOthersSooner_AsTheRecursionDoes()
    {
        var run = DealRunner.Run(DealSamples.Parse("""
            { "collateral": { "currency": "USD", "amounts": "major", "lines": [{ "balance": 400000000, "rate": 0.08125, "servicingFee": 0.00625, "remainingMonths": 357, "ageMonths": 3 }] },
              "conventions": "bma", "assumptions": { "prepayment": { "psa": 165 } },
              "tranches": [{ "name": "A", "balance": 194500000, "coupon": 0.075 }, { "name": "B", "balance": 36000000, "coupon": 0.075 }, { "name": "C", "balance": 96500000, "coupon": 0.075 },
                { "name": "Z", "kind": "accrual", "balance": 73000000, "coupon": 0.075, "accruesUntilPaid": ["A", "B", "C"] }],
              "waterfalls": { "amortising": [{ "do": "payInterest", "to": ["A", "B", "C", "Z"], "from": "income" }, { "do": "payPrincipal", "to": ["A", "B", "C", "Z"], "from": "principal" }] } }
            """));
        double pool = 400_000_000, z = 73_000_000;
        double[] others = [194_500_000, 36_000_000, 96_500_000];
        for (var month = 1; month <= 357; month++)
        {
            var rate = 0.08125 / 12;
            var scheduled = pool * rate / (Math.Pow(1 + rate, 358 - month) - 1);
            var smm = 1 - Math.Pow(1 - 0.06 * 1.65 * Math.Min(1, (3 + month) / 30.0), 1.0 / 12);
            var principal = scheduled + (pool - scheduled) * smm;
            pool -= principal;
            // While others are outstanding Z's interest is added to it, and the same cash repays them first.
            if (others.Sum() > 0.005)
            {
                principal += z * 0.075 / 12;
                z += z * 0.075 / 12;
            }

            for (var i = 0; i < others.Length; i++)
            {
                var paid = Math.Min(principal, others[i]);
                others[i] -= paid;
                principal -= paid;
            }

            z -= principal;
            for (var i = 0; i < others.Length; i++) Assert.Equal(others[i], run.Periods[month - 1].Tranches[i].Closing / 100.0, 1.0);
            Assert.Equal(z, run.Periods[month - 1].Tranches[3].Closing / 100.0, 1.0);
        }

        Assert.True(run.LastPrincipalPeriod("A") < 81 && run.LastPrincipalPeriod("B") < 100 && run.LastPrincipalPeriod("C") < 178);
        Assert.Equal(357, run.LastPrincipalPeriod("Z"));
    }
}
