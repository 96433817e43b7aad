namespace CreditGrains.Risk.Feel;

/// <summary>Functions of contexts (DMN 1.4 §10.3.4.8), and is().</summary>
internal static class ContextFunctions
{
    private const int DepthMax = 100;

    public static FeelValue Entries(FeelValue[] a)
    {
        if (a[0].Entries is not { } entries) return FeelValue.Null;
        return ListFunctions.Made([.. entries.Entries.Select(entry => FeelValue.Of(new FeelContext().Set("key", FeelValue.Of(entry.Name)).Set("value", entry.Value)))]);
    }

    /// <summary>A context of a list of key and value; null when a key is missing or comes twice.</summary>
    public static FeelValue Make(FeelValue[] a)
    {
        if (a[0].IsNull) return FeelValue.Null;
        var made = new FeelContext();
        var items = ListFunctions.ItemsOf(a[0]);
        FeelBudget.Spend(items.Count);
        foreach (var item in items)
        {
            if (item.Entries is not { } entry || entry["key"].Kind != FeelKind.Text || !entry.Has("value") || made.Has(entry["key"].Text)) return FeelValue.Null;
            made.Set(entry["key"].Text, entry["value"]);
        }

        return FeelValue.Of(made);
    }

    public static FeelValue Put(FeelValue[] a)
    {
        if (a[0].Entries is not { } context) return FeelValue.Null;
        if (a[1].Kind == FeelKind.Text) return Put(context, [a[1]], a[2]);
        return a[1].Kind == FeelKind.List && a[1].Items.Count is > 0 and <= DepthMax ? Put(context, a[1].Items, a[2]) : FeelValue.Null;
    }

    public static FeelValue Merge(FeelValue[] a)
    {
        if (a[0].IsNull) return FeelValue.Null;
        var merged = new FeelContext();
        foreach (var item in ListFunctions.ItemsOf(a[0]))
        {
            if (item.Entries is not { } context) return FeelValue.Null;
            FeelBudget.Spend(context.Entries.Count);
            foreach (var (name, value) in context.Entries) merged.Set(name, value);
        }

        return FeelValue.Of(merged);
    }

    /// <summary>Whether both are the same as they are written: the same zone, the same kind of duration.</summary>
    public static bool IsSame(in FeelValue a, in FeelValue b)
    {
        if (a.Kind != b.Kind) return false;
        if (a.Kind is not (FeelKind.Time or FeelKind.DateTime)) return a.Equals(b);
        return a.Number == b.Number && (a.Zone is null ? b.Zone is null : b.Zone is not null && a.Zone.IsSame(b.Zone));
    }

    private static FeelValue Put(FeelContext context, IEnumerable<FeelValue> keys, in FeelValue value)
    {
        var key = keys.First();
        if (key.Kind != FeelKind.Text) return FeelValue.Null;
        FeelBudget.Spend(context.Entries.Count + 1);
        var rest = keys.Skip(1);
        var put = value;
        if (rest.Any())
        {
            if (context[key.Text].Entries is not { } inner) return FeelValue.Null;
            put = Put(inner, rest, value);
            if (put.IsNull) return put;
        }

        var made = new FeelContext();
        foreach (var (name, old) in context.Entries) made.Set(name, old);
        return FeelValue.Of(made.Set(key.Text, put));
    }
}
