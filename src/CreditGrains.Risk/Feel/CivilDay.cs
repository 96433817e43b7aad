namespace CreditGrains.Risk.Feel;

/// <summary>
/// Days of the proleptic Gregorian calendar as numbers, 0 for 0001-01-01, years from −999,999,999 to 999,999,999 (DMN 1.3 §10.3.2.3.4 takes XML Schema's dates, without
/// a bound). Arithmetic of whole 400-year eras as in H. Hinnant, "chrono-compatible low-level date algorithms".
/// </summary>
internal static class CivilDay
{
    /// <summary>Largest year either way.</summary>
    public const long YearMax = 999_999_999;

    private const long DaysPerEra = 146_097;

    // 0000-03-01, where eras begin, is so many days before 0001-01-01.
    private const long EraStart = 306;

    public static readonly decimal First = Number(-YearMax, 1, 1);
    public static readonly decimal Last = Number(YearMax, 12, 31);

    /// <summary>The day's number.</summary>
    public static long Number(long year, int month, int day)
    {
        var y = month <= 2 ? year - 1 : year;
        var era = (y >= 0 ? y : y - 399) / 400;
        var yearOfEra = y - era * 400;
        var dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        return era * DaysPerEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - EraStart;
    }

    /// <summary>Year, month and day of a number.</summary>
    public static (long Year, int Month, int Day) Parts(decimal number)
    {
        var days = (long)number + EraStart;
        var era = (days >= 0 ? days : days - (DaysPerEra - 1)) / DaysPerEra;
        var dayOfEra = days - era * DaysPerEra;
        var yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = (int)(dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100));
        var shifted = (5 * dayOfYear + 2) / 153;
        var month = shifted < 10 ? shifted + 3 : shifted - 9;
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1);
    }

    public static bool IsInRange(decimal number) => number >= First && number <= Last;

    public static int DaysInMonth(long year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>1 for Monday to 7 for Sunday, as ISO 8601 counts. 0001-01-01 was a Monday.</summary>
    public static int Weekday(decimal number) => (int)(((long)number % 7 + 7) % 7) + 1;

    /// <summary>1 for the first day of the year.</summary>
    public static int DayOfYear(decimal number) => (int)((long)number - Number(Parts(number).Year, 1, 1)) + 1;

    /// <summary>Week by ISO 8601: that of the year which has its Thursday.</summary>
    public static int WeekOfYear(decimal number) => (DayOfYear(number + 4 - Weekday(number)) - 1) / 7 + 1;
}
