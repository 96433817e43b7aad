using System.Globalization;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Money;

namespace CreditGrains.Cli.CommandLine;

/// <summary>Amounts for people: minor units shown with the digits of their currency, and read back exactly.</summary>
internal static class AmountText
{
    /// <summary>12345 EUR minor units are "123.45", 2^60 is "unlimited".</summary>
    public static string Of(long minorUnits, Currency currency)
    {
        if (minorUnits == Command.AmountMax) return "unlimited";
        var digits = currency.MinorUnitDigits;
        var scale = Scale(digits);
        var magnitude = Math.Abs((decimal)minorUnits);
        var text = (magnitude / scale).ToString(Format(digits), CultureInfo.InvariantCulture);
        return minorUnits < 0 ? "-" + text : text;
    }

    /// <summary>The same of a currency code; digits are left out when the code is unknown.</summary>
    public static string Of(long minorUnits, string currency) =>
        Of(minorUnits, Currency.TryParse(currency, out var known) ? known : Currency.None);

    /// <summary>Reads a decimal in major units; false when it is none, or has more digits than the currency.</summary>
    public static bool TryMajor(string text, Currency currency, out long minorUnits)
    {
        minorUnits = 0;
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!decimal.TryParse(text, style, CultureInfo.InvariantCulture, out var major)) return false;
        if (Math.Abs(major) > Command.AmountMax) return false;
        var minor = major * Scale(currency.MinorUnitDigits);
        if (minor != decimal.Truncate(minor) || Math.Abs(minor) > Command.AmountMax) return false;
        minorUnits = (long)minor;
        return true;
    }

    /// <summary>Reads minor units, or "unlimited".</summary>
    public static bool TryMinor(string text, out long minorUnits)
    {
        if (text.Equals("unlimited", StringComparison.OrdinalIgnoreCase))
        {
            minorUnits = Command.AmountMax;
            return true;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out minorUnits);
    }

    private static decimal Scale(int digits) => digits switch { 0 => 1, 1 => 10, 2 => 100, 3 => 1_000, _ => 10_000 };

    private static string Format(int digits) => digits == 0 ? "#,0" : "#,0." + new string('0', digits);
}
