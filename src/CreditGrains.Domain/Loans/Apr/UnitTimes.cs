namespace CreditGrains.Domain.Loans.Apr;

/// <summary>Unit-periods between two dates, Appendix J (b)(5).</summary>
internal static class UnitTimes
{
    /// <summary>The time of each date of a series from the start of the term.</summary>
    /// <param name="unit">The unit-period.</param>
    /// <param name="start">Where the term starts.</param>
    /// <param name="dates">In order.</param>
    public static UnitTime[] Of(UnitPeriod unit, DateOnly start, IReadOnlyList<DateOnly> dates)
    {
        var anchor = MonthAnchor.Of(dates);
        var times = new UnitTime[dates.Count];
        for (var i = 0; i < times.Length; i++)
        {
            // Half months are of unequal length: in a series the time to the first date is measured and the rest counted.
            times[i] = unit.Kind == UnitPeriodKind.Semimonth && i > 0 && HalfMonths(dates[i - 1], dates[i], anchor) is { } halves
                ? times[i - 1] with { Whole = times[i - 1].Whole + halves }
                : Between(unit, start, dates[i], anchor);
        }

        return times;
    }

    private static UnitTime Between(UnitPeriod unit, DateOnly start, DateOnly date, MonthAnchor anchor)
    {
        if (date == start) return default;
        switch (unit.Kind)
        {
            case UnitPeriodKind.TermInDays or UnitPeriodKind.TermInMonths:
                return new UnitTime(1, 0);
            case UnitPeriodKind.Day or UnitPeriodKind.Week:
                return Split(date.DayNumber - start.DayNumber, unit.Days);
            case UnitPeriodKind.Year:
                return Years(start, date, anchor);
            default:
                var (months, days) = anchor.Back(start, date);
                // A single month divides odd days by 30, of which there may be 30: that is not yet a whole unit-period more.
                return unit == new UnitPeriod(UnitPeriodKind.Month, 1) ? new UnitTime(months, days / 30.0) : Split(30 * months + days, unit.Days);
        }
    }

    private static UnitTime Years(DateOnly start, DateOnly date, MonthAnchor anchor)
    {
        var (months, days) = anchor.Back(start, date);
        if (days == 0) return new UnitTime(months / 12, months % 12 / 12.0);
        var years = months / 12;
        return new UnitTime(years, (anchor.Shift(date, -12 * years).DayNumber - start.DayNumber) / 365.0);
    }

    private static UnitTime Split(int days, int length) => new(days / length, days % length / (double)length);

    private static int? HalfMonths(DateOnly from, DateOnly to, MonthAnchor anchor)
    {
        var (months, odd) = anchor.Back(from, to);
        return odd == 0 ? 2 * months : odd is >= 12 and <= 18 ? 2 * months + 1 : null;
    }
}
