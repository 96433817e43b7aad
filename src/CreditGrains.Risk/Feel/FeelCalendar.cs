using System.Globalization;
using System.Text.RegularExpressions;

namespace CreditGrains.Risk.Feel;

/// <summary>
/// Dates, times and durations as ISO 8601 texts, and their arithmetic. Times with a zone or offset are not known here: they are null, so that no decision rests on
/// a place's clock.
/// </summary>
internal static partial class FeelCalendar
{
    private const decimal SecondsPerDay = 86_400;
    private const decimal DayMax = 3_652_058;

    /// <summary>Reads a date, a date and time, a time or a duration.</summary>
    /// <returns>Null when it is none.</returns>
    public static FeelValue Read(string text)
    {
        if (Date(text) is { IsNull: false } date) return date;
        if (DateTime(text) is { IsNull: false } both) return both;
        return Time(text) is { IsNull: false } time ? time : Duration(text);
    }

    public static FeelValue Date(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? FeelValue.Of(date) : FeelValue.Null;

    public static FeelValue Time(string text) =>
        TimeOnly.TryParseExact(text, ["HH:mm:ss", "HH:mm:ss.FFFFFFF"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? FeelValue.Of(time) : FeelValue.Null;

    public static FeelValue DateTime(string text)
    {
        var split = text.IndexOf('T', StringComparison.Ordinal);
        if (split < 0) return FeelValue.Null;
        var date = Date(text[..split]);
        var time = Time(text[(split + 1)..]);
        return date.IsNull || time.IsNull ? FeelValue.Null : Join(date, time);
    }

    /// <summary>A date and a time of day as one.</summary>
    public static FeelValue Join(in FeelValue date, in FeelValue time) => FeelValue.OfKind(FeelKind.DateTime, date.Number * SecondsPerDay + time.Number);

    /// <summary>The day of a date and time.</summary>
    public static FeelValue DayOf(in FeelValue value) =>
        value.Kind == FeelKind.DateTime ? FeelValue.OfKind(FeelKind.Date, decimal.Floor(value.Number / SecondsPerDay)) : value.Kind == FeelKind.Date ? value : FeelValue.Null;

    /// <summary>The time of a date and time.</summary>
    public static FeelValue TimeOf(in FeelValue value) =>
        value.Kind == FeelKind.DateTime ? FeelValue.OfKind(FeelKind.Time, value.Number - decimal.Floor(value.Number / SecondsPerDay) * SecondsPerDay) : value.Kind == FeelKind.Time ? value : FeelValue.Null;

    /// <summary>Reads PnYnM or PnDTnHnMnS, with a sign.</summary>
    public static FeelValue Duration(string text)
    {
        var match = DurationText().Match(text);
        if (!match.Success || text.EndsWith('P') || text.EndsWith('T')) return FeelValue.Null;
        try
        {
            var sign = match.Groups["sign"].Length > 0 ? -1 : 1;
            var isMonths = match.Groups["y"].Success || match.Groups["mo"].Success;
            var isDays = match.Groups["d"].Success || match.Groups["t"].Success;
            if (isMonths == isDays) return FeelValue.Null;
            return isMonths
                ? FeelValue.OfMonths(sign * (12 * Part(match, "y") + Part(match, "mo")))
                : FeelValue.OfSeconds(sign * (SecondsPerDay * Part(match, "d") + 3_600 * Part(match, "h") + 60 * Part(match, "m") + Part(match, "s")));
        }
        catch (OverflowException)
        {
            return FeelValue.Null;
        }
    }

    /// <summary>A date, time or date and time moved by a duration.</summary>
    /// <returns>Null when it cannot be, or leaves the calendar.</returns>
    public static FeelValue Shift(in FeelValue value, in FeelValue duration, int sign) => (value.Kind, duration.Kind) switch
    {
        (FeelKind.Date, FeelKind.DaysDuration) => Day(decimal.Floor((value.Number * SecondsPerDay + sign * duration.Number) / SecondsPerDay)),
        (FeelKind.Date, FeelKind.MonthsDuration) => AddMonths(value.Number, sign * duration.Number),
        (FeelKind.DateTime, FeelKind.DaysDuration) => Moment(value.Number + sign * duration.Number),
        (FeelKind.DateTime, FeelKind.MonthsDuration) => AddMonths(DayOf(value).Number, sign * duration.Number) is { IsNull: false } day ? Join(day, TimeOf(value)) : FeelValue.Null,
        (FeelKind.Time, FeelKind.DaysDuration) => FeelValue.OfKind(FeelKind.Time, Modulo(value.Number + sign * duration.Number, SecondsPerDay)),
        _ => FeelValue.Null,
    };

    /// <summary>The duration from one to another of the same kind; a date counts as its midnight beside a date and time.</summary>
    public static FeelValue Between(in FeelValue a, in FeelValue b) => (a.Kind, b.Kind) switch
    {
        (FeelKind.Date, FeelKind.Date) => FeelValue.OfSeconds((a.Number - b.Number) * SecondsPerDay),
        (FeelKind.DateTime, FeelKind.DateTime) or (FeelKind.Time, FeelKind.Time) => FeelValue.OfSeconds(a.Number - b.Number),
        (FeelKind.DateTime, FeelKind.Date) => FeelValue.OfSeconds(a.Number - b.Number * SecondsPerDay),
        (FeelKind.Date, FeelKind.DateTime) => FeelValue.OfSeconds(a.Number * SecondsPerDay - b.Number),
        _ => FeelValue.Null,
    };

    /// <summary>Whole months from one date to another, towards zero.</summary>
    public static FeelValue MonthsBetween(in FeelValue from, in FeelValue to)
    {
        var (start, end) = (DayOf(from), DayOf(to));
        if (start.IsNull || end.IsNull) return FeelValue.Null;
        var (a, b) = (DateOnly.FromDayNumber((int)start.Number), DateOnly.FromDayNumber((int)end.Number));
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
        var time = TimeOf(value);
        return name switch
        {
            "year" or "month" or "day" or "weekday" when !day.IsNull => FeelValue.Of(DayPart(DateOnly.FromDayNumber((int)day.Number), name)),
            "hour" when !time.IsNull => FeelValue.Of(decimal.Floor(time.Number / 3_600)),
            "minute" when !time.IsNull => FeelValue.Of(decimal.Floor(time.Number / 60) % 60),
            "second" when !time.IsNull => FeelValue.Of(time.Number % 60),
            _ => FeelValue.Null,
        };
    }

    /// <summary>As ISO 8601.</summary>
    public static string Write(in FeelValue value) => value.Kind switch
    {
        FeelKind.Date => DateOnly.FromDayNumber((int)value.Number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        FeelKind.DateTime => $"{Write(DayOf(value))}T{Write(TimeOf(value))}",
        FeelKind.Time => WriteTime(value.Number),
        FeelKind.MonthsDuration => WriteMonths(value.Number),
        FeelKind.DaysDuration => WriteSeconds(value.Number),
        _ => "",
    };

    private static string WriteTime(decimal seconds)
    {
        var whole = decimal.Floor(seconds);
        var text = string.Create(CultureInfo.InvariantCulture, $"{(int)(whole / 3_600):00}:{(int)(whole / 60 % 60):00}:{(int)(whole % 60):00}");
        return whole == seconds ? text : text + (seconds - whole).ToString("0.#######", CultureInfo.InvariantCulture)[1..];
    }

    private static string WriteMonths(decimal months)
    {
        var (years, rest) = (decimal.Truncate(Math.Abs(months) / 12), Math.Abs(months) % 12);
        return string.Create(CultureInfo.InvariantCulture, $"{(months < 0 ? "-" : "")}P{(years != 0 ? $"{years}Y" : "")}{(rest != 0 || years == 0 ? $"{rest}M" : "")}");
    }

    private static string WriteSeconds(decimal seconds)
    {
        var left = Math.Abs(seconds);
        var days = decimal.Truncate(left / SecondsPerDay);
        left -= days * SecondsPerDay;
        var (hours, minutes, rest) = (decimal.Truncate(left / 3_600), decimal.Truncate(left % 3_600 / 60), left % 60);
        var time = string.Create(CultureInfo.InvariantCulture, $"{(hours != 0 ? $"{hours}H" : "")}{(minutes != 0 ? $"{minutes}M" : "")}{(rest != 0 ? $"{rest:0.#######}S" : "")}");
        if (days == 0 && time.Length == 0) return "PT0S";
        return string.Create(CultureInfo.InvariantCulture, $"{(seconds < 0 ? "-" : "")}P{(days != 0 ? $"{days}D" : "")}{(time.Length > 0 ? "T" + time : "")}");
    }

    private static int DayPart(DateOnly date, string name) => name switch
    {
        "year" => date.Year,
        "month" => date.Month,
        "day" => date.Day,
        // ISO: Monday is 1.
        _ => date.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)date.DayOfWeek,
    };

    private static FeelValue AddMonths(decimal day, decimal months)
    {
        if (Math.Abs(months) > 120_000) return FeelValue.Null;
        var date = DateOnly.FromDayNumber((int)day);
        var moved = date.Year * 12 + date.Month - 1 + (int)months;
        var (year, month) = (Math.DivRem(moved, 12).Quotient, moved % 12 + 1);
        if (moved < 12 || year > 9999) return FeelValue.Null;
        return FeelValue.Of(new DateOnly(year, month, Math.Min(date.Day, System.DateTime.DaysInMonth(year, month))));
    }

    private static FeelValue Day(decimal day) => day is >= 0 and <= DayMax ? FeelValue.OfKind(FeelKind.Date, day) : FeelValue.Null;

    private static FeelValue Moment(decimal seconds) => seconds >= 0 && seconds < (DayMax + 1) * SecondsPerDay ? FeelValue.OfKind(FeelKind.DateTime, seconds) : FeelValue.Null;

    private static decimal Modulo(decimal value, decimal by) => value - decimal.Floor(value / by) * by;

    private static decimal Part(Match match, string group) => match.Groups[group].Success ? decimal.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?<sign>-?)P((?<y>\d{1,9})Y)?((?<mo>\d{1,9})M)?((?<d>\d{1,9})D)?(?<t>T((?<h>\d{1,9})H)?((?<m>\d{1,9})M)?((?<s>\d{1,9}(\.\d{1,9})?)S)?)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex DurationText();
}
