using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Policies;

/// <summary>The values of one column, cut at the constants of its tests: a value that stands for each segment, and which rules hold there.</summary>
internal sealed class ColumnSegments
{
    // No policy tests for it.
    private const string Beyond = "\uFFFF";
    private readonly List<Segment> segments;
    private readonly ulong[][] holds;
    private readonly bool[] isPossible;
    private readonly bool[] isWhole;

    private ColumnSegments(List<Segment> segments, ulong[][] holds, bool[] isPossible)
    {
        (this.segments, this.holds, this.isPossible) = (segments, holds, isPossible);
        isWhole = Array.ConvertAll(holds, words => words.Sum(word => System.Numerics.BitOperations.PopCount(word)) == segments.Count);
    }

    public int Count => segments.Count;

    /// <summary>Cuts a column.</summary>
    /// <param name="column">Which values it may have.</param>
    /// <param name="tests">Of each rule; null where any value will do.</param>
    /// <returns>Null when a test is worked out, or its constants are of several kinds.</returns>
    public static ColumnSegments? Of(InputColumn column, UnaryTest?[] tests)
    {
        var constants = new List<FeelValue>();
        var isOrdered = false;
        foreach (var test in tests)
            if (test is not null && !Collect(test, constants, ref isOrdered)) return null;
        var listed = column.Allowed is { } allowed && Listed(column.AllowedText) is { } values ? values : null;
        // Values that are listed are all there are; other limits cut the column like tests.
        if (listed is null && column.Allowed is not null && !Collect(column.Allowed, constants, ref isOrdered)) return null;
        constants.RemoveAll(constant => constant.IsNull);
        if (listed is not null) constants.AddRange(listed);
        if (constants.Count == 0 && column.Kind != FeelKind.Boolean) return Make(column, [new Segment(FeelValue.Null, "any", "any")], tests, isWhole: true);
        var kind = constants.Count == 0 ? FeelKind.Boolean : constants[0].Kind;
        if (constants.Exists(constant => constant.Kind != kind)) return null;
        List<Segment>? cut = kind switch
        {
            FeelKind.Boolean => [new Segment(FeelValue.Of(true), "true", "true"), new Segment(FeelValue.Of(false), "false", "false")],
            FeelKind.Text when !isOrdered => [.. constants.Distinct().Select(value => new Segment(value, value.ToString(), value.ToString())), .. listed is null ? [new Segment(FeelValue.Of(Beyond), "any other", "any other")] : Array.Empty<Segment>()],
            FeelKind.Number or FeelKind.Text or FeelKind.Date or FeelKind.DaysDuration or FeelKind.MonthsDuration => Between([.. constants.Distinct().Order(Comparer<FeelValue>.Create((a, b) => FeelOperators.Compare(a, b) ?? 0))]),
            _ => null,
        };
        if (cut is null) return null;
        if (column.Allowed is not null) cut.RemoveAll(segment => listed is null ? !column.Allowed.Holds(segment.Value, [segment.Value]) : !listed.Contains(segment.Value));
        return cut.Count == 0 ? null : Make(column, cut, tests, isWhole: false);
    }

    /// <summary>Whether a rule's test holds in a segment.</summary>
    public bool Holds(int rule, int segment) => (holds[rule][segment >> 6] >> (segment & 63) & 1) != 0;

    /// <summary>Whether any value passes a rule's test.</summary>
    public bool IsPossible(int rule) => isPossible[rule];

    /// <summary>Whether all values pass a rule's test.</summary>
    public bool IsWhole(int rule) => isWhole[rule];

    /// <summary>Whether a rule holds wherever another does.</summary>
    public bool Covers(int rule, int other)
    {
        for (var word = 0; word < holds[rule].Length; word++)
            if ((holds[other][word] & ~holds[rule][word]) != 0) return false;
        return true;
    }

    /// <summary>The first segment where both hold; −1 for none.</summary>
    public int Meet(int rule, int other)
    {
        for (var word = 0; word < holds[rule].Length; word++)
            if ((holds[rule][word] & holds[other][word]) is not 0 and var both) return word * 64 + System.Numerics.BitOperations.TrailingZeroCount(both);
        return -1;
    }

    /// <summary>Segments from one to another in plain words.</summary>
    public string Label(int from, int to)
    {
        if (from == to) return segments[from].Alone;
        if (segments[from].Low is null && segments[from].High is null && segments[from].Alone == segments[from].Edge) return string.Join(" or ", segments.Skip(from).Take(to - from + 1).Select(segment => segment.Alone));
        var (first, last) = (segments[from], segments[to]);
        if (first.Low is null) return last.High is null ? "any" : $"{(last.IsPoint ? "<=" : "<")} {last.High}";
        return last.High is null ? $"{(first.IsPoint ? ">=" : ">")} {first.Low}" : $"{(first.IsPoint ? '[' : '(')}{first.Low}..{last.High}{(last.IsPoint ? ']' : ')')}";
    }

