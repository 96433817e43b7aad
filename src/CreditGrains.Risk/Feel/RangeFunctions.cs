namespace CreditGrains.Risk.Feel;

/// <summary>Relations of points and ranges (DMN 1.3 §10.3.4.10, after Allen's interval algebra), and ranges from texts. An end that is open without bound is beyond every value.</summary>
internal static class RangeFunctions
{
    private static readonly string[] EndFunctions = ["date and time", "date", "time", "duration"];

    /// <summary>A range as it would be written, its ends literals; null when it is none, its ends are of different kinds, or the first is above the second.</summary>
    public static FeelValue Read(string text)
    {
        var range = text.Trim();
        if (range.Length < 4 || range[0] is not ('[' or '(' or ']') || range[^1] is not (']' or ')' or '[')) return FeelValue.Null;
        var inner = range[1..^1];
        var (dots, isQuoted) = (-1, false);
        for (var i = 0; i + 1 < inner.Length && dots < 0; i++)
        {
            if (inner[i] == '"' && (i == 0 || inner[i - 1] != '\\')) isQuoted = !isQuoted;
            if (!isQuoted && inner[i] == '.' && inner[i + 1] == '.') dots = i;
        }

        if (dots < 0 || !TryEnd(inner[..dots], out var low) || !TryEnd(inner[(dots + 2)..], out var high)) return FeelValue.Null;
        if (low.Kind != high.Kind || FeelOperators.Compare(low, high) is not <= 0) return FeelValue.Null;
        return FeelValue.Of(new FeelRange(low, range[0] == '[', high, range[^1] == ']'));
    }

    public static FeelValue Before(FeelValue[] a)
    {
        if (Spans(a) is not var (x, y)) return FeelValue.Null;
        return Ends(x.High, 1, y.Low, -1) is { } order ? FeelValue.Of(order < 0 || (order == 0 && (!x.HasHigh || !y.HasLow) && !(IsPoint(a[0]) && IsPoint(a[1])))) : FeelValue.Null;
    }

    public static FeelValue Meets(FeelValue[] a) =>
        Ranges(a) is not var (x, y) ? FeelValue.Null : Ends(x.High, 1, y.Low, -1) is { } order ? FeelValue.Of(order == 0 && x.HasHigh && y.HasLow) : FeelValue.Null;

    public static FeelValue Overlaps(FeelValue[] a)
    {
        if (Ranges(a) is not var (x, y) || Ends(x.High, 1, y.Low, -1) is not { } end || Ends(x.Low, -1, y.High, 1) is not { } start) return FeelValue.Null;
        return FeelValue.Of((end > 0 || (end == 0 && x.HasHigh && y.HasLow)) && (start < 0 || (start == 0 && x.HasLow && y.HasHigh)));
    }

    public static FeelValue OverlapsBefore(FeelValue[] a)
    {
        if (Ranges(a) is not var (x, y) || Ends(x.Low, -1, y.Low, -1) is not { } starts || Ends(x.High, 1, y.Low, -1) is not { } middle || Ends(x.High, 1, y.High, 1) is not { } ends) return FeelValue.Null;
        return FeelValue.Of((starts < 0 || (starts == 0 && x.HasLow && !y.HasLow)) && (middle > 0 || (middle == 0 && x.HasHigh && y.HasLow)) && (ends < 0 || (ends == 0 && (!x.HasHigh || y.HasHigh))));
    }

    public static FeelValue Finishes(FeelValue[] a)
    {
        if (IsPoint(a[0])) return a[1].Range is { } range && Ends(a[0], 1, range.High, 1) is { } order ? FeelValue.Of(order == 0 && range.HasHigh) : FeelValue.Null;
        if (Ranges(a) is not var (x, y) || Ends(x.High, 1, y.High, 1) is not { } ends || Ends(x.Low, -1, y.Low, -1) is not { } starts) return FeelValue.Null;
        return FeelValue.Of(ends == 0 && x.HasHigh == y.HasHigh && (starts > 0 || (starts == 0 && (!x.HasLow || y.HasLow))));
    }

