using System.Collections.Immutable;

namespace CreditGrains.Securitisation.Measures;

/// <summary>How days become years in yields.</summary>
public enum DayBasis
{
    /// <summary>30/360: N = 360 ΔY + 30 ΔM + ΔD, a 31st is a 30th. Source: BMA Standard Formulas, chapter SF.</summary>
    Thirty360 = 0,

    /// <summary>Actual days over 365.</summary>
    Actual365 = 1,
}

/// <summary>What is known of a tranche's price: one of the closed cases below.</summary>
public abstract record Quote
{
    private Quote()
    {
    }

    /// <summary>At par, without accrued interest.</summary>
    public static readonly Quote Par = new AtPrice(1);

    /// <summary>Price of one unit of balance without accrued interest, at least 0; of an interest-only tranche, of one unit of notional.</summary>
    public sealed record AtPrice(double PerUnit) : Quote;

    /// <summary>Nominal yearly yield, compounded as the pricing terms say; above −1 and below 1.</summary>
    public sealed record AtYield(double Annual) : Quote;

    /// <summary>Spread over the discount curve, compounded continuously; above −1 and below 1.</summary>
    public sealed record AtSpread(double Annual) : Quote;
}

/// <summary>Everything about measures that is a convention or an input and not part of the deal.</summary>
public sealed record PricingTerms
{
    /// <summary>Day of purchase; null is the start of the run. Payments on it or before are the seller's.</summary>
    public DateOnly? Settlement { get; init; }

    /// <summary>Times a year that yields compound; null is with the payments.</summary>
    public int? CompoundingPerYear { get; init; }

    public DayBasis Basis { get; init; }

    /// <summary>By tranche; one without is at par, an interest-only one has no price then.</summary>
    public ImmutableDictionary<string, Quote> Quotes { get; init; } = ImmutableDictionary<string, Quote>.Empty;

    /// <summary>Dated or in years from settlement; null prices by yield.</summary>
    public DiscountCurve? Curve { get; init; }

    /// <summary>By which rates move up and down for effective measures; 0.0025 is 25 basis points.</summary>
    public double Shift { get; init; } = 0.0025;

    /// <summary>How rates move prepayments; null is not declared, and measures that need it are refused.</summary>
    public RateToCpr? Prepayment { get; init; }

    /// <summary>Parts of defaults by month for cumulative rates; empty takes those of the deal's own scenario.</summary>
    public ImmutableArray<double> Timing { get; init; } = [];

    /// <summary>What counts as a loss.</summary>
    public LossRule Loss { get; init; } = new();

    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public void Check()
    {
        if (CompoundingPerYear is < 1 or > 365) throw new InvalidInputException("CompoundingOutOfRange", "compounding", "write 1 to 365 times a year, or leave it out for that of the payments");
        if (!(Shift > 0 && Shift < 1)) throw new InvalidInputException("ShiftOutOfRange", "shift", "write a shift above 0; 25 basis points are 0.0025");
        foreach (var (name, quote) in Quotes)
        {
            if (quote is Quote.AtPrice { PerUnit: var price } && !(price >= 0 && double.IsFinite(price))) throw new InvalidInputException("PriceOutOfRange", name, "the price must be at least 0; par is 100");
            if (quote is Quote.AtYield { Annual: var yield } && !(Math.Abs(yield) < 1)) throw new InvalidInputException("RateOutOfRange", name, "a yield is a part of one above -1 and below 1; write 5 % as 0.05");
            if (quote is Quote.AtSpread { Annual: var spread } && !(Math.Abs(spread) < 1)) throw new InvalidInputException("RateOutOfRange", name, "a spread is a part of one above -1 and below 1; write 1 % as 0.01");
            if (quote is Quote.AtSpread && Curve is null) throw new InvalidInputException("CurveMissing", name, "a spread needs a discount curve; give one, or a price or yield");
        }

        if (!Timing.IsEmpty) Assumptions.Timings.Check(Timing, "timing");
    }

    /// <summary>Years between two days by the basis.</summary>
    public double Years(DateOnly from, DateOnly to)
    {
        if (Basis == DayBasis.Actual365) return (to.DayNumber - from.DayNumber) / 365.0;
        int first = DayOf(from), last = to.Day;
        // Source: BMA Standard Formulas, chapter SF: the end moves to the 30th only when the start is one.
        if (last == 31 && first == 30) last = 30;
        return Math.Max(0, 360 * (to.Year - from.Year) + 30 * (to.Month - from.Month) + last - first) / 360.0;

        static int DayOf(DateOnly day) => day.Day == 31 || (day.Month == 2 && day.Day == DateTime.DaysInMonth(day.Year, 2)) ? 30 : day.Day;
    }
}
