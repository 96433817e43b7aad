namespace CreditGrains.Domain.Loans.Calendars;

/// <summary>Last days of calendar months.</summary>
public static class MonthEnds
{
    /// <summary>The last one that is not after a date.</summary>
    public static DateOnly LastUpTo(DateOnly date) => DayCounts.IsLastOfMonth(date) || date.DayNumber < date.Day ? date : date.AddDays(-date.Day);

    /// <summary>The first one after a date.</summary>
    public static DateOnly After(DateOnly date)
    {
        var next = DayCounts.IsLastOfMonth(date) && date < DateOnly.MaxValue ? date.AddDays(1) : date;
        return new DateOnly(next.Year, next.Month, DateTime.DaysInMonth(next.Year, next.Month));
    }
}
