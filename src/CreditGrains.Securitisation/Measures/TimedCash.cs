namespace CreditGrains.Securitisation.Measures;

/// <summary>Amounts with the years at which they come, counted from settlement: what all bond measures are worked out from. Amounts may have either sign.</summary>
public sealed class TimedCash
{
    private const double YieldLow = -0.99;
    private const double YieldHigh = 10;
    private const double SpreadLow = -0.5;
    private const double SpreadHigh = 5;
    private readonly double[] amounts;
    private readonly double[] years;

    /// <param name="amounts">In any unit.</param>
    /// <param name="years">At least 0, ascending, one an amount.</param>
    public TimedCash(IReadOnlyList<double> amounts, IReadOnlyList<double> years)
    {
        if (amounts.Count != years.Count) throw new InvalidInputException("CashNotTimed", "", $"{amounts.Count} amounts have {years.Count} times; give one each");
        var kept = Enumerable.Range(0, amounts.Count).Where(i => amounts[i] != 0).ToArray();
        this.amounts = [.. kept.Select(i => amounts[i])];
        this.years = [.. kept.Select(i => years[i])];
    }

    /// <summary>Monthly amounts; the first comes a month after settlement.</summary>
    /// <param name="cash">By month.</param>
    /// <param name="delayDays">Days by which all come later, of 360.</param>
    public static TimedCash Monthly(IReadOnlyList<double> cash, int delayDays = 0) => new(cash, [.. Enumerable.Range(1, cash.Count).Select(t => t / 12.0 + delayDays / 360.0)]);

    /// <summary>Sum of the amounts, undiscounted.</summary>
    public double Total => amounts.Sum();

    /// <summary>P = Σ CF / (1 + Y/m)^(mT). Source: BMA Standard Formulas, chapter SF, with m = 2.</summary>
    /// <param name="yieldAnnual">Nominal a year, above −m.</param>
    /// <param name="compounding">m, times a year.</param>
    public double Price(double yieldAnnual, int compounding)
    {
        var growth = 1 + yieldAnnual / compounding;
        double price = 0;
        for (var i = 0; i < amounts.Length; i++) price += amounts[i] / Math.Pow(growth, compounding * years[i]);
        return price;
    }

    /// <summary>All yields at which the cash is worth a value, from −99 % to 1000 %; more than one when amounts change sign.</summary>
    public IReadOnlyList<double> Yields(double value, int compounding) => Roots.All(y => Price(y, compounding) - value, YieldLow, YieldHigh);

    /// <summary>All internal rates of return, annual and effective, of an outlay at settlement.</summary>
    public IReadOnlyList<double> InternalRates(double outlay) => Yields(outlay, 1);

    /// <summary>Σ T · PV ÷ P in years; not a number without value.</summary>
    public double MacaulayDuration(double yieldAnnual, int compounding)
    {
        var growth = 1 + yieldAnnual / compounding;
        double weighted = 0;
        for (var i = 0; i < amounts.Length; i++) weighted += years[i] * amounts[i] / Math.Pow(growth, compounding * years[i]);
        return weighted / Price(yieldAnnual, compounding);
    }

    /// <summary>−(dP/dY) ÷ P with the cash as it is: Macaulay ÷ (1 + Y/m). Source: BMA Standard Formulas, chapter SF.</summary>
    public double ModifiedDuration(double yieldAnnual, int compounding) => MacaulayDuration(yieldAnnual, compounding) / (1 + yieldAnnual / compounding);

    /// <summary>(d²P/dY²) ÷ P: Σ T(T + 1/m) CF / (1 + Y/m)^(mT) ÷ P ÷ (1 + Y/m)². Source: BMA Standard Formulas, chapter SF, with m = 2.</summary>
    public double Convexity(double yieldAnnual, int compounding)
    {
        var growth = 1 + yieldAnnual / compounding;
        double weighted = 0;
        for (var i = 0; i < amounts.Length; i++) weighted += years[i] * (years[i] + 1.0 / compounding) * amounts[i] / Math.Pow(growth, compounding * years[i]);
        return weighted / Price(yieldAnnual, compounding) / (growth * growth);
    }

    /// <summary>Σ CF · DF(T) · e^(−sT): worth on a discount curve with a spread s, compounded continuously.</summary>
    public double Value(DiscountCurve curve, double spread)
    {
        double value = 0;
        for (var i = 0; i < amounts.Length; i++) value += amounts[i] * curve.FactorAt(years[i]) * Math.Exp(-spread * years[i]);
        return value;
    }

    /// <summary>All spreads over a discount curve at which the cash is worth a value.</summary>
    public IReadOnlyList<double> Spreads(DiscountCurve curve, double value) => Roots.All(spread => Value(curve, spread) - value, SpreadLow, SpreadHigh);

    /// <summary>All discount margins: V = Σ CF / Π (1 + (index + DM) · length) over the periods up to each payment.</summary>
    /// <param name="cash">By period.</param>
    /// <param name="years">At which each period ends.</param>
    /// <param name="index">Annual index rates by period; the last goes on.</param>
    /// <param name="value">In the unit of the cash.</param>
    public static IReadOnlyList<double> DiscountMargins(IReadOnlyList<double> cash, IReadOnlyList<double> years, IReadOnlyList<double> index, double value)
    {
        if (index.Count == 0) throw new InvalidInputException("CurveEmpty", "index", "the index has no rate; give at least one");
        return Roots.All(Excess, SpreadLow, SpreadHigh);

        double Excess(double margin)
        {
            double sum = -value, discount = 1, before = 0;
            for (var i = 0; i < cash.Count; i++)
            {
                discount /= 1 + (index[Math.Min(i, index.Count - 1)] + margin) * (years[i] - before);
                before = years[i];
                sum += cash[i] * discount;
            }

            return sum;
        }
    }
}
