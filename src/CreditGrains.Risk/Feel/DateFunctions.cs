namespace CreditGrains.Risk.Feel;

/// <summary>Functions that make dates and times, or name their parts; what is none is null.</summary>
internal static class DateFunctions
{
    private static readonly string[] Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    private static readonly string[] Months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    public static FeelValue Date(FeelValue[] a)
    {
        if (a.Length == 1) return a[0].Kind == FeelKind.Text ? CalendarText.Date(a[0].Text) : FeelCalendar.DayOf(a[0]);
        if (a.Length != 3 || a.Any(part => part.Kind != FeelKind.Number || decimal.Truncate(part.Number) != part.Number)) return FeelValue.Null;
        var (year, month, day) = (a[0].Number, a[1].Number, a[2].Number);
        if (Math.Abs(year) > CivilDay.YearMax || month is < 1 or > 12 || day < 1 || day > CivilDay.DaysInMonth((long)year, (int)month)) return FeelValue.Null;
        return FeelValue.OfKind(FeelKind.Date, CivilDay.Number((long)year, (int)month, (int)day));
    }

    public static FeelValue Time(FeelValue[] a)
    {
        if (a.Length == 1)
        {
            return a[0].Kind switch
            {
                FeelKind.Text => CalendarText.Time(a[0].Text),
                // A date's time is its midnight in UTC.
                FeelKind.Date => FeelValue.OfTime(FeelKind.Time, 0, FeelZone.Utc),
                _ => FeelCalendar.TimeOf(a[0]),
            };
        }

        var zone = a.Length > 3 && a[3].Kind == FeelKind.DaysDuration ? FeelZone.Of(a[3].Number) : null;
        if (a.Length > 3 && !a[3].IsNull && zone is null) return FeelValue.Null;
        if (a[0].Kind != FeelKind.Number || a[1].Kind != FeelKind.Number || a[2].Kind != FeelKind.Number) return FeelValue.Null;
        var (hour, minute, second) = (a[0].Number, a[1].Number, a[2].Number);
        if (decimal.Truncate(hour) != hour || decimal.Truncate(minute) != minute || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or >= 60) return FeelValue.Null;
        return FeelValue.OfTime(FeelKind.Time, hour * 3_600 + minute * 60 + second, zone);
    }

    public static FeelValue DateAndTime(FeelValue[] a)
    {
        if (a.Length == 1)
        {
            if (a[0].Kind == FeelKind.Date) return FeelCalendar.Midnight(a[0]);
            if (a[0].Kind != FeelKind.Text) return a[0].Kind == FeelKind.DateTime ? a[0] : FeelValue.Null;
            var both = CalendarText.DateTime(a[0].Text);
            // A date alone is its midnight.
            return both.IsNull && CalendarText.Date(a[0].Text) is { IsNull: false } date ? FeelCalendar.Join(date, FeelValue.OfKind(FeelKind.Time, 0)) : both;
        }

        var (day, time) = (FeelCalendar.DayOf(a[0]), a[1].Kind == FeelKind.Time ? a[1] : FeelValue.Null);
        return day.IsNull || time.IsNull ? FeelValue.Null : FeelCalendar.Join(day, time);
    }

    public static FeelValue OfDay(in FeelValue value, Func<decimal, FeelValue> function) => FeelCalendar.DayOf(value) is { IsNull: false } day ? function(day.Number) : FeelValue.Null;

    public static FeelValue DayName(decimal day) => FeelValue.Of(Days[CivilDay.Weekday(day) - 1]);

    public static FeelValue MonthName(decimal day) => FeelValue.Of(Months[CivilDay.Parts(day).Month - 1]);
}
