using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Securitisation.Tests.Measures;

public sealed class BondMeasuresTest
{
    private static readonly double[] Bond = [.. Enumerable.Range(1, 60).Select(month => month == 60 ? 105.0 : month % 6 == 0 ? 5.0 : 0)];

    [Fact]
    public void Price_AtTheCoupon_IsPar()
    {
        double[] bond = [.. Enumerable.Range(1, 60).Select(month => month == 60 ? 104.0 : month % 6 == 0 ? 4.0 : 0)];
        Assert.Equal(100, BondMeasures.Price(bond, 0.08), 9);
        Assert.Equal(0.08, Assert.Single(BondMeasures.Yields(bond, 100)), 9);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.04)]
    [InlineData(0.25)]
    public void Yield_OfItsPrice_ComesBack(double yield) => Assert.Equal(yield, Assert.Single(BondMeasures.Yields(Bond, BondMeasures.Price(Bond, yield, 24), 24)), 8);

    [Fact]
    public void DurationAndConvexity_AreTheDerivativesOfPrice()
    {
        const double y = 0.07, h = 1e-4;
        double price = BondMeasures.Price(Bond, y), up = BondMeasures.Price(Bond, y + h), down = BondMeasures.Price(Bond, y - h);
        Assert.Equal((down - up) / (2 * h * price), BondMeasures.ModifiedDuration(Bond, y), 5);
        Assert.Equal((down + up - 2 * price) / (h * h * price), BondMeasures.Convexity(Bond, y), 3);
        var effective = BondMeasures.Effective(_ => Bond, y, h);
        Assert.Equal(BondMeasures.ModifiedDuration(Bond, y), effective.Duration, 5);
    }

    /// <summary>1,600 now, 10,000 after a year, −10,000 after two: 25 % and 400 % (Lorie and Savage's pump).</summary>
    [Fact]
    public void InternalRates_OfThePump_AreBothReported()
    {
        var cash = new double[24];
        cash[11] = 10_000;
        cash[23] = -10_000;
        var rates = BondMeasures.InternalRates(cash, 1_600);
        Assert.Equal(2, rates.Count);
        Assert.Equal(0.25, rates[0], 8);
        Assert.Equal(4.0, rates[1], 8);
    }

    [Fact]
    public void DiscountMargin_OfAFloaterAtPar_IsItsMargin()
    {
        double[] index = [0.03, 0.035, 0.04];
        double[] cash = [.. Enumerable.Range(0, 36).Select(i => 100 * (index[Math.Min(i, 2)] + 0.012) / 12 + (i == 35 ? 100 : 0))];
        Assert.Equal(0.012, Assert.Single(BondMeasures.DiscountMargins(cash, index, 100)), 9);
    }

    [Fact]
    public void AverageLife_OfTwoPayments_IsTheirMiddle() => Assert.Equal(1.5, BondMeasures.WeightedAverageLife([.. new double[11], 1, .. new double[11], 1]), 12);

    [Fact]
    public void MortgageYield_CompoundsMonthly() => Assert.Equal(1.04, Math.Pow(1 + BondMeasures.MortgageYield(0.08) / 12, 6), 12);
}
