namespace CreditGrains.Risk.Feel;

/// <summary>Functions of lists; a value that is none stands for a list of itself.</summary>
internal static class ListFunctions
{
    private const int DepthMax = 100;

    public static IReadOnlyList<FeelValue> ItemsOf(FeelValue value) => value.Kind == FeelKind.List ? value.Items : [value];

    /// <summary>A list as a result; its length counts as work, so that lists cannot grow without end.</summary>
    public static FeelValue Made(IReadOnlyList<FeelValue> items)
    {
        FeelBudget.Spend(items.Count);
        return FeelValue.Of(items);
    }

    /// <summary>Arguments given one by one, or as one list.</summary>
    public static IReadOnlyList<FeelValue> Spread(FeelValue[] a) => a.Length == 1 ? ItemsOf(a[0]) : a;

    public static FeelValue Extreme(FeelValue[] a, int sign)
    {
        var items = Spread(a);
        FeelBudget.Spend(items.Count);
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
        FeelBudget.Spend(items.Count);
        if (items.Count == 0) return FeelValue.Null;
        var sum = items[0].Kind is FeelKind.Number or FeelKind.DaysDuration or FeelKind.MonthsDuration ? items[0] : FeelValue.Null;
        foreach (var item in items.Skip(1)) sum = item.Kind == sum.Kind ? FeelOperators.Add(sum, item) : FeelValue.Null;
        return sum;
    }

    public static FeelValue Product(IReadOnlyList<FeelValue> items)
    {
        FeelBudget.Spend(items.Count);
        if (items.Count == 0) return FeelValue.Null;
        var product = FeelValue.Of(1);
        foreach (var item in items) product = item.Kind == FeelKind.Number ? FeelOperators.Multiply(product, item) : FeelValue.Null;
        return product;
    }

    public static FeelValue Mean(IReadOnlyList<FeelValue> items) => items.Count == 0 ? FeelValue.Null : FeelOperators.Divide(Sum(items), FeelValue.Of(items.Count));

    public static FeelValue Median(IReadOnlyList<FeelValue> items)
    {
        FeelBudget.Spend(items.Count);
        if (items.Count == 0 || items.Any(item => item.Kind != FeelKind.Number)) return FeelValue.Null;
        var sorted = items.Select(item => item.Number).Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? FeelValue.Of(sorted[middle]) : FeelOperators.Divide(FeelOperators.Add(FeelValue.Of(sorted[middle - 1]), FeelValue.Of(sorted[middle])), FeelValue.Of(2));
    }

    /// <summary>Of a sample: the squares' sum divided by one less than there are.</summary>
    public static FeelValue StandardDeviation(IReadOnlyList<FeelValue> items)
    {
        if (items.Count < 2 || items.Any(item => item.Kind != FeelKind.Number) || Mean(items) is not { IsNull: false } mean) return FeelValue.Null;
        try
        {
            var squares = items.Sum(item => (item.Number - mean.Number) * (item.Number - mean.Number));
            return FeelValue.Of(DecimalPower.Sqrt(squares / (items.Count - 1)));
        }
        catch (OverflowException)
        {
            return FeelValue.Null;
        }
    }

    /// <summary>The most frequent numbers, ascending.</summary>
    public static FeelValue Mode(IReadOnlyList<FeelValue> items)
    {
        FeelBudget.Spend(items.Count);
        if (items.Any(item => item.Kind != FeelKind.Number)) return FeelValue.Null;
        if (items.Count == 0) return FeelValue.Of([]);
        var counted = items.GroupBy(item => item.Number).ToList();
        var most = counted.Max(group => group.Count());
        return FeelValue.Of([.. counted.Where(group => group.Count() == most).Select(group => group.Key).Order().Select(FeelValue.Of)]);
    }

    public delegate FeelValue Join(in FeelValue a, in FeelValue b);

    /// <summary>All or any of booleans; with anything else among them null unless it is decided without.</summary>
    public static FeelValue Fold(FeelValue[] a, Join join, bool start)
    {
        if (a.Length == 1 && a[0].IsNull) return FeelValue.Null;
        var sum = FeelValue.Of(start);
        foreach (var item in Spread(a)) sum = join(sum, item);
        return sum;
    }

    public static FeelValue Concatenated(FeelValue[] a, bool isDistinct)
    {
        foreach (var list in a)
            if (list.IsNull) return FeelValue.Null;
        FeelBudget.Spend(a.Sum(list => ItemsOf(list).Count));
        var all = a.SelectMany(ItemsOf);
        return FeelValue.Of(isDistinct ? [.. Distinct([.. all])] : [.. all]);
    }

