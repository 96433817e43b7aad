using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Policies;

/// <summary>A type of DMN: a simple one, one with parts, a list or range of one, a function, and which values it allows.</summary>
internal sealed class PolicyType
{
    /// <summary>Any value.</summary>
    public static readonly PolicyType Any = new("Any");

    /// <summary>Any function.</summary>
    public static readonly PolicyType AnyFunction = new("function") { Kind = FeelKind.Function };

    private PolicyType(string name) => Name = name;

    /// <summary>As the model calls it.</summary>
    public string Name { get; }

    /// <summary>The simple kind; null when it has parts or is a list or any.</summary>
    public FeelKind? Kind { get; private init; }

    /// <summary>Parts by name; none of a simple type.</summary>
    public IReadOnlyList<(string Name, PolicyType Type)> Parts { get; private init; } = [];

    /// <summary>Of a list, what it is a list of; else null.</summary>
    public PolicyType? Element { get; private init; }

    /// <summary>Of a range, what its ends are; of a function, what it gives; null when any.</summary>
    public PolicyType? Of { get; private init; }

    /// <summary>Of a function, its parameters; null when any.</summary>
    public IReadOnlyList<PolicyType>? Parameters { get; private init; }

    /// <summary>Test of the values it allows; null when all are.</summary>
    public UnaryTest? Allowed { get; private init; }

    /// <summary>The allowed values as written; for hit policies by priority.</summary>
    public string? AllowedText { get; private init; }

    public static PolicyType Simple(FeelKind kind, string name) => new(name) { Kind = kind };

    public static PolicyType Structure(string name, IReadOnlyList<(string, PolicyType)> parts) => new(name) { Parts = parts };

    public static PolicyType RangeOf(PolicyType ends) => new($"range<{ends.Name}>") { Kind = FeelKind.Range, Of = ends };

    public static PolicyType FunctionOf(IReadOnlyList<PolicyType> parameters, PolicyType gives) =>
        new($"function<{string.Join(", ", parameters.Select(one => one.Name))}>->{gives.Name}") { Kind = FeelKind.Function, Parameters = parameters, Of = gives };

    public PolicyType AsList(string? name = null) => new(name ?? Name) { Element = this };

    public PolicyType With(UnaryTest allowed, string text, string name) =>
        new(name) { Kind = Kind, Parts = Parts, Element = Element, Of = Of, Parameters = Parameters, Allowed = allowed, AllowedText = text };

    /// <summary>The value when it is of this type; a list of one where one is meant is that one, one where a list is meant a list of it, a date where a date and time is meant its midnight in UTC; else null.</summary>
    public FeelValue Conform(in FeelValue value)
    {
        if (value.IsNull || this == Any) return value;
        if (Element is not null)
        {
            var items = value.Kind == FeelKind.List ? value.Items : [value];
            var isSame = value.Kind == FeelKind.List;
            FeelValue[]? taken = null;
            for (var i = 0; i < items.Count; i++)
            {
                if (items[i].IsNull) continue;
                var item = Element.Conform(items[i]);
                if (item.IsNull) return FeelValue.Null;
                if (item.Kind == items[i].Kind) continue;
                (taken ??= [.. items])[i] = item;
                isSame = false;
            }

            var list = isSame ? value : FeelValue.Of(taken ?? items);
            return Allowed is null || Allowed.Holds(list, [list]) ? list : FeelValue.Null;
        }

        if (Kind is { } kind && Allowed is null && kind == value.Kind && Of is null) return value;
        var one = value.Kind == FeelKind.List && value.Items.Count == 1 ? value.Items[0] : value;
        if (Kind == FeelKind.DateTime && one.Kind == FeelKind.Date) one = FeelCalendar.Midnight(one);
        return IsOne(one) ? one : FeelValue.Null;
    }

    /// <summary>Whether a value is of this type as it is, whatever values are allowed; null is of no type but Null.</summary>
    public bool IsInstance(in FeelValue value)
    {
        if (value.IsNull) return Kind == FeelKind.Null;
        if (this == Any) return true;
        if (Element is not null)
        {
            if (value.Kind != FeelKind.List) return false;
            foreach (var item in value.Items)
                if (!Element.IsInstance(item) && !(item.IsNull && Element == Any)) return false;
            return true;
        }

        if (Kind is { } kind && value.Kind != kind) return false;
        if (Parts.Count > 0)
        {
            if (value.Entries is not { } entries) return false;
            foreach (var (name, type) in Parts)
                if (!entries.Has(name) || (!entries[name].IsNull && !type.IsInstance(entries[name]))) return false;
        }

        if (value.Range is { } range && Of is not null && (range.Kind is not { } ends || (Of != Any && Of.Kind != ends))) return false;
        if (value.Callable is { } function && Parameters is not null && !function.Type.Fits(this)) return false;
        return true;
    }

    /// <summary>Why a value is not of this type; null when it is.</summary>
    public string? FaultOf(in FeelValue value)
    {
        if (value.IsNull || !Conform(value).IsNull) return null;
        return Allowed is not null && Kind == value.Kind ? $"{value} is not among the values that '{Name}' allows" : $"{value} is no {Name}";
    }

    /// <summary>Whether everything of this type is of another (DMN 1.3 §10.3.2.9.2): lists and ranges by what they hold, contexts by the parts the other has, functions that take at least and give at most as much.</summary>
    public bool Fits(PolicyType other)
    {
        if (other == Any || Kind == FeelKind.Null) return true;
        if (this == Any) return false;
        if (other.Element is not null) return Element is not null && Element.Fits(other.Element);
        if (Element is not null) return false;
        if (other.Parts.Count > 0) return other.Parts.All(part => Parts.FirstOrDefault(mine => mine.Name == part.Name).Type is { } type && type.Fits(part.Type));
        if (other.Kind == FeelKind.Context) return Parts.Count > 0 || Kind == FeelKind.Context;
        if (Kind != other.Kind) return false;
        if (Kind != FeelKind.Function || other.Parameters is null) return other.Of is null || (Of is not null && Of.Fits(other.Of));
        if (Parameters is null || Parameters.Count != other.Parameters.Count) return false;
        for (var i = 0; i < Parameters.Count; i++)
            if (Parameters[i] != Any && !other.Parameters[i].Fits(Parameters[i])) return false;
        return Of!.Fits(other.Of!);
    }

    private bool IsOne(in FeelValue value)
    {
        if (Kind is { } kind && value.Kind != kind) return false;
        if (Parts.Count > 0)
        {
            if (value.Entries is not { } entries) return false;
            foreach (var (name, type) in Parts)
                if (!entries.Has(name) || (entries[name] is { IsNull: false } part && type.Conform(part).IsNull)) return false;
        }

        if (value.Kind == FeelKind.Range && !IsInstance(value)) return false;
        // What a function gives is seen when it is called.
        if (value.Callable is { } function && Parameters is not null && !function.Takes(Parameters.Count)) return false;
        return Allowed is null || Allowed.Holds(value, [value]);
    }
}
