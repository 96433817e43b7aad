using System.Globalization;
using System.Text.RegularExpressions;

namespace CreditGrains.Risk.Feel;

/// <summary>Dates, times and durations as texts: XML Schema's forms, with zone names behind @ as DMN adds them (DMN 1.3 §10.3.2.3.4).</summary>
internal static partial class CalendarText
{
    private const decimal SecondsPerDay = 86_400;

    public static FeelValue Date(string text)
    {
        var match = DateForm().Match(text);
        return match.Success && TryDay(match, out var day) ? FeelValue.OfKind(FeelKind.Date, day) : FeelValue.Null;
    }

    public static FeelValue Time(string text) =>
        TimeForm().Match(text) is { Success: true } match && TryTime(match, out var seconds, out var zone) ? FeelValue.OfTime(FeelKind.Time, seconds % SecondsPerDay, zone) : FeelValue.Null;

    public static FeelValue DateTime(string text)
    {
        var split = text.IndexOf('T', StringComparison.Ordinal);
        if (split < 0) return FeelValue.Null;
        var date = Date(text[..split]);
        if (date.IsNull || TimeForm().Match(text[(split + 1)..]) is not { Success: true } match || !TryTime(match, out var seconds, out var zone)) return FeelValue.Null;
        return FeelValue.OfTime(FeelKind.DateTime, date.Number * SecondsPerDay + seconds, zone);
    }

    /// <summary>Reads PnYnM or PnDTnHnMnS, with a sign.</summary>
    public static FeelValue Duration(string text)
    {
        var match = DurationForm().Match(text);
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

    /// <summary>As ISO 8601.</summary>
    public static string Write(in FeelValue value) => value.Kind switch
    {
        FeelKind.Date => WriteDay(value.Number),
        FeelKind.DateTime => $"{WriteDay(decimal.Floor(value.Number / SecondsPerDay))}T{WriteTime(value.Number - decimal.Floor(value.Number / SecondsPerDay) * SecondsPerDay)}{value.Zone}",
        FeelKind.Time => WriteTime(value.Number) + value.Zone,
        FeelKind.MonthsDuration => WriteMonths(value.Number),
        FeelKind.DaysDuration => WriteSeconds(value.Number),
        _ => "",
    };

    private static bool TryDay(Match match, out long day)
    {
        var year = long.Parse(match.Groups["y"].ValueSpan, CultureInfo.InvariantCulture) * (match.Groups["sign"].Length > 0 ? -1 : 1);
        var (month, dayOfMonth) = ((int)Part(match, "m"), (int)Part(match, "d"));
        day = 0;
        if (month is < 1 or > 12 || dayOfMonth < 1 || dayOfMonth > CivilDay.DaysInMonth(year, month)) return false;
        day = CivilDay.Number(year, month, dayOfMonth);
        return true;
    }

    private static bool TryTime(Match match, out decimal seconds, out FeelZone? zone)
    {
        seconds = 3_600 * Part(match, "h") + 60 * Part(match, "m") + Part(match, "s");
        zone = null;
        // 24:00:00 is the end of the day.
        if (seconds > SecondsPerDay || Part(match, "m") > 59 || Part(match, "s") >= 60) return false;
        if (match.Groups["name"].Success) return (zone = FeelZone.Named(match.Groups["name"].Value)) is not null;
        if (match.Groups["utc"].Success) zone = FeelZone.Utc;
        if (!match.Groups["offset"].Success) return true;
        if (Part(match, "om") > 59 || Part(match, "os") > 59) return false;
        zone = FeelZone.Of((match.Groups["osign"].Value == "-" ? -1 : 1) * (3_600 * Part(match, "oh") + 60 * Part(match, "om") + Part(match, "os")));
        return zone is not null;
    }

    private static string WriteDay(decimal number)
    {
        var (year, month, day) = CivilDay.Parts(number);
        return string.Create(CultureInfo.InvariantCulture, $"{(year < 0 ? "-" : "")}{Math.Abs(year):0000}-{month:00}-{day:00}");
    }

    private static string WriteTime(decimal seconds)
    {
        var whole = decimal.Floor(seconds);
        var text = string.Create(CultureInfo.InvariantCulture, $"{(int)(whole / 3_600):00}:{(int)(whole / 60 % 60):00}:{(int)(whole % 60):00}");
        return whole == seconds ? text : text + (seconds - whole).ToString("0.#########", CultureInfo.InvariantCulture)[1..];
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
        var time = string.Create(CultureInfo.InvariantCulture, $"{(hours != 0 ? $"{hours}H" : "")}{(minutes != 0 ? $"{minutes}M" : "")}{(rest != 0 ? $"{rest:0.#########}S" : "")}");
        if (days == 0 && time.Length == 0) return "PT0S";
        return string.Create(CultureInfo.InvariantCulture, $"{(seconds < 0 ? "-" : "")}P{(days != 0 ? $"{days:0}D" : "")}{(time.Length > 0 ? "T" + time : "")}");
    }

    private static decimal Part(Match match, string group) => match.Groups[group].Success ? decimal.Parse(match.Groups[group].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?<sign>-?)(?<y>[0-9]{4}|[1-9][0-9]{4,8})-(?<m>[0-9]{2})-(?<d>[0-9]{2})\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex DateForm();

    [GeneratedRegex(@"^(?<h>[0-9]{2}):(?<m>[0-9]{2}):(?<s>[0-9]{2}(\.[0-9]{1,9})?)((?<utc>Z)|(?<offset>(?<osign>[+-])(?<oh>[0-9]{2}):(?<om>[0-9]{2})(:(?<os>[0-9]{2}))?)|@(?<name>[A-Za-z0-9/_+-]{1,64}))?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex TimeForm();

    [GeneratedRegex(@"^(?<sign>-?)P((?<y>[0-9]{1,12})Y)?((?<mo>[0-9]{1,12})M)?((?<d>[0-9]{1,12})D)?(?<t>T((?<h>[0-9]{1,12})H)?((?<m>[0-9]{1,12})M)?((?<s>[0-9]{1,12}(\.[0-9]{0,9})?)S)?)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex DurationForm();
}
