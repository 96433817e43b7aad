namespace CreditGrains.Securitisation.Measures;

/// <summary>
/// Measures of a row of monthly cash flows; index 0 is a month after settlement. Yields are bond-equivalent, compounded twice a year, unless said otherwise. Other times
/// and compounding: <see cref="TimedCash"/>.
/// </summary>
public static class BondMeasures
{
    private const int TwiceAYear = 2;

    /// <summary>Σ t · P / 12 ÷ Σ P in years; 0 without principal. Source: BMA Standard Formulas, chapter SF.</summary>
    public static double WeightedAverageLife(IReadOnlyList<double> principal)
    {
        double weighted = 0, total = 0;
        for (var i = 0; i < principal.Count; i++)
        {
            weighted += (i + 1) * principal[i];
            total += principal[i];
        }

        return total == 0 ? 0 : weighted / total / 12;
    }

    /// <summary>P = Σ CF / (1 + Y/2)^(2T), T in years of 360 days with the delay. Source: BMA Standard Formulas, chapter SF.</summary>
    /// <param name="cash">By month.</param>
    /// <param name="yieldAnnual">Ratio, above −2.</param>
    /// <param name="delayDays">Actual delay of payments.</param>
    public static double Price(IReadOnlyList<double> cash, double yieldAnnual, int delayDays = 0) => TimedCash.Monthly(cash, delayDays).Price(yieldAnnual, TwiceAYear);

    /// <summary>All yields at which the cash flows cost a price; more than one when they change sign.</summary>
    public static IReadOnlyList<double> Yields(IReadOnlyList<double> cash, double price, int delayDays = 0) => TimedCash.Monthly(cash, delayDays).Yields(price, TwiceAYear);

    /// <summary>Mortgage yield: 12 · ((1 + Y/2)^(1/6) − 1), compounded monthly. Source: BMA Standard Formulas, chapter SF.</summary>
    public static double MortgageYield(double yieldAnnual) => 12 * (Math.Pow(1 + yieldAnnual / 2, 1.0 / 6) - 1);

    /// <summary>All internal rates of return, annual and effective, of an outlay now.</summary>
    public static IReadOnlyList<double> InternalRates(IReadOnlyList<double> cash, double outlay) => TimedCash.Monthly(cash).InternalRates(outlay);

    /// <summary>Macaulay duration in years: Σ T · PV ÷ P. Source: BMA Standard Formulas, chapter SF.</summary>
    public static double MacaulayDuration(IReadOnlyList<double> cash, double yieldAnnual, int delayDays = 0) => TimedCash.Monthly(cash, delayDays).MacaulayDuration(yieldAnnual, TwiceAYear);

    /// <summary>−(dP/dY) ÷ P with cash flows as they are: Macaulay ÷ (1 + Y/2). Source: BMA Standard Formulas, chapter SF.</summary>
    public static double ModifiedDuration(IReadOnlyList<double> cash, double yieldAnnual, int delayDays = 0) => TimedCash.Monthly(cash, delayDays).ModifiedDuration(yieldAnnual, TwiceAYear);

    /// <summary>Σ T(T + ½) CF / (1 + Y/2)^(2T) ÷ P ÷ (1 + Y/2)². Source: BMA Standard Formulas, chapter SF.</summary>
    public static double Convexity(IReadOnlyList<double> cash, double yieldAnnual, int delayDays = 0) => TimedCash.Monthly(cash, delayDays).Convexity(yieldAnnual, TwiceAYear);

    /// <summary>
    /// (P₋ − P₊) ÷ (2 · P · Δ) and (P₋ + P₊ − 2P) ÷ (P · Δ²), where each price is of cash flows projected anew for the shifted rates. How rates move
    /// prepayments must be declared by the function; there is no usual one.
    /// </summary>
    /// <param name="cashAt">Cash flows when all rates are shifted by so much, prepayments with them.</param>
    /// <param name="yieldAnnual">Yield before the shift.</param>
    /// <param name="shift">Above 0; 0.0025 is 25 basis points.</param>
    public static (double Duration, double Convexity) Effective(Func<double, IReadOnlyList<double>> cashAt, double yieldAnnual, double shift = 0.0025)
    {
        CheckShift(shift);
        return Effective(Price(cashAt(-shift), yieldAnnual - shift), Price(cashAt(0), yieldAnnual), Price(cashAt(shift), yieldAnnual + shift), shift);
    }

    /// <summary>The same from prices after a fall of rates, without a change, and after a rise.</summary>
    public static (double Duration, double Convexity) Effective(double down, double price, double up, double shift)
    {
        CheckShift(shift);
        return ((down - up) / (2 * price * shift), (down + up - 2 * price) / (price * shift * shift));
    }

    /// <summary>All discount margins: P = Σ CF / Π (1 + (index + DM) / 12) over the months up to each payment.</summary>
    /// <param name="cash">By month.</param>
    /// <param name="index">Annual index rates by month; the last goes on.</param>
    /// <param name="price">In the unit of the cash.</param>
    public static IReadOnlyList<double> DiscountMargins(IReadOnlyList<double> cash, IReadOnlyList<double> index, double price) =>
        TimedCash.DiscountMargins(cash, [.. Enumerable.Range(1, cash.Count).Select(t => t / 12.0)], index, price);

    private static void CheckShift(double shift)
    {
        if (shift is not > 0) throw new InvalidInputException("ShiftOutOfRange", "shift", "the shift must be above 0; 25 basis points are 0.0025");
    }
}
