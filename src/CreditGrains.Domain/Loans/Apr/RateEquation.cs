using System.Collections.Immutable;

namespace CreditGrains.Domain.Loans.Apr;

/// <summary>
/// The general equation of Appendix J (b)(8): Σ Aₖ / ((1 + eₖ i)(1 + i)^qₖ) = Σ Pⱼ / ((1 + fⱼ i)(1 + i)^tⱼ). Doubles, but only sums,
/// products and quotients: the same on every machine.
/// </summary>
internal sealed class RateEquation
{
    private readonly (UnitTime Time, double Amount)[] flows;

    /// <summary>An equation of flows: advances positive, payments negative, in any order.</summary>
    public RateEquation(IEnumerable<(UnitTime Time, double Amount)> flows) =>
        this.flows = [.. flows.OrderBy(flow => flow.Time.Whole).ThenBy(flow => flow.Time.Fraction).ThenBy(flow => flow.Amount)];

    /// <summary>All unit-period rates in the range at which both sides are equal, rising.</summary>
    public ImmutableArray<double> Roots() => RateScan.Roots(ValueAt);

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
