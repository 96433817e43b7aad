namespace CreditGrains.Securitisation.Cashflows;

/// <summary>
/// The periods of a projection: period t is the month that ends t months after the cut-off. Without a cut-off date there are no days, and conventions that
/// count them are refused.
/// </summary>
/// <param name="CutOff">Date the balances are of; null for a projection without dates.</param>
public readonly record struct ProjectionCalendar(DateOnly? CutOff)
{
    /// <summary>No dates.</summary>
    public static readonly ProjectionCalendar None;

    private const int PeriodsMax = 2 * LoanLine.MonthsMax;

    /// <summary>Refuses conventions that count days where there are none.</summary>
    /// <exception cref="InvalidInputException">There is no cut-off date.</exception>
    internal void CheckFor(ProjectionConventions conventions)
    {
        if (CutOff is null && (conventions.RateClock, conventions.InterestClock) is not (PeriodClock.Twelfth, PeriodClock.Twelfth)) throw NoDays();
    }

    /// <summary>The period an instalment falls in: the first that ends on its date or later.</summary>
    /// <exception cref="InvalidInputException">The date is not after the cut-off, or there is none.</exception>
    public int PeriodOf(DateOnly date)
    {
        if (CutOff is not { } cutOff) throw new InvalidInputException("CutOffMissing", "cutOff", "a first payment date needs a cut-off date; give one, or leave the payment dates out");
        if (date <= cutOff) throw new InvalidInputException("DateBeforeCutOff", "firstPayment", $"{date:yyyy-MM-dd} is not after the cut-off {cutOff:yyyy-MM-dd}");
        var guess = FirstEndingFrom(date);
        return guess <= PeriodsMax ? guess : throw new InvalidInputException("DateTooFar", "firstPayment", $"{date:yyyy-MM-dd} is more than {PeriodsMax} months after the cut-off");
    }

    /// <summary>Periods before that of a line's first instalment. Dates that a projection refuses count as 0 or the most there can be.</summary>
    internal int MonthsBefore(LoanLine line) => line.FirstPayment is { } date && CutOff is not null ? Math.Min(FirstEndingFrom(date), PeriodsMax) - 1 : 0;

    /// <summary>The first period, from 1, that ends on a day or later.</summary>
    internal int FirstEndingFrom(DateOnly day)
    {
        var cutOff = CutOff!.Value;
        var guess = Math.Max(1, (day.Year - cutOff.Year) * 12 + day.Month - cutOff.Month);
        while (guess > 1 && cutOff.AddMonths(guess - 1) >= day) guess--;
        while (cutOff.AddMonths(guess) < day) guess++;
        return guess;
    }

    /// <summary>Last day of a period; null without dates.</summary>
    public DateOnly? EndOf(int period) => CutOff?.AddMonths(period);

    /// <summary>Part of a year of an instalment's period.</summary>
    /// <param name="clock">How it is counted.</param>
    /// <param name="firstPayment">The line's first payment; null when it pays on period ends.</param>
    /// <param name="instalment">From 1.</param>
    /// <exception cref="InvalidInputException">Days are asked for and there are no dates.</exception>
    public double YearFraction(PeriodClock clock, DateOnly? firstPayment, int instalment)
    {
        if (clock == PeriodClock.Twelfth) return 1.0 / 12;
        var first = firstPayment ?? CutOff?.AddMonths(1)
            ?? throw NoDays();
        var start = firstPayment is null ? CutOff!.Value.AddMonths(instalment - 1) : first.AddMonths(instalment - 2);
        var end = firstPayment is null ? CutOff!.Value.AddMonths(instalment) : first.AddMonths(instalment - 1);
        return (end.DayNumber - start.DayNumber) / (clock == PeriodClock.Actual365 ? 365.0 : 360.0);
    }

    private static InvalidInputException NoDays() =>
        new("CutOffMissing", "cutOff", "conventions that count actual days need a cut-off date; give one, or use the twelfth");
}
