using System.Globalization;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Dashboard.Texts;

/// <summary>Numbers as people read them; the same in every language.</summary>
internal static class Figures
{
    private const long Unlimited = 1L << 60;

    /// <summary>Minor units with their currency, such as "1,234.50 EUR".</summary>
    public static string Money(long minor, Currency currency) => $"{Amount(minor, currency)} {currency.Code}";

    /// <summary>Minor units without currency.</summary>
    public static string Amount(long minor, Currency currency)
    {
        decimal unit = 1;
        for (var i = 0; i < currency.MinorUnitDigits; i++) unit *= 10;
        return (minor / unit).ToString("N" + currency.MinorUnitDigits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>Minor units shortened, such as "23.4M EUR", for places with little room.</summary>
    public static string Short(long minor, Currency currency) => $"{ShortUnits(minor, currency)} {currency.Code}";

    /// <summary>The same where the currency is said beside.</summary>
    public static string ShortUnits(long minor, Currency currency)
    {
        var units = Units(minor, currency);
        var (value, suffix) = Math.Abs(units) switch { >= 1e9 => (units / 1e9, "B"), >= 1e6 => (units / 1e6, "M"), >= 1e4 => (units / 1e3, "K"), _ => (units, "") };
        return $"{value.ToString("0.#", CultureInfo.InvariantCulture)}{suffix}";
    }

    /// <summary>A limit; 2^60 is none.</summary>
    public static string Limit(long minor, Currency currency) => minor >= Unlimited ? "∞" : Amount(minor, currency);

    /// <summary>What is left of a node's limit; of none, endless.</summary>
    public static string Headroom(NodeView node) => node.Limit >= Unlimited ? "∞" : node.Headroom is { } headroom ? Amount(headroom, node.Currency) : "–";

    /// <summary>Whole units of money for a chart's axis.</summary>
    public static double Units(double minor, Currency currency) => minor / Math.Pow(10, currency.MinorUnitDigits);

    public static string Count(double number) => number.ToString(number is > -10 and < 10 && number != Math.Round(number) ? "N1" : "N0", CultureInfo.InvariantCulture);

    /// <summary>A ratio as percent, such as "12.3 %".</summary>
    public static string Percent(double? ratio, int digits = 1) =>
        ratio is { } value && double.IsFinite(value) ? (100 * value).ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) + " %" : "–";

    /// <summary>Microseconds in the unit that reads best.</summary>
    public static string Duration(double? micros) => micros switch
    {
        null => "–",
        < 1_000 => micros.Value.ToString("N0", CultureInfo.InvariantCulture) + " µs",
        < 1_000_000 => (micros.Value / 1_000).ToString("N1", CultureInfo.InvariantCulture) + " ms",
        _ => (micros.Value / 1_000_000).ToString("N1", CultureInfo.InvariantCulture) + " s",
    };

    /// <summary>Bytes in the unit that reads best.</summary>
    public static string Bytes(double bytes) => bytes switch
    {
        < 10_000 => bytes.ToString("N0", CultureInfo.InvariantCulture) + " B",
        < 10_000_000 => (bytes / 1024).ToString("N1", CultureInfo.InvariantCulture) + " KiB",
        < 10_000_000_000 => (bytes / 1048576).ToString("N1", CultureInfo.InvariantCulture) + " MiB",
        _ => (bytes / 1073741824).ToString("N1", CultureInfo.InvariantCulture) + " GiB",
    };

    /// <summary>Writer time in UTC to the second.</summary>
    public static string Time(long micros) => At(micros).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Writer time in UTC, hours to seconds.</summary>
    public static string Clock(long micros) => At(micros).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private static DateTimeOffset At(long micros) => DateTimeOffset.UnixEpoch.AddTicks(10 * micros);
}
