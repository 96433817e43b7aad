namespace CreditGrains.Risk.Feel;

/// <summary>
/// Dates, times and durations: their parts, order and arithmetic (DMN 1.3 tables 53 to 58). A time with a zone and one without cannot be compared, which is null: whose clock
/// the second is by is not known.
/// </summary>
internal static class FeelCalendar
{
    private const decimal SecondsPerDay = 86_400;

    /// <summary>Reads a date, a date and time, a time or a duration.</summary>
    /// <returns>Null when it is none.</returns>
    public static FeelValue Read(string text)
    {
        if (CalendarText.Date(text) is { IsNull: false } date) return date;
        if (CalendarText.DateTime(text) is { IsNull: false } both) return both;
        return CalendarText.Time(text) is { IsNull: false } time ? time : CalendarText.Duration(text);
    }

    /// <summary>A date and a time of day as one, with the time's zone.</summary>
    public static FeelValue Join(in FeelValue date, in FeelValue time) => FeelValue.OfTime(FeelKind.DateTime, date.Number * SecondsPerDay + time.Number, time.Zone);

    /// <summary>The day of a date and time.</summary>
    public static FeelValue DayOf(in FeelValue value) =>
        value.Kind == FeelKind.DateTime ? FeelValue.OfKind(FeelKind.Date, decimal.Floor(value.Number / SecondsPerDay)) : value.Kind == FeelKind.Date ? value : FeelValue.Null;

    /// <summary>The time of a date and time, with its zone.</summary>
    public static FeelValue TimeOf(in FeelValue value) => value.Kind == FeelKind.DateTime
        ? FeelValue.OfTime(FeelKind.Time, value.Number - decimal.Floor(value.Number / SecondsPerDay) * SecondsPerDay, value.Zone)
        : value.Kind == FeelKind.Time ? value : FeelValue.Null;

    /// <summary>A date as its midnight in UTC, which is what stands for it beside a date and time (DMN 1.3 §10.3.2.3.6).</summary>
    public static FeelValue Midnight(in FeelValue date) => FeelValue.OfTime(FeelKind.DateTime, date.Number * SecondsPerDay, FeelZone.Utc);

    /// <summary>Seconds in UTC of a time with a zone, local seconds of one without; null where a zone's offset is not known without a day.</summary>
    public static decimal? Instant(in FeelValue value) => value.Zone is not { } zone ? value.Number
        : zone.OffsetAt(value.Kind == FeelKind.DateTime ? value.Number : null) is { } offset ? value.Number - offset : null;

    /// <summary>A time without the part of its second.</summary>
    public static FeelValue WholeSeconds(in FeelValue value) => FeelValue.OfTime(value.Kind, decimal.Floor(value.Number), value.Zone);

    /// <summary>Below 0, 0 or above 0; null when the two cannot be put in order.</summary>
    public static int? Compare(in FeelValue a, in FeelValue b)
    {
        if (a.Zone is null && b.Zone is null) return a.Number.CompareTo(b.Number);
        if (a.Zone is null || b.Zone is null) return null;
        if (a.Zone.IsSame(b.Zone) && a.Kind == FeelKind.Time) return a.Number.CompareTo(b.Number);
        return Instant(a) is { } first && Instant(b) is { } second ? first.CompareTo(second) : null;
    }

    /// <summary>A date, time or date and time moved by a duration.</summary>
    /// <returns>Null when it cannot be, or leaves the calendar.</returns>
    public static FeelValue Shift(in FeelValue value, in FeelValue duration, int sign) => (value.Kind, duration.Kind) switch
    {
        (FeelKind.Date, FeelKind.DaysDuration) => Day(decimal.Floor((value.Number * SecondsPerDay + sign * duration.Number) / SecondsPerDay)),
        (FeelKind.Date, FeelKind.MonthsDuration) => AddMonths(value.Number, sign * duration.Number),
        (FeelKind.DateTime, FeelKind.DaysDuration) => Moment(value.Number + sign * duration.Number, value.Zone),
        (FeelKind.DateTime, FeelKind.MonthsDuration) => AddMonths(DayOf(value).Number, sign * duration.Number) is { IsNull: false } day ? Join(day, TimeOf(value)) : FeelValue.Null,
        (FeelKind.Time, FeelKind.DaysDuration) => FeelValue.OfTime(FeelKind.Time, Modulo(value.Number + sign * duration.Number, SecondsPerDay), value.Zone),
        _ => FeelValue.Null,
    };

    /// <summary>The duration from one to another; a date counts as its midnight in UTC beside a date and time, and both have a zone or neither.</summary>
    public static FeelValue Between(in FeelValue a, in FeelValue b) => (a.Kind, b.Kind) switch
    {
        (FeelKind.Date, FeelKind.Date) => FeelValue.OfSeconds((a.Number - b.Number) * SecondsPerDay),
        (FeelKind.DateTime, FeelKind.DateTime) or (FeelKind.Time, FeelKind.Time) => Difference(a, b),
        (FeelKind.DateTime, FeelKind.Date) => Difference(a, Midnight(b)),
        (FeelKind.Date, FeelKind.DateTime) => Difference(Midnight(a), b),
        _ => FeelValue.Null,
    };