    public static FeelValue Includes(FeelValue[] a)
    {
        if (a[0].Range is not { } x) return FeelValue.Null;
        if (IsPoint(a[1])) return x.Contains(a[1]);
        if (a[1].Range is not { } y || Ends(x.Low, -1, y.Low, -1) is not { } starts || Ends(x.High, 1, y.High, 1) is not { } ends) return FeelValue.Null;
        return FeelValue.Of((starts < 0 || (starts == 0 && (x.HasLow || !y.HasLow))) && (ends > 0 || (ends == 0 && (x.HasHigh || !y.HasHigh))));
    }

    public static FeelValue Starts(FeelValue[] a)
    {
        if (IsPoint(a[0])) return a[1].Range is { } range && Ends(a[0], -1, range.Low, -1) is { } order ? FeelValue.Of(order == 0 && range.HasLow) : FeelValue.Null;
        if (Ranges(a) is not var (x, y) || Ends(x.Low, -1, y.Low, -1) is not { } starts || Ends(x.High, 1, y.High, 1) is not { } ends) return FeelValue.Null;
        return FeelValue.Of(starts == 0 && x.HasLow == y.HasLow && (ends < 0 || (ends == 0 && (!x.HasHigh || y.HasHigh))));
    }

    public static FeelValue Coincides(FeelValue[] a)
    {
        if (IsPoint(a[0]) && IsPoint(a[1])) return FeelOperators.Compare(a[0], a[1]) is { } order ? FeelValue.Of(order == 0) : FeelValue.Null;
        return Ranges(a) is var (x, y) && Ends(x.Low, -1, y.Low, -1) is { } starts && Ends(x.High, 1, y.High, 1) is { } ends
            ? FeelValue.Of(starts == 0 && ends == 0 && x.HasLow == y.HasLow && x.HasHigh == y.HasHigh)
            : FeelValue.Null;
    }

    private static bool TryEnd(string text, out FeelValue end)
    {
        end = FeelValue.Null;
        var literal = text.Trim();
        if (literal.Length == 0) return false;
        var open = literal.IndexOf('(', StringComparison.Ordinal);
        var isCall = open > 0 && literal[0] != '"' && literal[0] != '@';
        if (isCall && !(EndFunctions.Contains(literal[..open].Trim()) && literal[(open + 1)..].TrimStart().StartsWith('"'))) return false;
        try
        {
            if (FeelParser.Expression(literal, new FeelScope()) is not ConstantExpression { Value.Kind: FeelKind.Number or FeelKind.Text or FeelKind.Date or FeelKind.DateTime or FeelKind.Time or FeelKind.DaysDuration or FeelKind.MonthsDuration } constant) return false;
            end = constant.Value;
            return true;
        }
        catch (FeelFault)
        {
            return false;
        }
    }

    private static bool IsPoint(in FeelValue value) => value.Kind is FeelKind.Number or FeelKind.Text or FeelKind.Date or FeelKind.DateTime or FeelKind.Time or FeelKind.DaysDuration or FeelKind.MonthsDuration;

    private static (FeelRange X, FeelRange Y)? Ranges(FeelValue[] a) => a[0].Range is { IsInverse: false } x && a[1].Range is { IsInverse: false } y ? (x, y) : null;

    /// <summary>Both as ranges, a point as that of itself.</summary>
    private static (FeelRange X, FeelRange Y)? Spans(FeelValue[] a)
    {
        var x = IsPoint(a[0]) ? new FeelRange(a[0], true, a[0], true) : a[0].Range;
        var y = IsPoint(a[1]) ? new FeelRange(a[1], true, a[1], true) : a[1].Range;
        return x is { IsInverse: false } && y is { IsInverse: false } ? (x, y) : null;
    }

    /// <summary>Order of two ends; one without bound lies at the side of its sign.</summary>
    private static int? Ends(in FeelValue a, int sideOfA, in FeelValue b, int sideOfB)
    {
        if (a.IsNull || b.IsNull) return a.IsNull && b.IsNull ? sideOfA.CompareTo(sideOfB) : a.IsNull ? sideOfA : -sideOfB;
        return FeelOperators.Compare(a, b);
    }
}
