namespace CreditGrains.Risk.Feel;

/// <summary>Functions that make dates and times; what is none is null.</summary>
internal static class DateFunctions
{
    private const decimal YearMax = 9_999;

    public static FeelValue Date(FeelValue[] a)
    {
        if (a.Length == 1) return a[0].Kind == FeelKind.Text ? FeelCalendar.Date(a[0].Text) : FeelCalendar.DayOf(a[0]);
        if (a.Length != 3 || a.Any(part => part.Kind != FeelKind.Number || decimal.Truncate(part.Number) != part.Number)) return FeelValue.Null;
        var (year, month, day) = (a[0].Number, a[1].Number, a[2].Number);
        if (year is < 1 or > YearMax || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth((int)year, (int)month)) return FeelValue.Null;
        return FeelValue.Of(new DateOnly((int)year, (int)month, (int)day));
    }

    public static FeelValue Time(FeelValue[] a)
    {
        if (a.Length == 1) return a[0].Kind == FeelKind.Text ? FeelCalendar.Time(a[0].Text) : FeelCalendar.TimeOf(a[0]);
        if (a.Length != 3 || a.Any(part => part.Kind != FeelKind.Number)) return FeelValue.Null;
        var (hour, minute, second) = (a[0].Number, a[1].Number, a[2].Number);
        if (decimal.Truncate(hour) != hour || decimal.Truncate(minute) != minute || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or >= 60) return FeelValue.Null;
        return FeelValue.OfKind(FeelKind.Time, hour * 3_600 + minute * 60 + second);
    }

    public static FeelValue DateAndTime(FeelValue[] a)
    {
        if (a.Length == 1)
        {
            if (a[0].Kind != FeelKind.Text) return a[0].Kind == FeelKind.DateTime ? a[0] : FeelValue.Null;
            var both = FeelCalendar.DateTime(a[0].Text);
            // A date alone is its midnight.
            return both.IsNull && FeelCalendar.Date(a[0].Text) is { IsNull: false } date ? FeelCalendar.Join(date, FeelValue.OfKind(FeelKind.Time, 0)) : both;
        }

        var (day, time) = (FeelCalendar.DayOf(a[0]), FeelCalendar.TimeOf(a[1]));
        return day.IsNull || time.IsNull ? FeelValue.Null : FeelCalendar.Join(day, time);
    }
}
