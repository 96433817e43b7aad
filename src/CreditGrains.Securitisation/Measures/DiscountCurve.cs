using System.Collections.Immutable;
using System.Globalization;

namespace CreditGrains.Securitisation.Measures;

/// <summary>
/// Discount factors by years from settlement. Between points the logarithm of the factor is linear (the forward rate is flat); after the last the zero rate is. The
/// factor now is 1.
/// </summary>
public sealed class DiscountCurve
{
    private readonly ImmutableArray<(double Years, double Log)> points;

    /// <param name="factors">Years from settlement, above 0, with the factor, above 0; in any order.</param>
    /// <exception cref="InvalidInputException">No point, a point twice, or a number out of range.</exception>
    public DiscountCurve(IEnumerable<(double Years, double Factor)> factors)
    {
        points = [.. factors.OrderBy(point => point.Years).Select(point => (point.Years, Math.Log(point.Factor)))];
        if (points.IsEmpty) throw new InvalidInputException("CurveEmpty", "discount", "the curve has no point; give at least one");
        for (var i = 0; i < points.Length; i++)
        {
            if (!(points[i].Years > 0) || !double.IsFinite(points[i].Log))
                throw new InvalidInputException("CurveOutOfRange", "discount", string.Create(CultureInfo.InvariantCulture, $"the point at {points[i].Years} years must lie after settlement and have a factor above 0"));
            if (i > 0 && points[i].Years == points[i - 1].Years)
                throw new InvalidInputException("CurveOutOfRange", "discount", string.Create(CultureInfo.InvariantCulture, $"two points lie at {points[i].Years} years; leave one out"));
        }
    }

    /// <summary>A point from a zero rate, compounded once a year: (1 + z)^−T.</summary>
    public static (double Years, double Factor) OfZero(double years, double zero) => (years, Math.Pow(1 + zero, -years));

    /// <summary>Factor of a payment in so many years.</summary>
    public double FactorAt(double years)
    {
        if (years <= 0) return 1;
        double from = 0, log = 0;
        foreach (var point in points)
        {
            if (years <= point.Years) return Math.Exp(log + (point.Log - log) * (years - from) / (point.Years - from));
            (from, log) = point;
        }

        return Math.Exp(log * years / from);
    }
}