    private static ColumnSegments Make(InputColumn column, List<Segment> cut, UnaryTest?[] tests, bool isWhole)
    {
        var holds = new ulong[tests.Length][];
        var possible = new bool[tests.Length];
        for (var r = 0; r < tests.Length; r++)
        {
            holds[r] = new ulong[(cut.Count + 63) / 64];
            for (var s = 0; s < cut.Count; s++)
                if (tests[r] is null || (!isWhole && tests[r]!.Holds(cut[s].Value, [cut[s].Value]))) holds[r][s >> 6] |= 1UL << (s & 63);
            possible[r] = holds[r].Any(word => word != 0) || tests[r]!.Holds(FeelValue.Null, [FeelValue.Null]);
        }

        return new ColumnSegments(cut, holds, possible);
    }

    /// <summary>Below the first, each constant, between two, above the last.</summary>
    private static List<Segment> Between(List<FeelValue> points)
    {
        var cut = new List<Segment>();
        if (Below(points[0]) is { } below) cut.Add(new Segment(below, $"< {points[0]}", "") { High = points[0] });
        for (var i = 0; i < points.Count; i++)
        {
            cut.Add(new Segment(points[i], points[i].ToString(), "") { Low = points[i], High = points[i], IsPoint = true });
            if (i + 1 < points.Count && Middle(points[i], points[i + 1]) is { } middle) cut.Add(new Segment(middle, $"({points[i]}..{points[i + 1]})", "") { Low = points[i], High = points[i + 1] });
        }

        if (Above(points[^1]) is { } above) cut.Add(new Segment(above, $"> {points[^1]}", "") { Low = points[^1] });
        return cut;
    }

    private static FeelValue? Below(in FeelValue point) => point.Kind == FeelKind.Text ? (point.Text.Length > 0 ? FeelValue.Of("") : null) : Moved(point, -1);

    private static FeelValue? Above(in FeelValue point) => point.Kind == FeelKind.Text ? FeelValue.Of(point.Text + "\0") : Moved(point, 1);

    private static FeelValue? Moved(in FeelValue point, int by)
    {
        try
        {
            return FeelValue.OfKind(point.Kind, point.Number + by) is var moved && moved.Number != point.Number ? moved : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static FeelValue? Middle(in FeelValue a, in FeelValue b)
    {
        if (a.Kind == FeelKind.Text) return string.CompareOrdinal(a.Text + "\0", b.Text) < 0 ? FeelValue.Of(a.Text + "\0") : null;
        var middle = a.Number / 2 + b.Number / 2;
        // Days and months are whole.
        if (a.Kind is FeelKind.Date or FeelKind.MonthsDuration) middle = decimal.Floor(middle);
        return middle > a.Number && middle < b.Number ? FeelValue.OfKind(a.Kind, middle) : null;
    }

    private static List<FeelValue>? Listed(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        try
        {
            var values = FeelParser.Expression($"[{text}]", new FeelScope()).Evaluate([]).Items;
            return values.Count > 0 && values.All(value => value.Kind is FeelKind.Text or FeelKind.Boolean) ? [.. values] : null;
        }
        catch (Exception fault) when (fault is FeelFault or FeelOverrunException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Collects the constants of a test; false when it is worked out.</summary>
    public static bool Collect(UnaryTest test, List<FeelValue> constants, ref bool isOrdered)
    {
        switch (test)
        {
            case AnyTest:
                return true;
            case ConstantTest constant:
                return Collect(constant.Expected, constants, ref isOrdered);
            case CompareTest { With: ConstantExpression with } compare:
                isOrdered |= compare.Sign is not (FeelOperator.Equal or FeelOperator.NotEqual);
                constants.Add(with.Value);
                return true;
            case AnyOfTest any:
                foreach (var one in any.Tests)
                    if (!Collect(one, constants, ref isOrdered)) return false;
                return true;
            default:
                return false;
        }
    }

    private static bool Collect(in FeelValue value, List<FeelValue> constants, ref bool isOrdered)
    {
        switch (value.Kind)
        {
            case FeelKind.Range:
                isOrdered = true;
                constants.Add(value.Range!.Low);
                constants.Add(value.Range!.High);
                return true;
            case FeelKind.List:
                foreach (var item in value.Items)
                    if (!Collect(item, constants, ref isOrdered)) return false;
                return true;
            case FeelKind.Context or FeelKind.Function:
                return false;
            default:
                constants.Add(value);
                return true;
        }
    }

    /// <param name="Value">Stands for all of it.</param>
    /// <param name="Alone">In plain words.</param>
    /// <param name="Edge">The same for a value that has no neighbours; else empty.</param>
    private sealed record Segment(FeelValue Value, string Alone, string Edge)
    {
        public FeelValue? Low { get; init; }

        public FeelValue? High { get; init; }

        public bool IsPoint { get; init; }
    }
}
