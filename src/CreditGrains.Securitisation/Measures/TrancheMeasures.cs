using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Measures;

/// <summary>
/// Worth, yield and duration of a tranche of a run, by <see cref="PricingTerms"/>. Without any: bought at the start of the first period, yields nominal a year, compounded with
/// the payments. Prices are of one unit of balance.
/// </summary>
public sealed class TrancheMeasures
{
    private readonly PricingTerms terms;
    private readonly int compounding;

    /// <exception cref="InvalidInputException">The deal has no such tranche.</exception>
    public TrancheMeasures(DealRun run, string tranche, PricingTerms? pricing = null)
    {
        terms = pricing ?? new PricingTerms();
        Cash = new TrancheCash(run, tranche, terms);
        compounding = terms.CompoundingPerYear ?? Math.Max(1, 12 / run.Terms.Dates.MonthsPerPayment);
        WeightedAverageLifeYears = terms.Settlement is null ? run.AverageLifeYears(tranche) : Weighted(Cash);
    }

    /// <summary>What is bought.</summary>
    public TrancheCash Cash { get; }

    /// <summary>Times a year that yields compound.</summary>
    public int CompoundingPerYear => compounding;

    /// <summary>Of the principal, Σ t · P / 12 ÷ Σ P with t in months of the run; with a settlement date, by the years to each payment. Null when none is paid.</summary>
    public double? WeightedAverageLifeYears { get; }

    /// <summary>Present value in minor units, accrued interest included.</summary>
    public double Value(double yield) => Cash.Flows.Price(yield, compounding);

    /// <summary>Value of one unit of balance without accrued interest; null without balance.</summary>
    public double? Price(double yield) => PriceOf(Value(yield));

    /// <summary>The same of a value.</summary>
    public double? PriceOf(double value) => Cash.Unit == 0 ? null : (value - Cash.Accrued) / Cash.Unit;

    /// <summary>Value in minor units of a price.</summary>
    public double ValueOf(double price) => price * Cash.Unit + Cash.Accrued;

    /// <summary>All yields at a value in minor units.</summary>
    public IReadOnlyList<double> Yields(double value) => value > 0 ? Cash.Flows.Yields(value, compounding) : [];

    /// <summary>The yield at a value in minor units; null when none from −99 % to 1000 % gives it. Cash of a tranche is never negative, so there is at most one.</summary>
    public double? Yield(double value) => Yields(value) is [var one, ..] ? one : null;

    /// <summary>−dV/dy ÷ V in years; null when the value is 0.</summary>
    public double? ModifiedDuration(double yield) => Value(yield) == 0 ? null : Cash.Flows.ModifiedDuration(yield, compounding);

    /// <summary>Σ T · PV ÷ V in years; null when the value is 0.</summary>
    public double? MacaulayDuration(double yield) => Value(yield) == 0 ? null : Cash.Flows.MacaulayDuration(yield, compounding);

    /// <summary>(d²V/dy²) ÷ V; null when the value is 0.</summary>
    public double? Convexity(double yield) => Value(yield) == 0 ? null : Cash.Flows.Convexity(yield, compounding);

    /// <summary>All internal rates of return at a value, annual and effective.</summary>
    public IReadOnlyList<double> InternalRates(double value) => value > 0 ? Cash.Flows.InternalRates(value) : [];

    /// <summary>All discount margins at a value; empty for a fixed coupon.</summary>
    public IReadOnlyList<double> DiscountMargins(double value) => Cash.Terms.Coupon.Index is null || value <= 0 ? [] : TimedCash.DiscountMargins(Cash.Cash, Cash.Years, Cash.IndexRates, value);

    /// <summary>All spreads over the discount curve at a value; empty without curve.</summary>
    public IReadOnlyList<double> Spreads(double value) => terms.Curve is null || value <= 0 ? [] : Cash.Flows.Spreads(terms.Curve, value);

    private static double? Weighted(TrancheCash cash)
    {
        double weighted = 0, principal = 0;
        for (var i = 0; i < cash.Years.Count; i++)
        {
            weighted += cash.Years[i] * cash.Principal[i];
            principal += cash.Principal[i];
        }

        return principal == 0 ? null : weighted / principal;
    }
}
