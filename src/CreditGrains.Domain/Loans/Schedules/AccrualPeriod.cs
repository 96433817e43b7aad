using System.Globalization;
using CreditGrains.Domain.Loans.Calendars;

namespace CreditGrains.Domain.Loans.Schedules;

/// <summary>The time before one instalment.</summary>
/// <param name="Number">Of the instalment.</param>
/// <param name="Start">Where interest starts.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Due">When it is due, after adjustment.</param>
/// <param name="Unadjusted">When it is due, before adjustment.</param>
/// <param name="UnadjustedBefore">The due date before adjustment of the instalment before; the drawdown for the first.</param>
/// <param name="Fraction">The part of a year between start and end.</param>
internal readonly record struct AccrualPeriod(
    int Number, DateOnly Start, DateOnly End, DateOnly Due, DateOnly Unadjusted, DateOnly UnadjustedBefore, YearFraction Fraction);

/// <summary>Where the periods of a schedule, or of the rest of one, begin.</summary>
/// <param name="FirstNumber">The first instalment's number, from 1.</param>
/// <param name="FirstSlot">Its place among the due dates of the terms, from 0; more than its number says after a payment holiday.</param>
/// <param name="Count">How many periods.</param>
/// <param name="PeriodStart">Where the first period starts: the drawdown or the due date before.</param>
/// <param name="From">From when interest runs: the same, or a day within the period up to which interest has been counted.</param>
internal readonly record struct PeriodSpan(int FirstNumber, int FirstSlot, int Count, DateOnly PeriodStart, DateOnly From);

/// <summary>Due dates and parts of a year.</summary>
internal static class AccrualPeriods
{
    /// <summary>All periods of new terms.</summary>
    public static LoanResult<AccrualPeriod[]> Of(LoanTerms terms) => Of(terms, new PeriodSpan(1, 0, terms.InstalmentCount, terms.Drawdown, terms.Drawdown));

    /// <summary>The periods of a span.</summary>
    public static LoanResult<AccrualPeriod[]> Of(LoanTerms terms, PeriodSpan span)
    {
        if ((span.FirstSlot + span.Count) * terms.Interval.DaysMin > 2 * LoanTerms.TermDaysMax)
            return new LoanRefusal(LoanFault.InvalidTerm, "the last instalment would be due over two hundred years after the first; add fewer");
        var periods = new AccrualPeriod[span.Count];
        var start = span.PeriodStart;
        for (var i = 0; i < span.Count; i++)
        {
            if (At(terms, span.FirstNumber + i, span.FirstSlot + i, start, i == 0 ? span.From : start, out periods[i]) is { } fault) return fault;
            start = periods[i].End;
        }

        return periods;
    }

    /// <summary>One period.</summary>
    /// <param name="terms">The terms.</param>
    /// <param name="number">Of its instalment.</param>
    /// <param name="slot">Its place among the due dates of the terms, from 0.</param>
    /// <param name="periodStart">Where it starts.</param>
    /// <param name="from">From when interest runs: the start or a later day within.</param>
    /// <param name="period">The period; none when refused.</param>
    internal static LoanRefusal? At(LoanTerms terms, int number, int slot, DateOnly periodStart, DateOnly from, out AccrualPeriod period)
    {
        period = default;
        var first = terms.FirstDueDate;
        var unadjusted = SlotDate(terms, first, slot);
        if (terms.Calendar.Adjust(unadjusted, terms.BusinessDays) is not { } due)
            return Bad($"there is no business day within {BusinessCalendar.MoveDaysMax} days of the due date {unadjusted:yyyy-MM-dd}; check the holidays");
        if (due <= terms.Drawdown) return Bad($"the due date {unadjusted:yyyy-MM-dd} moves to {due:yyyy-MM-dd}, which is not after the drawdown; use Following");
        var end = terms.AccrualDates == AccrualDates.Adjusted ? due : unadjusted;
        var before = SlotDate(terms, first, slot - 1);
        var fraction = Fraction(terms, slot, before, periodStart, end);
        if (from > periodStart) fraction = fraction.Less(terms.DayCount.Between(periodStart, from));
        period = new AccrualPeriod(number, from, end, due, unadjusted, before, fraction);
        return null;
    }

    /// <summary>The due date before adjustment at a place among those of the terms, from 0; −1 is the drawdown.</summary>
    public static DateOnly SlotDate(LoanTerms terms, int slot) => SlotDate(terms, terms.FirstDueDate, slot);

    private static DateOnly SlotDate(LoanTerms terms, DateOnly first, int slot)
    {
        if (slot < 0) return terms.Drawdown;
        if (terms.Amortisation is not Amortisation.Custom custom) return terms.Interval.After(first, terms.DueDayOfMonth, slot);
        // Places beyond the list follow by the interval.
        var beyond = slot - (custom.Instalments.Length - 1);
        return beyond <= 0 ? custom.Instalments[slot].Due : terms.Interval.After(custom.Instalments[^1].Due, custom.Instalments[^1].Due.Day, beyond);
    }

    private static YearFraction Fraction(LoanTerms terms, int slot, DateOnly before, DateOnly start, DateOnly end)
    {
        // Between two regular due dates the number of months is known, which the dates alone may not tell (31st, 28th, 31st).
        var isRegular = terms.DayCount == DayCount.MonthsOverTwelve && terms.Interval.Unit == IntervalUnit.Months && terms.AccrualDates == AccrualDates.Unadjusted
            && terms.Amortisation is not Amortisation.Custom && slot > 0 && start == before;
        return isRegular ? DayCounts.OfMonths(terms.Interval.Count) : terms.DayCount.Between(start, end);
    }

    private static LoanRefusal Bad(FormattableString message) => new(LoanFault.InvalidCalendar, message.ToString(CultureInfo.InvariantCulture));
}