    /// <summary>The first of each that are equal.</summary>
    public static List<FeelValue> Distinct(IReadOnlyList<FeelValue> items)
    {
        var seen = new HashSet<FeelValue>();
        var kept = new List<FeelValue>();
        foreach (var item in items)
        {
            // Kinds of which all have one hash are compared one by one.
            FeelBudget.Spend(item.Kind is FeelKind.Number or FeelKind.Text or FeelKind.Date ? 1 : 1 + kept.Count);
            if (seen.Add(item)) kept.Add(item);
        }

        return kept;
    }

    public static FeelValue InsertBefore(FeelValue[] a)
    {
        if (a[0].IsNull || PlaceOf(ItemsOf(a[0]), a[1]) is not { } place) return FeelValue.Null;
        var items = ItemsOf(a[0]);
        return Made([.. items.Take(place), a[2], .. items.Skip(place)]);
    }

    public static FeelValue Remove(FeelValue[] a)
    {
        if (a[0].IsNull || PlaceOf(ItemsOf(a[0]), a[1]) is not { } place) return FeelValue.Null;
        var items = ItemsOf(a[0]);
        return Made([.. items.Take(place), .. items.Skip(place + 1)]);
    }

    /// <summary>The item at a place, or all for which a function of the item and the new one holds.</summary>
    public static FeelValue Replace(FeelValue[] a)
    {
        if (a[0].IsNull) return FeelValue.Null;
        var items = ItemsOf(a[0]);
        if (a[1].Callable is not { } match)
            return a[1].Kind == FeelKind.Number && PlaceOf(items, FeelValue.Of(decimal.Truncate(a[1].Number))) is { } place ? Made([.. items.Take(place), a[2], .. items.Skip(place + 1)]) : FeelValue.Null;
        if (!match.Takes(2)) return FeelValue.Null;
        var made = new FeelValue[items.Count];
        for (var i = 0; i < made.Length; i++)
        {
            var holds = match.Call([items[i], a[2]]);
            if (holds.Kind != FeelKind.Boolean) return FeelValue.Null;
            made[i] = holds.IsTrue ? a[2] : items[i];
        }

        return Made(made);
    }

    public static FeelValue Sublist(FeelValue[] a)
    {
        if (a[0].IsNull || PlaceOf(ItemsOf(a[0]), a[1]) is not { } from) return FeelValue.Null;
        var items = ItemsOf(a[0]);
        if (a.Length < 3) return Made([.. items.Skip(from)]);
        if (a[2].Kind != FeelKind.Number || a[2].Number < 1 || decimal.Truncate(a[2].Number) != a[2].Number || from + a[2].Number > items.Count) return FeelValue.Null;
        return Made([.. items.Skip(from).Take((int)a[2].Number)]);
    }

    /// <summary>In the order of a function that says whether its first argument precedes its second; without one, ascending. Those alike keep their order.</summary>
    public static FeelValue Sort(FeelValue[] a)
    {
        if (a[0].IsNull) return FeelValue.Null;
        var items = ItemsOf(a[0]).ToArray();
        if (a.Length > 1 && (a[1].Callable is null || !a[1].Callable!.Takes(2))) return FeelValue.Null;
        if (a.Length < 2 && items.Any(item => FeelOperators.Compare(items[0], item) is null)) return FeelValue.Null;
        Func<FeelValue, FeelValue, bool> precedes = a.Length > 1 ? (x, y) => a[1].Callable!.Call([x, y]).IsTrue : (x, y) => FeelOperators.Compare(x, y) < 0;
        return Made(Merged(items, precedes));
    }

    public static IEnumerable<FeelValue> Flatten(FeelValue value, int depth = 0) =>
        value.Kind == FeelKind.List && depth < DepthMax ? value.Items.SelectMany(item => Flatten(item, depth + 1)) : [value];

    /// <summary>A merge sort of our own: the order may contradict itself, and still this ends after n · log n questions.</summary>
    private static FeelValue[] Merged(FeelValue[] items, Func<FeelValue, FeelValue, bool> precedes)
    {
        if (items.Length < 2) return items;
        var (left, right) = (Merged(items[..(items.Length / 2)], precedes), Merged(items[(items.Length / 2)..], precedes));
        var merged = new FeelValue[items.Length];
        for (int i = 0, l = 0, r = 0; i < merged.Length; i++)
        {
            FeelBudget.Spend(1);
            merged[i] = l == left.Length || (r < right.Length && precedes(right[r], left[l])) ? right[r++] : left[l++];
        }

        return merged;
    }

    /// <summary>A place from 0 of a number from 1, from the end when below 0; null when there is none.</summary>
    private static int? PlaceOf(IReadOnlyList<FeelValue> items, in FeelValue number)
    {
        if (number.Kind != FeelKind.Number || decimal.Truncate(number.Number) != number.Number || number.Number == 0 || Math.Abs(number.Number) > items.Count) return null;
        return number.Number > 0 ? (int)number.Number - 1 : items.Count + (int)number.Number;
    }
}
