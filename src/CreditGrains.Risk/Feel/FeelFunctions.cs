namespace CreditGrains.Risk.Feel;

/// <summary>
/// FEEL's own functions (DMN 1.3 §10.3.4 and the additions of 1.4 and 1.5). Wrong kinds of arguments give null. What would look at a clock (now, today) is left out by name: a decision
/// must be the same again from its inputs.
/// </summary>
internal static class FeelFunctions
{
    private static readonly Dictionary<string, BuiltInFunction> All = new[]
    {
        Of("not", "negand", a => FeelOperators.Not(a[0])),
        Of("string", "*from", a => a[0].IsNull ? FeelValue.Null : FeelValue.Of(TextOf(a[0]))),
        Of("number", "from, grouping separator?, decimal separator?", TextFunctions.Number),
        Of("substring", "string, start position, length?", TextFunctions.Substring),
        Of("string length", "string", a => OfText(a[0], text => FeelValue.Of(TextFunctions.Runes(text).Length))),
        Of("upper case", "string", a => OfText(a[0], text => FeelValue.Of(text.ToUpperInvariant()))),
        Of("lower case", "string", a => OfText(a[0], text => FeelValue.Of(text.ToLowerInvariant()))),
        Of("contains", "string, match", a => OfTexts(a, (text, part) => FeelValue.Of(text.Contains(part, StringComparison.Ordinal)))),
        Of("starts with", "string, match", a => OfTexts(a, (text, part) => FeelValue.Of(text.StartsWith(part, StringComparison.Ordinal)))),
        Of("ends with", "string, match", a => OfTexts(a, (text, part) => FeelValue.Of(text.EndsWith(part, StringComparison.Ordinal)))),
        Of("substring before", "string, match", a => OfTexts(a, (text, part) => FeelValue.Of(text.IndexOf(part, StringComparison.Ordinal) is >= 0 and var i ? text[..i] : ""))),
        Of("substring after", "string, match", a => OfTexts(a, (text, part) => FeelValue.Of(text.IndexOf(part, StringComparison.Ordinal) is >= 0 and var i ? text[(i + part.Length)..] : ""))),
        Of("string join", "*list, delimiter?", TextFunctions.Join),
        Of("matches", "input, pattern, flags?", TextPatterns.Matches),
        Of("replace", "input, pattern, replacement, flags?", TextPatterns.Replace),
        Of("split", "string, delimiter", TextPatterns.Split),
        Of("count", "*list", a => a[0].IsNull ? FeelValue.Null : FeelValue.Of(ListFunctions.ItemsOf(a[0]).Count)),
        Of("min", "list...", a => ListFunctions.Extreme(a, -1)),
        Of("max", "list...", a => ListFunctions.Extreme(a, 1)),
        Of("sum", "list...", a => ListFunctions.Sum(ListFunctions.Spread(a))),
        Of("product", "list...", a => ListFunctions.Product(ListFunctions.Spread(a))),
        Of("mean", "list...", a => ListFunctions.Mean(ListFunctions.Spread(a))),
        Of("median", "list...", a => ListFunctions.Median(ListFunctions.Spread(a))),
        Of("stddev", "list...", a => ListFunctions.StandardDeviation(ListFunctions.Spread(a))),
        Of("mode", "list...", a => ListFunctions.Mode(ListFunctions.Spread(a))),
        Of("all", "list...", a => ListFunctions.Fold(a, FeelOperators.And, true)),
        Of("any", "list...", a => ListFunctions.Fold(a, FeelOperators.Or, false)),
        Of("list contains", "*list, *element", a => a[0].IsNull ? FeelValue.Null : FeelValue.Of(ListFunctions.ItemsOf(a[0]).Contains(a[1]))),
        Of("append", "list, item...", a => a[0].IsNull ? FeelValue.Null : ListFunctions.Made([.. ListFunctions.ItemsOf(a[0]), .. a[1..]])),
        Of("concatenate", "list...", a => ListFunctions.Concatenated(a, isDistinct: false)),
        Of("union", "list...", a => ListFunctions.Concatenated(a, isDistinct: true)),
        Of("insert before", "*list, position, *newItem", ListFunctions.InsertBefore),
        Of("remove", "*list, position", ListFunctions.Remove),
        Of("list replace", "*list, position, *newItem | *list, match, *newItem", ListFunctions.Replace),
        Of("distinct values", "*list", a => a[0].IsNull ? FeelValue.Null : ListFunctions.Made([.. ListFunctions.Distinct(ListFunctions.ItemsOf(a[0]))])),
        Of("reverse", "*list", a => a[0].IsNull ? FeelValue.Null : ListFunctions.Made([.. ListFunctions.ItemsOf(a[0]).Reverse()])),
        Of("flatten", "*list", a => a[0].IsNull ? FeelValue.Null : ListFunctions.Made([.. ListFunctions.Flatten(a[0])])),
        Of("index of", "*list, *match", a => a[0].IsNull ? FeelValue.Null : ListFunctions.Made([.. ListFunctions.ItemsOf(a[0]).Index().Where(pair => pair.Item.Equals(a[1])).Select(pair => FeelValue.Of(pair.Index + 1))])),
        Of("sublist", "*list, start position, length?", ListFunctions.Sublist),
        Of("sort", "*list, precedes?", ListFunctions.Sort),
        Of("decimal", "n, scale", a => NumberFunctions.Round(a[0], a[1], MidpointRounding.ToEven)),
        Of("floor", "n, scale?", a => NumberFunctions.Round(a[0], Scale(a), MidpointRounding.ToNegativeInfinity)),
        Of("ceiling", "n, scale?", a => NumberFunctions.Round(a[0], Scale(a), MidpointRounding.ToPositiveInfinity)),
        Of("round up", "n, scale", a => NumberFunctions.RoundUp(a[0], a[1])),
        Of("round down", "n, scale", a => NumberFunctions.Round(a[0], a[1], MidpointRounding.ToZero)),
        Of("round half up", "n, scale", a => NumberFunctions.Round(a[0], a[1], MidpointRounding.AwayFromZero)),
        Of("round half down", "n, scale", a => NumberFunctions.RoundHalfDown(a[0], a[1])),
        Of("abs", "n", NumberFunctions.Abs),
        Of("modulo", "dividend, divisor", a => NumberFunctions.Modulo(a[0], a[1])),
        Of("sqrt", "number", a => a[0].Kind == FeelKind.Number && a[0].Number >= 0 ? FeelValue.Of(DecimalPower.Sqrt(a[0].Number)) : FeelValue.Null),
        Of("log", "number", a => a[0].Kind == FeelKind.Number && a[0].Number > 0 ? FeelValue.Of(DecimalPower.Ln(a[0].Number)) : FeelValue.Null),
        Of("exp", "number", a => NumberFunctions.Exp(a[0])),
        Of("odd", "number", a => a[0].Kind == FeelKind.Number ? FeelValue.Of(Math.Abs(a[0].Number % 2) == 1) : FeelValue.Null),
        Of("even", "number", a => a[0].Kind == FeelKind.Number ? FeelValue.Of(a[0].Number % 2 == 0) : FeelValue.Null),
        Of("date", "from | year, month, day", DateFunctions.Date),
        Of("time", "from | hour, minute, second, offset?", DateFunctions.Time),
        Of("date and time", "from | date, time", DateFunctions.DateAndTime),
        Of("duration", "from", a => OfText(a[0], CalendarText.Duration)),
        Of("years and months duration", "from, to", a => FeelCalendar.MonthsBetween(a[0], a[1])),
        Of("day of year", "date", a => DateFunctions.OfDay(a[0], day => FeelValue.Of(CivilDay.DayOfYear(day)))),
        Of("day of week", "date", a => DateFunctions.OfDay(a[0], DateFunctions.DayName)),
        Of("month of year", "date", a => DateFunctions.OfDay(a[0], DateFunctions.MonthName)),
        Of("week of year", "date", a => DateFunctions.OfDay(a[0], day => FeelValue.Of(CivilDay.WeekOfYear(day)))),
        Of("get value", "m, key", a => a[0].Entries is { } entries && a[1].Kind == FeelKind.Text ? entries[a[1].Text] : FeelValue.Null),
        Of("get entries", "m", ContextFunctions.Entries),
        Of("context", "*entries", ContextFunctions.Make),
        Of("context put", "context, key, *value | context, *keys, *value", ContextFunctions.Put),
        Of("context merge", "*contexts", ContextFunctions.Merge),
        Of("is", "*value1, *value2 | *value1 | *value2", a => FeelValue.Of(a.Length == 2 && ContextFunctions.IsSame(a[0], a[1]))),
        Of("range", "from", a => OfText(a[0], RangeFunctions.Read)),
        Of("before", "point1, point2", RangeFunctions.Before),
        Of("after", "point1, point2", a => RangeFunctions.Before([a[1], a[0]])),
        Of("meets", "range1, range2", RangeFunctions.Meets),
        Of("met by", "range1, range2", a => RangeFunctions.Meets([a[1], a[0]])),
        Of("overlaps", "range1, range2", RangeFunctions.Overlaps),
        Of("overlaps before", "range1, range2", RangeFunctions.OverlapsBefore),
        Of("overlaps after", "range1, range2", a => RangeFunctions.OverlapsBefore([a[1], a[0]])),
        Of("finishes", "point, range | range1, range2", RangeFunctions.Finishes),
        Of("finished by", "range, point | range1, range2", a => RangeFunctions.Finishes([a[1], a[0]])),
        Of("includes", "range, point | range1, range2", RangeFunctions.Includes),
        Of("during", "point, range | range1, range2", a => RangeFunctions.Includes([a[1], a[0]])),
        Of("starts", "point, range | range1, range2", RangeFunctions.Starts),
        Of("started by", "range, point | range1, range2", a => RangeFunctions.Starts([a[1], a[0]])),
        Of("coincides", "point1, point2 | range1, range2", RangeFunctions.Coincides),
    }.ToDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>The names that may be called.</summary>
    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>A function by name; null when there is none.</summary>
    public static BuiltInFunction? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>A value as text: texts without quotes, all else as FEEL writes it, dates without the sign before them.</summary>
    public static string TextOf(in FeelValue value) => value.Kind switch
    {
        FeelKind.Text => value.Text,
        FeelKind.Date or FeelKind.DateTime or FeelKind.Time or FeelKind.DaysDuration or FeelKind.MonthsDuration => CalendarText.Write(value),
        _ => value.ToString(),
    };

    private static BuiltInFunction Of(string name, string parameters, Func<FeelValue[], FeelValue> body) => new(name, parameters, body);

    private static FeelValue Scale(FeelValue[] a) => a.Length > 1 ? a[1] : FeelValue.Of(0);

    private static FeelValue OfText(in FeelValue value, Func<string, FeelValue> function) => value.Kind == FeelKind.Text ? function(value.Text) : FeelValue.Null;

    private static FeelValue OfTexts(FeelValue[] a, Func<string, string, FeelValue> function) =>
        a[0].Kind == FeelKind.Text && a[1].Kind == FeelKind.Text ? function(a[0].Text, a[1].Text) : FeelValue.Null;
}
