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

    /// <summary>A text as a number, with the signs that divide groups and decimals.</summary>
    public static FeelValue Number(FeelValue[] a)
    {
        if (a[0].Kind == FeelKind.Number) return a[0];
        if (a[0].Kind != FeelKind.Text) return FeelValue.Null;
        var text = a[0].Text.Trim();
        var group = a.Length > 1 ? a[1].Text : "";
        var point = a.Length > 2 ? a[2].Text : "";
        if (group.Length > 0 && group == point) return FeelValue.Null;
        if (group.Length > 0) text = text.Replace(group, "", StringComparison.Ordinal);
        if (point.Length > 0) text = text.Replace(point, ".", StringComparison.Ordinal);
        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? FeelValue.Of(number)
            : FeelValue.Null;
    }

    public static FeelValue Join(FeelValue[] a)
    {
        if (a[0].Kind != FeelKind.List) return FeelValue.Null;
        var parts = a[0].Items.Where(item => item.Kind == FeelKind.Text).Select(item => item.Text).ToList();
        return parts.Sum(part => (long)part.Length) > LengthMax ? FeelValue.Null : FeelValue.Of(string.Join(a.Length > 1 ? a[1].Text : "", parts));
    }
}
