using System.Globalization;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Money;

namespace CreditGrains.Dashboard.Texts;

/// <summary>Amounts as people type them.</summary>
internal static class MoneyText
{
    /// <summary>Minor units of an amount such as "1,500.00" or "1500"; null when it is none, negative, too large or has fractions of a minor unit.</summary>
    public static long? Parse(string text, Currency currency)
    {
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
        if (text.Length > 40 || !decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var major)) return null;
        if (major > Command.AmountMax) return null;
        for (var i = 0; i < currency.MinorUnitDigits; i++) major *= 10;
        return major == decimal.Truncate(major) && major is >= 0 and <= Command.AmountMax ? (long)major : null;
    }
}
