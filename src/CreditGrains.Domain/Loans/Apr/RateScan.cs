using System.Collections.Immutable;

namespace CreditGrains.Domain.Loans.Apr;

/// <summary>
/// Finds all rates at which a function of the rate changes its sign: steps of half a percent of growth from −90 % to 10,000 %, then halving. Two
/// roots within one step are not seen.
/// </summary>
internal static class RateScan
{
    // 0.1 × 1.005ⁿ up to 101.
    private const double GrowthLeast = 0.1;
    private const double GrowthStep = 1.005;
    private const int StepCount = 1_388;
    private const int HalvingsMax = 200;

    /// <summary>The roots, rising.</summary>
    public static ImmutableArray<double> Roots(Func<double, double> valueAt)
    {
        var roots = ImmutableArray.CreateBuilder<double>();
        var (low, growth) = (GrowthLeast, GrowthLeast);
        var lowValue = valueAt(low - 1);
        for (var step = 0; step < StepCount; step++)
        {
            growth *= GrowthStep;
            var value = valueAt(growth - 1);
            if (lowValue == 0) roots.Add(low - 1);
            else if (value != 0 && lowValue < 0 != value < 0) roots.Add(Halve(valueAt, low - 1, growth - 1, lowValue < 0));
            (low, lowValue) = (growth, value);
        }

        return roots.ToImmutable();
    }

    /// <summary>Of several roots the lowest that is not negative, else the one nearest to nothing; what is but an error of rounding is nothing.</summary>
    public static double Choose(ImmutableArray<double> roots)
    {
        var chosen = roots.FirstOrDefault(root => root > -1e-12, roots[^1]);
        return Math.Abs(chosen) < 1e-12 ? 0 : chosen;
    }

    private static double Halve(Func<double, double> valueAt, double low, double high, bool isLowNegative)
    {
        for (var i = 0; i < HalvingsMax; i++)
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high) break;
            var value = valueAt(middle);
            if (value == 0) return middle;
            if (value < 0 == isLowNegative) low = middle;
            else high = middle;
        }

        return low + (high - low) / 2;
    }
}
