namespace CreditGrains.Risk.Feel;

/// <summary>Functions of lists; a value that is none stands for a list of itself.</summary>
internal static class ListFunctions
{
    private const int DepthMax = 100;

    public static IReadOnlyList<FeelValue> ItemsOf(FeelValue value) => value.Kind == FeelKind.List ? value.Items : [value];

    /// <summary>Arguments given one by one, or as one list.</summary>
    public static IReadOnlyList<FeelValue> Spread(FeelValue[] a) => a.Length == 1 ? ItemsOf(a[0]) : a;

    public static FeelValue Extreme(FeelValue[] a, int sign)
    {
        var items = Spread(a);
        if (items.Count == 0) return FeelValue.Null;
        var best = items[0];
        if (FeelOperators.Compare(best, best) is null) return FeelValue.Null;
        foreach (var item in items)
        {
            if (FeelOperators.Compare(item, best) is not { } order) return FeelValue.Null;
            if (order * sign > 0) best = item;
        }

        return best;
    }

    public static FeelValue Sum(IReadOnlyList<FeelValue> items)
    {
        if (items.Count == 0) return FeelValue.Null;
        var sum = items[0].Kind is FeelKind.Number or FeelKind.DaysDuration or FeelKind.MonthsDuration ? items[0] : FeelValue.Null;
        foreach (var item in items.Skip(1)) sum = FeelOperators.Add(sum, item);
        return sum;
    }

    public static FeelValue Mean(IReadOnlyList<FeelValue> items) => items.Count == 0 ? FeelValue.Null : FeelOperators.Divide(Sum(items), FeelValue.Of(items.Count));

    public static FeelValue Median(IReadOnlyList<FeelValue> items)
    {
        if (items.Count == 0 || items.Any(item => item.Kind != FeelKind.Number)) return FeelValue.Null;
        var sorted = items.Select(item => item.Number).Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? FeelValue.Of(sorted[middle]) : FeelOperators.Divide(FeelOperators.Add(FeelValue.Of(sorted[middle - 1]), FeelValue.Of(sorted[middle])), FeelValue.Of(2));
    }

    public delegate FeelValue Join(in FeelValue a, in FeelValue b);

    public static FeelValue Fold(FeelValue[] a, Join join, bool start)
    {
        var sum = FeelValue.Of(start);
        foreach (var item in Spread(a)) sum = join(sum, item);
        return sum;
    }

    public static FeelValue Sublist(FeelValue[] a)
    {
        if (a[0].Kind != FeelKind.List || a[1].Kind != FeelKind.Number || a[1].Number == 0) return FeelValue.Null;
        var items = a[0].Items;
        var start = decimal.Truncate(a[1].Number);
        var from = start > 0 ? start - 1 : items.Count + start;
        if (from < 0 || from >= items.Count) return FeelValue.Null;
        var count = a.Length > 2 ? a[2].Number : items.Count - from;
        if (count < 0 || from + count > items.Count) return FeelValue.Null;
        return FeelValue.Of([.. items.Skip((int)from).Take((int)count)]);
    }

    public static IEnumerable<FeelValue> Flatten(FeelValue value, int depth = 0) =>
        value.Kind == FeelKind.List && depth < DepthMax ? value.Items.SelectMany(item => Flatten(item, depth + 1)) : [value];
}