    /// <summary>Whole months from one date to another, towards zero.</summary>
    public static FeelValue MonthsBetween(in FeelValue from, in FeelValue to)
    {
        var (start, end) = (DayOf(from), DayOf(to));
        if (start.IsNull || end.IsNull) return FeelValue.Null;
        var (a, b) = (CivilDay.Parts(start.Number), CivilDay.Parts(end.Number));
        var months = (b.Year - a.Year) * 12 + b.Month - a.Month;
        if (months > 0 && b.Day < a.Day) months--;
        if (months < 0 && b.Day > a.Day) months++;
        return FeelValue.OfMonths(months);
    }

    /// <summary>A property of a date, time or duration, such as <c>year</c>; null when it has no such.</summary>
    public static FeelValue Property(in FeelValue value, string name)
    {
        if (value.Kind is FeelKind.MonthsDuration)
            return name switch { "years" => FeelValue.Of(decimal.Truncate(value.Number / 12)), "months" => FeelValue.Of(value.Number % 12), _ => FeelValue.Null };
        if (value.Kind is FeelKind.DaysDuration)
        {
            return name switch
            {
                "days" => FeelValue.Of(decimal.Truncate(value.Number / SecondsPerDay)),
                "hours" => FeelValue.Of(decimal.Truncate(value.Number % SecondsPerDay / 3_600)),
                "minutes" => FeelValue.Of(decimal.Truncate(value.Number % 3_600 / 60)),
                "seconds" => FeelValue.Of(value.Number % 60),
                _ => FeelValue.Null,
            };
        }

        var day = DayOf(value);
        // A date has the parts of its midnight in UTC.
        var time = value.Kind == FeelKind.Date ? FeelValue.OfTime(FeelKind.Time, 0, FeelZone.Utc) : TimeOf(value);
        return name switch
        {
            "year" when !day.IsNull => FeelValue.Of(CivilDay.Parts(day.Number).Year),
            "month" when !day.IsNull => FeelValue.Of(CivilDay.Parts(day.Number).Month),
            "day" when !day.IsNull => FeelValue.Of(CivilDay.Parts(day.Number).Day),
            "weekday" when !day.IsNull => FeelValue.Of(CivilDay.Weekday(day.Number)),
            "hour" when !time.IsNull => FeelValue.Of(decimal.Floor(time.Number / 3_600)),
            "minute" when !time.IsNull => FeelValue.Of(decimal.Floor(time.Number / 60) % 60),
            "second" when !time.IsNull => FeelValue.Of(time.Number % 60),
            "time offset" when value.Zone?.OffsetAt(value.Kind == FeelKind.DateTime ? value.Number : null) is { } offset => FeelValue.OfSeconds(offset),
            "time offset" when value.Kind == FeelKind.Date => FeelValue.OfSeconds(0),
            "timezone" => FeelValue.Of(value.Zone?.Name),
            _ => FeelValue.Null,
        };
    }

    private static FeelValue Difference(in FeelValue a, in FeelValue b)
    {
        if (a.Zone is null != b.Zone is null) return FeelValue.Null;
        if (a.Kind == FeelKind.Time && a.Zone is { } zone && zone.IsSame(b.Zone!)) return FeelValue.OfSeconds(a.Number - b.Number);
        return Instant(a) is { } first && Instant(b) is { } second ? FeelValue.OfSeconds(first - second) : FeelValue.Null;
    }

    private static FeelValue AddMonths(decimal day, decimal months)
    {
        var date = CivilDay.Parts(day);
        var moved = date.Year * 12 + date.Month - 1 + months;
        var year = decimal.Floor(moved / 12);
        if (Math.Abs(year) > CivilDay.YearMax) return FeelValue.Null;
        var month = (int)(moved - year * 12) + 1;
        return FeelValue.OfKind(FeelKind.Date, CivilDay.Number((long)year, month, Math.Min(date.Day, CivilDay.DaysInMonth((long)year, month))));
    }

    private static FeelValue Day(decimal day) => CivilDay.IsInRange(day) ? FeelValue.OfKind(FeelKind.Date, day) : FeelValue.Null;

    private static FeelValue Moment(decimal seconds, FeelZone? zone) =>
        CivilDay.IsInRange(decimal.Floor(seconds / SecondsPerDay)) ? FeelValue.OfTime(FeelKind.DateTime, seconds, zone) : FeelValue.Null;

    private static decimal Modulo(decimal value, decimal by) => value - decimal.Floor(value / by) * by;
}
