namespace CreditGrains.Securitisation.Measures;

/// <summary>Measures of a row of monthly cash flows; index 0 is a month after settlement. Yields are bond-equivalent, compounded twice a year, unless said otherwise.</summary>
public static class BondMeasures
{
    private const double YieldLow = -0.99;
    private const double YieldHigh = 10;

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
    public static double Price(IReadOnlyList<double> cash, double yieldAnnual, int delayDays = 0)
    {
        double price = 0;
        for (var i = 0; i < cash.Count; i++)
            if (cash[i] != 0) price += cash[i] / Math.Pow(1 + yieldAnnual / 2, 2 * Years(i, delayDays));
        return price;
    }

    /// <summary>All yields at which the cash flows cost a price; more than one when they change sign.</summary>
    public static IReadOnlyList<double> Yields(IReadOnlyList<double> cash, double price, int delayDays = 0) =>
        Roots.All(y => Price(cash, y, delayDays) - price, YieldLow, YieldHigh);

    /// <summary>Mortgage yield: 12 · ((1 + Y/2)^(1/6) − 1), compounded monthly. Source: BMA Standard Formulas, chapter SF.</summary>
    public static double MortgageYield(double yieldAnnual) => 12 * (Math.Pow(1 + yieldAnnual / 2, 1.0 / 6) - 1);

    /// <summary>All internal rates of return, annual and effective, of an outlay now.</summary>
    public static IReadOnlyList<double> InternalRates(IReadOnlyList<double> cash, double outlay) => Roots.All(rate => NetAt(cash, outlay, rate), YieldLow, YieldHigh);

    /// <summary>Macaulay duration in years: Σ T · PV ÷ P. Source: BMA Standard Formulas, chapter SF.</summary>
    public static double MacaulayDuration(IReadOnlyList<double> cash, double yieldAnnual, int delayDays = 0)
    {
        double weighted = 0;
        for (var i = 0; i < cash.Count; i++) weighted += Years(i, delayDays) * cash[i] / Math.Pow(1 + yieldAnnual / 2, 2 * Years(i, delayDays));
        return weighted / Price(cash, yieldAnnual, delayDays);
    }

    /// <summary>−(dP/dY) ÷ P with cash flows as they are: Macaulay ÷ (1 + Y/2). Source: BMA Standard Formulas, chapter SF.</summary>
    public static double ModifiedDuration(IReadOnlyList<double> cash, double yieldAnnual, int delayDays = 0) => MacaulayDuration(cash, yieldAnnual, delayDays) / (1 + yieldAnnual / 2);

    /// <summary>Σ T(T + ½) CF / (1 + Y/2)^(2T) ÷ P ÷ (1 + Y/2)². Source: BMA Standard Formulas, chapter SF.</summary>
    public static double Convexity(IReadOnlyList<double> cash, double yieldAnnual, int delayDays = 0)
    {
        double weighted = 0;
        for (var i = 0; i < cash.Count; i++)
        {
            var years = Years(i, delayDays);
            weighted += years * (years + 0.5) * cash[i] / Math.Pow(1 + yieldAnnual / 2, 2 * years);
        }

        return weighted / Price(cash, yieldAnnual, delayDays) / Math.Pow(1 + yieldAnnual / 2, 2);
    }

    /// <summary>
    /// (P₋ − P₊) ÷ (2 · P · Δ) and (P₋ + P₊ − 2P) ÷ (P · Δ²), where each price is of cash flows projected anew for the shifted rates. How rates move
    /// prepayments must be declared by the function; there is no usual one.
    /// </summary>
    /// <param name="cashAt">Cash flows when all rates are shifted by so much, prepayments with them.</param>
    /// <param name="yieldAnnual">Yield before the shift.</param>
    /// <param name="shift">Above 0; 0.0025 is 25 basis points.</param>
    public static (double Duration, double Convexity) Effective(Func<double, IReadOnlyList<double>> cashAt, double yieldAnnual, double shift = 0.0025)
    {
        if (shift is not > 0) throw new InvalidInputException("ShiftOutOfRange", "shift", "the shift must be above 0; 25 basis points are 0.0025");
        var price = Price(cashAt(0), yieldAnnual);
        var down = Price(cashAt(-shift), yieldAnnual - shift);
        var up = Price(cashAt(shift), yieldAnnual + shift);
        return ((down - up) / (2 * price * shift), (down + up - 2 * price) / (price * shift * shift));
    }

    /// <summary>All discount margins: P = Σ CF / Π (1 + (index + DM) / 12) over the months up to each payment.</summary>
    /// <param name="cash">By month.</param>
    /// <param name="index">Annual index rates by month; the last goes on.</param>
    /// <param name="price">In the unit of the cash.</param>
    public static IReadOnlyList<double> DiscountMargins(IReadOnlyList<double> cash, IReadOnlyList<double> index, double price)
    {
        if (index.Count == 0) throw new InvalidInputException("CurveEmpty", "index", "the index has no rate; give at least one");
        return Roots.All(Excess, -0.5, 5);

        double Excess(double margin)
        {
            double sum = -price, discount = 1;
            for (var i = 0; i < cash.Count; i++)
            {
                discount /= 1 + (index[Math.Min(i, index.Count - 1)] + margin) / 12;
                sum += cash[i] * discount;
            }

            return sum;
        }
    }

    private static double NetAt(IReadOnlyList<double> cash, double outlay, double rate)
    {
        var sum = -outlay;
        for (var i = 0; i < cash.Count; i++) sum += cash[i] / Math.Pow(1 + rate, (i + 1) / 12.0);
        return sum;
    }

    private static double Years(int i, int delayDays) => (i + 1) / 12.0 + delayDays / 360.0;
}
