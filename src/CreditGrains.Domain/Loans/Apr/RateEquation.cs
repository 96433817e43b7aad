using System.Collections.Immutable;

namespace CreditGrains.Domain.Loans.Apr;

/// <summary>
/// The general equation of Appendix J (b)(8): Σ Aₖ / ((1 + eₖ i)(1 + i)^qₖ) = Σ Pⱼ / ((1 + fⱼ i)(1 + i)^tⱼ). Its roots are found by looking for
/// changes of sign and halving. Doubles, but only sums, products and quotients: the same on every machine.
/// </summary>
internal sealed class RateEquation
{
    // 0.1 × 1.005ⁿ up to 101: unit-period rates from −90 % to 10,000 %.
    private const double GrowthLeast = 0.1;
    private const double GrowthStep = 1.005;
    private const int StepCount = 1_388;
    private const int HalvingsMax = 200;

    private readonly (UnitTime Time, double Amount)[] flows;

    /// <summary>An equation of flows: advances positive, payments negative, in any order.</summary>
    public RateEquation(IEnumerable<(UnitTime Time, double Amount)> flows) =>
        this.flows = [.. flows.OrderBy(flow => flow.Time.Whole).ThenBy(flow => flow.Time.Fraction).ThenBy(flow => flow.Amount)];

    /// <summary>All unit-period rates in the range at which both sides are equal, rising.</summary>
    public ImmutableArray<double> Roots()
    {
        var roots = ImmutableArray.CreateBuilder<double>();
        var (low, growth) = (GrowthLeast, GrowthLeast);
        var lowValue = ValueAt(low - 1);
        for (var step = 0; step < StepCount; step++)
        {
            growth *= GrowthStep;
            var value = ValueAt(growth - 1);
            if (lowValue == 0) roots.Add(low - 1);
            else if (value != 0 && lowValue < 0 != value < 0) roots.Add(Halve(low - 1, growth - 1, lowValue < 0));
            (low, lowValue) = (growth, value);
        }

        return roots.ToImmutable();
    }

    private double Halve(double low, double high, bool isLowNegative)
    {
        for (var i = 0; i < HalvingsMax; i++)
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high) break;
            var value = ValueAt(middle);
            if (value == 0) return middle;
            if (value < 0 == isLowNegative) low = middle;
            else high = middle;
        }

        return low + (high - low) / 2;
    }

    /// <summary>Advances less payments, discounted.</summary>
    private double ValueAt(double rate)
    {
        double sum = 0, discount = 1;
        var at = 0;
        foreach (var (time, amount) in flows)
        {
            if (time.Whole > at)
            {
                discount *= Power(1 / (1 + rate), time.Whole - at);
                at = time.Whole;
            }

            sum += amount * discount / (1 + time.Fraction * rate);
        }

        return sum;
    }

    private static double Power(double value, int exponent)
    {
        var result = 1.0;
        for (; exponent > 0; exponent >>= 1, value *= value)
            if ((exponent & 1) == 1) result *= value;
        return result;
    }
}
