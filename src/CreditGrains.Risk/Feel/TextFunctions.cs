using System.Globalization;
using System.Text;

namespace CreditGrains.Risk.Feel;

/// <summary>Functions of texts; a place is counted in characters of Unicode, from 1.</summary>
internal static class TextFunctions
{
    private const int LengthMax = 1 << 20;

    public static Rune[] Runes(string text) => [.. text.EnumerateRunes()];

    /// <summary>From a place, from the end when below 0, so many characters or all that follow.</summary>
    public static FeelValue Substring(FeelValue[] a)
    {
        if (a[0].Kind != FeelKind.Text || a[1].Kind != FeelKind.Number || a[1].Number == 0) return FeelValue.Null;
        var runes = Runes(a[0].Text);
        var start = decimal.Truncate(a[1].Number);
        var from = start > 0 ? start - 1 : runes.Length + start;
        if (from < 0 || from >= runes.Length) return FeelValue.Of("");
        var left = runes.Length - from;
        if (a.Length > 2)
        {
            if (a[2].Kind != FeelKind.Number || a[2].Number < 1) return FeelValue.Null;
            left = Math.Min(left, decimal.Truncate(a[2].Number));
        }

        return FeelValue.Of(string.Concat(runes.AsSpan((int)from, (int)left).ToArray().Select(rune => rune.ToString())));
    }

    /// <summary>A text as a number, with the signs that divide groups (blank, comma or point) and decimals (point or comma).</summary>
    public static FeelValue Number(FeelValue[] a)
    {
        if (a.Length == 1 && a[0].Kind == FeelKind.Number) return a[0];
        if (a[0].Kind != FeelKind.Text || !TrySign(a, 1, " ,.", out var group) || !TrySign(a, 2, ".,", out var point)) return FeelValue.Null;
        if (group.Length > 0 && group == point) return FeelValue.Null;
        var text = a[0].Text.Trim();
        if (point.Length > 0 && point != "." && group != "." && text.Contains('.', StringComparison.Ordinal)) return FeelValue.Null;
        if (group.Length > 0) text = text.Replace(group, "", StringComparison.Ordinal);
        if (point.Length > 0) text = text.Replace(point, ".", StringComparison.Ordinal);
        if (text.Length == 0 || !(char.IsAsciiDigit(text[^1]) || text[^1] == '.')) return FeelValue.Null;
        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? FeelValue.Of(number)
            : FeelValue.Null;
    }

    /// <summary>Texts with one between; null among them is left out, anything else makes it null.</summary>
    public static FeelValue Join(FeelValue[] a)
    {
        if (a[0].IsNull || (a.Length > 1 && !a[1].IsNull && a[1].Kind != FeelKind.Text)) return FeelValue.Null;
        var items = ListFunctions.ItemsOf(a[0]);
        FeelBudget.Spend(items.Count);
        if (items.Any(item => !item.IsNull && item.Kind != FeelKind.Text)) return FeelValue.Null;
        var parts = items.Where(item => !item.IsNull).Select(item => item.Text).ToList();
        var between = a.Length > 1 ? a[1].Text : "";
        return parts.Sum(part => (long)part.Length + between.Length) > LengthMax ? FeelValue.Null : FeelValue.Of(string.Join(between, parts));
    }

    private static bool TrySign(FeelValue[] a, int place, string allowed, out string sign)
    {
        sign = place < a.Length ? a[place].Text : "";
        return place >= a.Length || a[place].IsNull || (a[place].Kind == FeelKind.Text && sign.Length == 1 && allowed.Contains(sign[0], StringComparison.Ordinal));
    }
}
