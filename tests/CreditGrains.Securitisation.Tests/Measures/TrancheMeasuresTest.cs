using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Measures;
using CreditGrains.Securitisation.Tests.Deals;

namespace CreditGrains.Securitisation.Tests.Measures;

public sealed class TrancheMeasuresTest
{
    [Fact]
    public void Yield_AtPar_IsTheCoupon()
    {
        var measures = new TrancheMeasures(DealRunner.Run(DealSamples.Layered()), "A");
        Assert.InRange(measures.Yield(7_000_000)!.Value, 0.03 - 1e-6, 0.03 + 1e-6);
        Assert.InRange(measures.Price(0.03)!.Value, 1 - 1e-6, 1 + 1e-6);
        Assert.True(measures.Yield(6_900_000) > 0.03);
    }

    [Fact]
    public void ModifiedDuration_IsTheSlopeOfThePrice()
    {
        var measures = new TrancheMeasures(DealRunner.Run(DealSamples.Layered()), "B");
        const double step = 1e-6;
        var slope = -(measures.Value(0.04 + step) - measures.Value(0.04 - step)) / (2 * step) / measures.Value(0.04);
        Assert.InRange(measures.ModifiedDuration(0.04)!.Value - slope, -1e-6, 1e-6);
        Assert.True(measures.ModifiedDuration(0.04) < measures.WeightedAverageLifeYears);
    }

    [Fact]
    public void BreakEven_OneBasisPointMore_CostsTheTranche()
    {
        var deal = DealSamples.Layered().With(severity: 0.5);
        var a = BreakEven.Of(deal, "A");
        var b = BreakEven.Of(deal, "B");
        Assert.True(b.CdrBearable < a.CdrBearable && b.CdrBearable > 0);
        Assert.Equal(0, DealRunner.Run(deal.With(0, b.CdrBearable, 0.5)).Periods[^1].Tranches[1].Closing);
        var beyond = DealRunner.Run(deal.With(0, b.CdrBearable + 0.0001, 0.5));
        var last = beyond.Periods[^1].Tranches[1];
        Assert.True(last.Closing + last.InterestUnpaid > 0);
        Assert.InRange(b.CumulativeDefaultAtLoss!.Value, DealRunner.Run(deal.With(0, b.CdrBearable, 0.5)).Periods[^1].CumulativeDefault, beyond.Periods[^1].CumulativeDefault);
    }

    [Fact]
    public void BreakEven_OfATrancheTheDealHasNot_NamesThoseItHas() =>
        Assert.Contains("A, B, E", Assert.Throws<InvalidInputException>(() => BreakEven.Of(DealSamples.Layered(), "C")).Fault, StringComparison.Ordinal);
}
