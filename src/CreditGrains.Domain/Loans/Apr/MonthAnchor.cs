namespace CreditGrains.Domain.Loans.Apr;

/// <summary>
/// From which day of a month months are measured, Appendix J (b)(3)(iv): a series on last days goes from last day to last day; one on
/// the 29th or 30th uses the last of February. All other dates are measured from the same day of the month.
/// </summary>
/// <param name="Day">31 for last days, 29 or 30 for such a series, 0 for none.</param>
internal readonly record struct MonthAnchor(int Day)
{
    /// <summary>The anchor of a series of dates.</summary>
    public static MonthAnchor Of(IReadOnlyList<DateOnly> dates)
    {
        // In a series on two days of the month, only the later one can be a last day.
        var late = dates.Where(date => date.Day > 15).ToArray();
        if (late.Length < 2) return default;
        if (late.All(date => date.Day == DaysIn(date))) return new MonthAnchor(31);
        var day = late.Max(date => date.Day);
        return day is 29 or 30 && late.All(date => date.Day == Math.Min(day, DaysIn(date))) ? new MonthAnchor(day) : default;
    }

    /// <summary>The date some months before or after another.</summary>
    public DateOnly Shift(DateOnly date, int months)
    {
        var day = Day > 0 && date.Day == Math.Min(Day, DaysIn(date)) ? Day : date.Day;
        var month = new DateOnly(date.Year, date.Month, 1).AddMonths(months);
        return new DateOnly(month.Year, month.Month, Math.Min(day, DaysIn(month)));
    }

    /// <summary>Whole months measured back from the later date, and the days from the earlier date to where they start.</summary>
    public (int Months, int Days) Back(DateOnly earlier, DateOnly later)
    {
        var months = 12 * (later.Year - earlier.Year) + later.Month - earlier.Month;
        if (Shift(later, -months) < earlier) months--;
        return (months, Shift(later, -months).DayNumber - earlier.DayNumber);
    }

    private static int DaysIn(DateOnly date) => DateTime.DaysInMonth(date.Year, date.Month);
}
