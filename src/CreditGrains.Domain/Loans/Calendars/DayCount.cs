namespace CreditGrains.Domain.Loans.Calendars;

/// <summary>How a time between two dates becomes a part of a year. docs/loans.md gives each formula and its source.</summary>
public enum DayCount
{
    /// <summary>
    /// 30/360 as US mortgage securities use it (BMA Standard Formulas): a first day that is the 31st or the last of February counts as 30;
    /// then a second day of 31 counts as 30 if the first is 30.
    /// </summary>
    Thirty360Us = 0,

    /// <summary>30E/360 (ISDA 2006, 4.16(g)): the 31st counts as 30 on both sides; February is as it is.</summary>
    Thirty360European = 1,

    /// <summary>30E/360 ISDA (2006, 4.16(h)): the last day of any month counts as 30. The end of a loan's last period in February, which that rule leaves out, counts so too.</summary>
    Thirty360EuropeanIsda = 2,

    /// <summary>Days over 360.</summary>
    Actual360 = 3,

    /// <summary>Days over 365, leap years too.</summary>
    Actual365Fixed = 4,

    /// <summary>ACT/ACT ISDA (2006, 4.16(b)): days in leap years over 366, others over 365.</summary>
    ActualActualIsda = 5,

    /// <summary>Whole months over 12, further days over 360: the month's rate is a twelfth of the year's, as Chinese retail loans have it.</summary>
    MonthsOverTwelve = 6,
}

/// <summary>A part of a year as an exact fraction. The default value is not valid.</summary>
/// <param name="Numerator">0 or more.</param>
/// <param name="Denominator">1 or more; the same for all fractions of one day count.</param>
public readonly record struct YearFraction(long Numerator, long Denominator)
{
    /// <summary>What is left of this after a part of it, at least 0. Both are of the same day count.</summary>
    public YearFraction Less(YearFraction part) => this with { Numerator = Math.Max(0, Numerator - part.Numerator) };
}

/// <summary>The formulas of <see cref="DayCount"/>.</summary>
public static class DayCounts
{
    private const long ActualActualDenominator = 365 * 366;

    /// <summary>The part of a year from one date to another.</summary>
    /// <param name="dayCount">The convention.</param>
    /// <param name="start">First date.</param>
    /// <param name="end">Second date; not before the first.</param>
    public static YearFraction Between(this DayCount dayCount, DateOnly start, DateOnly end) => dayCount switch
    {
        DayCount.Thirty360Us => new(Thirty360(start, end, UsDays(start, end)), 360),
        DayCount.Thirty360European => new(Thirty360(start, end, (Math.Min(30, start.Day), Math.Min(30, end.Day))), 360),
        DayCount.Thirty360EuropeanIsda => new(Thirty360(start, end, (IsLastOfMonth(start) ? 30 : start.Day, IsLastOfMonth(end) ? 30 : end.Day)), 360),
        DayCount.Actual360 => new(Days(start, end), 360),
        DayCount.Actual365Fixed => new(Days(start, end), 365),
        DayCount.ActualActualIsda => new(ActualActual(start, end), ActualActualDenominator),
        DayCount.MonthsOverTwelve => new(MonthsAndDays(start, end), 360),
        _ => throw new ArgumentOutOfRangeException(nameof(dayCount), dayCount, "no such day count"),
    };

    /// <summary>The part of a year of a number of whole months, for a period that is known to have them whatever the length of its months.</summary>
    public static YearFraction OfMonths(int months) => new(30L * months, 360);

    /// <summary>Whether a date is the last of its month.</summary>
    public static bool IsLastOfMonth(DateOnly date) => date.Day == DateTime.DaysInMonth(date.Year, date.Month);

    private static long Days(DateOnly start, DateOnly end) => end.DayNumber - start.DayNumber;

    private static long Thirty360(DateOnly start, DateOnly end, (int First, int Second) days) =>
        Math.Max(0, 360L * (end.Year - start.Year) + 30L * (end.Month - start.Month) + (days.Second - days.First));

    private static (int First, int Second) UsDays(DateOnly start, DateOnly end)
    {
        var first = start.Day == 31 || (start.Month == 2 && IsLastOfMonth(start)) ? 30 : start.Day;
        return (first, first == 30 && end.Day == 31 ? 30 : end.Day);
    }

    private static long ActualActual(DateOnly start, DateOnly end)
    {
        var sum = 0L;
        // At most a hundred years: the bound of a loan's term.
        for (var from = start; from < end;)
        {
            var yearEnd = new DateOnly(from.Year + 1, 1, 1);
            var until = yearEnd < end ? yearEnd : end;
            sum += Days(from, until) * (DateTime.IsLeapYear(from.Year) ? 365 : 366);
            from = until;
        }

        return sum;
    }

    private static long MonthsAndDays(DateOnly start, DateOnly end)
    {
        var months = 12 * (end.Year - start.Year) + end.Month - start.Month;
        if (IsLastOfMonth(start) && IsLastOfMonth(end)) return 30L * months;
        if (start.AddMonths(months) > end) months--;
        return 30L * months + Days(start.AddMonths(months), end);
    }
}
