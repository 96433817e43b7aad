using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>
/// A planned-amortisation CMO on the same collateral: P of 243.8 million between 90 and 300 PSA, and its support S of 156.2 million, 7.5 %. Average lives by speed as printed in Fabozzi,
/// "Bond Markets, Analysis and Strategies", chapter on CMOs (FAF-04); like those of the collateral they count from a settlement five days of 360 late.
/// </summary>
public sealed class PlannedCmoTest
{
    private static readonly DealTerms Deal = DealSamples.Parse("""
        { "collateral": { "currency": "USD", "amounts": "major", "lines": [{ "balance": 400000000, "rate": 0.08125, "servicingFee": 0.00625, "remainingMonths": 357, "ageMonths": 3 }] },
          "conventions": "bma",
          "tranches": [{ "name": "P", "kind": "plannedAmortisation", "balance": 243800000, "coupon": 0.075, "psaBands": [90, 300] }, { "name": "S", "balance": 156200000, "coupon": 0.075 }],
          "waterfalls": { "amortising": [{ "do": "payInterest", "to": ["P", "S"], "from": "income" }, { "do": "payPrincipal", "to": ["P"], "upTo": "schedule", "from": "principal" },
            { "do": "payPrincipal", "to": ["S", "P"], "from": "principal" }] } }
        """);

    [Theory]
    [InlineData(0, 15.97, 27.26)]
    [InlineData(50, 9.44, 24.00)]
    [InlineData(90, 7.26, 20.06)]
    [InlineData(100, 7.26, 18.56)]
    [InlineData(165, 7.26, 11.16)]
    [InlineData(200, 7.26, 8.38)]
    [InlineData(300, 7.26, 3.13)]
    [InlineData(350, 6.56, 2.51)]
    [InlineData(500, 4.93, 1.77)]
    [InlineData(700, 3.70, 1.37)]
    public void AverageLives_AtEachSpeed_AreAsPrinted(double psa, double planned, double support)
    {
        var run = DealRunner.Run(Deal.Assume([new Scenario { Prepayment = new PrepaymentCurve.Psa(new PsaSpeed(psa)) }]));
        Assert.InRange(run.AverageLifeYears("P")!.Value - planned, -0.02, 0.02);
        Assert.InRange(run.AverageLifeYears("S")!.Value - support, -0.02, 0.02);
    }

    /// <summary>The size of the planned tranche is what both speeds pay in common over the life: 243.8 million as printed, cut to the 100,000.</summary>
    [Fact]
    public void Balance_OfThePlan_IsThePrincipalBothSpeedsHaveInCommon()
    {
        var slow = DealRunner.Run(Deal.Assume([new Scenario { Prepayment = new PrepaymentCurve.Psa(new PsaSpeed(90)) }]));
        var fast = DealRunner.Run(Deal.Assume([new Scenario { Prepayment = new PrepaymentCurve.Psa(new PsaSpeed(300)) }]));
        var common = slow.Periods.Zip(fast.Periods).Sum(pair => Math.Min(pair.First.Pool.Scheduled + pair.First.Pool.Prepaid, pair.Second.Pool.Scheduled + pair.Second.Pool.Prepaid));
        Assert.InRange(common / 100.0, 243_800_000, 243_900_000);
    }
}
