using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Measures;

/// <summary>
/// What a holder gets of a tranche, in money of the day of purchase: the start of the first period. Payment t lies t × months ÷ 12 years later; yields are nominal a year, compounded with
/// the payments. Prices are of one unit of balance.
/// </summary>
public sealed class TrancheMeasures
{
    private const double YieldMin = -0.99;
    private const double YieldMax = 10;
    private const int Halvings = 200;
    private readonly double[] cash;
    private readonly double paymentsPerYear;
    private readonly double balance;

    /// <exception cref="InvalidInputException">The deal has no such tranche.</exception>
    public TrancheMeasures(DealRun run, string tranche)
    {
        var terms = run.Terms.Tranches.FirstOrDefault(one => one.Name == tranche)
            ?? throw new InvalidInputException("TrancheUnknown", "tranche", $"there is no tranche '{tranche}'; there are {string.Join(", ", run.Terms.Tranches.Select(one => one.Name))}");
        cash = [.. run.Of(tranche).Select(period => (double)period.Cash)];
        paymentsPerYear = 12.0 / run.Terms.Dates.MonthsPerPayment;
        balance = terms.Balance;
        WeightedAverageLifeYears = run.AverageLifeYears(tranche);
    }

    /// <summary>Of the principal; null when none is paid.</summary>
    public double? WeightedAverageLifeYears { get; }

    /// <summary>Present value in minor units.</summary>
    public double Value(double yield)
    {
        var factor = 1 / (1 + yield / paymentsPerYear);
        double value = 0;
        for (var t = cash.Length - 1; t >= 0; t--) value = (value + cash[t]) * factor;
        return value;
    }

    /// <summary>Present value of one unit of balance; null without balance.</summary>
    public double? Price(double yield) => balance == 0 ? null : Value(yield) / balance;

    /// <summary>The nominal yearly yield at a value in minor units; null when none from −99 % to 1000 % gives it. Cash is never negative, so there is at most one.</summary>
    public double? Yield(double value)
    {
        var (low, high) = (YieldMin * paymentsPerYear, YieldMax);
        if (!(value > 0) || Value(low) < value || Value(high) > value) return null;
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            if (Value(middle) >= value) low = middle;
            else high = middle;
        }

        return (low + high) / 2;
    }

    /// <summary>−dV/dy ÷ V in years; null when the value is 0.</summary>
    public double? ModifiedDuration(double yield)
    {
        var growth = 1 + yield / paymentsPerYear;
        double weighted = 0;
        for (var t = 1; t <= cash.Length; t++) weighted += t / paymentsPerYear * cash[t - 1] * Math.Pow(growth, -t);
        var value = Value(yield);
        return value == 0 ? null : weighted / value / growth;
    }
}
