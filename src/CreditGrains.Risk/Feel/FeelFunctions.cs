namespace CreditGrains.Risk.Feel;

/// <summary>
/// The functions of FEEL that are supported (DMN 1.3 §10.3.4). Wrong kinds of arguments give null. What would look at a clock, a zone or a pattern language is
/// left out by name: a decision must be the same again from its inputs.
/// </summary>
internal static class FeelFunctions
{
    /// <summary>What a function does.</summary>
    public delegate FeelValue Body(FeelValue[] arguments);

    private const int Any = int.MaxValue;

    private static readonly Dictionary<string, (int Min, int Max, Body Body)> All = new(StringComparer.Ordinal)
    {
        ["not"] = (1, 1, a => FeelOperators.Not(a[0])),
        ["string"] = (1, 1, a => a[0].IsNull ? FeelValue.Null : FeelValue.Of(TextOf(a[0]))),
        ["number"] = (1, 3, TextFunctions.Number),
        ["substring"] = (2, 3, TextFunctions.Substring),
        ["string length"] = (1, 1, a => OfText(a[0], text => FeelValue.Of(TextFunctions.Runes(text).Length))),
        ["upper case"] = (1, 1, a => OfText(a[0], text => FeelValue.Of(text.ToUpperInvariant()))),
        ["lower case"] = (1, 1, a => OfText(a[0], text => FeelValue.Of(text.ToLowerInvariant()))),
        ["contains"] = (2, 2, a => OfTexts(a, (text, part) => FeelValue.Of(text.Contains(part, StringComparison.Ordinal)))),
        ["starts with"] = (2, 2, a => OfTexts(a, (text, part) => FeelValue.Of(text.StartsWith(part, StringComparison.Ordinal)))),
        ["ends with"] = (2, 2, a => OfTexts(a, (text, part) => FeelValue.Of(text.EndsWith(part, StringComparison.Ordinal)))),
        ["substring before"] = (2, 2, a => OfTexts(a, (text, part) => FeelValue.Of(text.IndexOf(part, StringComparison.Ordinal) is >= 0 and var i ? text[..i] : ""))),
        ["substring after"] = (2, 2, a => OfTexts(a, (text, part) => FeelValue.Of(text.IndexOf(part, StringComparison.Ordinal) is >= 0 and var i ? text[(i + part.Length)..] : ""))),
        ["string join"] = (1, 2, TextFunctions.Join),
        ["count"] = (1, 1, a => a[0].IsNull ? FeelValue.Null : FeelValue.Of(ListFunctions.ItemsOf(a[0]).Count)),
        ["min"] = (1, Any, a => ListFunctions.Extreme(a, -1)),
        ["max"] = (1, Any, a => ListFunctions.Extreme(a, 1)),
        ["sum"] = (1, Any, a => ListFunctions.Sum(ListFunctions.Spread(a))),
        ["mean"] = (1, Any, a => ListFunctions.Mean(ListFunctions.Spread(a))),
        ["median"] = (1, Any, a => ListFunctions.Median(ListFunctions.Spread(a))),
        ["all"] = (1, Any, a => ListFunctions.Fold(a, FeelOperators.And, true)),
        ["any"] = (1, Any, a => ListFunctions.Fold(a, FeelOperators.Or, false)),
        ["list contains"] = (2, 2, a => a[0].Kind == FeelKind.List ? FeelValue.Of(a[0].Items.Contains(a[1])) : FeelValue.Null),
        ["append"] = (2, Any, a => FeelValue.Of([.. ListFunctions.ItemsOf(a[0]), .. a[1..]])),
        ["concatenate"] = (1, Any, a => FeelValue.Of([.. a.SelectMany(ListFunctions.ItemsOf)])),
        ["union"] = (1, Any, a => FeelValue.Of([.. a.SelectMany(ListFunctions.ItemsOf).Distinct()])),
        ["distinct values"] = (1, 1, a => FeelValue.Of([.. ListFunctions.ItemsOf(a[0]).Distinct()])),
        ["reverse"] = (1, 1, a => FeelValue.Of([.. ListFunctions.ItemsOf(a[0]).Reverse()])),
        ["flatten"] = (1, 1, a => FeelValue.Of([.. ListFunctions.Flatten(a[0])])),
        ["index of"] = (2, 2, a => FeelValue.Of([.. ListFunctions.ItemsOf(a[0]).Index().Where(pair => pair.Item.Equals(a[1])).Select(pair => FeelValue.Of(pair.Index + 1))])),
        ["sublist"] = (2, 3, ListFunctions.Sublist),
        ["decimal"] = (2, 2, a => NumberFunctions.Round(a[0], a[1], MidpointRounding.ToEven)),
        ["floor"] = (1, 2, a => NumberFunctions.Round(a[0], Scale(a), MidpointRounding.ToNegativeInfinity)),
        ["ceiling"] = (1, 2, a => NumberFunctions.Round(a[0], Scale(a), MidpointRounding.ToPositiveInfinity)),
        ["round up"] = (2, 2, a => NumberFunctions.RoundUp(a[0], a[1])),
        ["round down"] = (2, 2, a => NumberFunctions.Round(a[0], a[1], MidpointRounding.ToZero)),
        ["round half up"] = (2, 2, a => NumberFunctions.Round(a[0], a[1], MidpointRounding.AwayFromZero)),
        ["round half down"] = (2, 2, a => NumberFunctions.RoundHalfDown(a[0], a[1])),
        ["abs"] = (1, 1, NumberFunctions.Abs),
        ["modulo"] = (2, 2, a => NumberFunctions.Modulo(a[0], a[1])),
        ["sqrt"] = (1, 1, a => a[0].Kind == FeelKind.Number && a[0].Number >= 0 ? FeelValue.Of(DecimalPower.Sqrt(a[0].Number)) : FeelValue.Null),
        ["log"] = (1, 1, a => a[0].Kind == FeelKind.Number && a[0].Number > 0 ? FeelValue.Of(DecimalPower.Ln(a[0].Number)) : FeelValue.Null),
        ["exp"] = (1, 1, a => NumberFunctions.Exp(a[0])),
        ["odd"] = (1, 1, a => a[0].Kind == FeelKind.Number ? FeelValue.Of(Math.Abs(a[0].Number % 2) == 1) : FeelValue.Null),
        ["even"] = (1, 1, a => a[0].Kind == FeelKind.Number ? FeelValue.Of(a[0].Number % 2 == 0) : FeelValue.Null),
        ["date"] = (1, 3, DateFunctions.Date),
        ["time"] = (1, 3, DateFunctions.Time),
        ["date and time"] = (1, 2, DateFunctions.DateAndTime),
        ["duration"] = (1, 1, a => OfText(a[0], FeelCalendar.Duration)),
        ["years and months duration"] = (2, 2, a => FeelCalendar.MonthsBetween(a[0], a[1])),
        ["get value"] = (2, 2, a => a[0].Entries is { } entries && a[1].Kind == FeelKind.Text ? entries[a[1].Text] : FeelValue.Null),
    };

    /// <summary>The names that may be called.</summary>
    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>A function by name; null when there is none.</summary>
    public static (int ArgumentsMin, int ArgumentsMax, Body Call)? Find(string name) => All.TryGetValue(name, out var found) ? found : null;

    /// <summary>A value as text: texts without quotes, all else as FEEL writes it, dates without the sign before them.</summary>
    public static string TextOf(in FeelValue value) => value.Kind switch
    {
        FeelKind.Text => value.Text,
        FeelKind.Date or FeelKind.DateTime or FeelKind.Time or FeelKind.DaysDuration or FeelKind.MonthsDuration => FeelCalendar.Write(value),
        _ => value.ToString(),
    };

    private static FeelValue Scale(FeelValue[] a) => a.Length > 1 ? a[1] : FeelValue.Of(0);

    private static FeelValue OfText(in FeelValue value, Func<string, FeelValue> function) => value.Kind == FeelKind.Text ? function(value.Text) : FeelValue.Null;

    private static FeelValue OfTexts(FeelValue[] a, Func<string, string, FeelValue> function) =>
        a[0].Kind == FeelKind.Text && a[1].Kind == FeelKind.Text ? function(a[0].Text, a[1].Text) : FeelValue.Null;
}
