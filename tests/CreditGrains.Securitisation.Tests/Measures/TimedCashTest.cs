using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Securitisation.Tests.Measures;

/// <summary>Bond arithmetic against closed forms written here, and printed examples.</summary>
public sealed class TimedCashTest
{
    /// <summary>Fabozzi, "Bond Markets, Analysis and Strategies": 9 % coupon, 20 years, yield 6 %: price 134.6722, modified duration 10.66, convexity 164.106 in years.</summary>
    [Fact]
    public void Bond_NinePercentTwentyYearsAtSix_IsAsPrinted()
    {
        var bond = Level(0.09, 20);
        Assert.Equal(134.6722, bond.Price(0.06, 2), 4);
        Assert.Equal(10.66, bond.ModifiedDuration(0.06, 2), 2);
        Assert.Equal(164.106, bond.Convexity(0.06, 2), 3);
        Assert.Equal(0.06, Assert.Single(bond.Yields(134.6722, 2)), 6);
    }

    [Theory]
    [InlineData(0.08, 10, 0.10)]
    [InlineData(0.03, 30, 0.045)]
    [InlineData(0.12, 5, 0.01)]
    public void LevelCoupon_PriceAndDuration_AreTheClosedForms(double coupon, int years, double yield)
    {
        var bond = Level(coupon, years);
        double y = yield / 2, c = coupon / 2;
        var n = 2 * years;
        Assert.Equal(100 * (c / y * (1 - Math.Pow(1 + y, -n)) + Math.Pow(1 + y, -n)), bond.Price(yield, 2), 9);
        // Macaulay's duration of a level coupon bond in periods: (1 + y)/y − (1 + y + n(c − y))/(c((1 + y)^n − 1) + y).
        var periods = (1 + y) / y - (1 + y + n * (c - y)) / (c * (Math.Pow(1 + y, n) - 1) + y);
        Assert.Equal(periods / 2, bond.MacaulayDuration(yield, 2), 9);
        Assert.Equal(periods / 2 / (1 + y), bond.ModifiedDuration(yield, 2), 9);
    }

    /// <summary>A single payment: duration is its time, convexity T(T + 1/m)/(1 + y/m)².</summary>
    [Fact]
    public void Zero_Duration_IsItsTime()
    {
        var zero = new TimedCash([100], [7]);
        Assert.Equal(7, zero.MacaulayDuration(0.05, 4), 12);
        Assert.Equal(7 * 7.25 / Math.Pow(1.0125, 2), zero.Convexity(0.05, 4), 9);
        Assert.Equal(100 * Math.Pow(1.0125, -28), zero.Price(0.05, 4), 9);
    }

    [Fact]
    public void Curve_FlatZeroRate_PricesAsTheEffectiveYield()
    {
        var curve = new DiscountCurve([DiscountCurve.OfZero(1, 0.05), DiscountCurve.OfZero(10, 0.05)]);
        var bond = Level(0.06, 15);
        Assert.Equal(bond.Price(0.05, 1), bond.Value(curve, 0), 9);
        var worth = bond.Value(curve, 0.0123);
        Assert.Equal(0.0123, Assert.Single(bond.Spreads(curve, worth)), 9);
    }

    [Fact]
    public void Curve_BetweenPoints_HasAFlatForward()
    {
        var curve = new DiscountCurve([(2, 0.90), (1, 0.96)]);
        Assert.Equal(0.96 * Math.Sqrt(0.90 / 0.96), curve.FactorAt(1.5), 12);
        Assert.Equal(Math.Sqrt(0.96), curve.FactorAt(0.5), 12);
        Assert.Equal(Math.Pow(0.90, 2), curve.FactorAt(4), 12);
        Assert.Equal(1, curve.FactorAt(0));
        Assert.Equal("CurveOutOfRange", Assert.Throws<InvalidInputException>(() => new DiscountCurve([(1, 0.9), (1, 0.8)])).Name);
    }

    /// <summary>BMA Standard Formulas, chapter SF, 30/360: rows by hand.</summary>
    [Theory]
    [InlineData("2026-01-31", "2026-02-28", 28)]
    [InlineData("2026-02-28", "2026-03-31", 30)]
    [InlineData("2026-01-15", "2026-03-31", 76)]
    [InlineData("2026-01-30", "2026-03-31", 60)]
    [InlineData("2025-12-05", "2026-12-05", 360)]
    public void Thirty360_Days_AreAsBmaCountsThem(string from, string to, int days) =>
        Assert.Equal(days, (int)Math.Round(360 * new PricingTerms().Years(DateOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture), DateOnly.Parse(to, System.Globalization.CultureInfo.InvariantCulture))));

    private static TimedCash Level(double coupon, int years) =>
        new([.. Enumerable.Range(1, 2 * years).Select(t => 100 * coupon / 2 + (t == 2 * years ? 100 : 0))], [.. Enumerable.Range(1, 2 * years).Select(t => t / 2.0)]);
}
