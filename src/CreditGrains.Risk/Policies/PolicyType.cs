using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Policies;

/// <summary>A type of DMN: a simple one, one with parts, a list of one, and which values it allows.</summary>
internal sealed class PolicyType
{
    /// <summary>Any value.</summary>
    public static readonly PolicyType Any = new("Any");

    private PolicyType(string name) => Name = name;

    /// <summary>As the model calls it.</summary>
    public string Name { get; }

    /// <summary>The simple kind; null when it has parts or is a list or any.</summary>
    public FeelKind? Kind { get; private init; }

    /// <summary>Parts by name; none of a simple type.</summary>
    public IReadOnlyList<(string Name, PolicyType Type)> Parts { get; private init; } = [];

    /// <summary>Of a list, what it is a list of; else null.</summary>
    public PolicyType? Element { get; private init; }

    /// <summary>Test of the values it allows; null when all are.</summary>
    public UnaryTest? Allowed { get; private init; }

    /// <summary>The allowed values as written; for hit policies by priority.</summary>
    public string? AllowedText { get; private init; }

    public static PolicyType Simple(FeelKind kind, string name) => new(name) { Kind = kind };

    public static PolicyType Structure(string name, IReadOnlyList<(string, PolicyType)> parts) => new(name) { Parts = parts };

    public PolicyType AsList() => new(Name) { Element = this };

    public PolicyType With(UnaryTest allowed, string text, string name) => new(name) { Kind = Kind, Parts = Parts, Element = Element, Allowed = allowed, AllowedText = text };

    /// <summary>The value when it is of this type; a list of one where one is meant is that one; else null.</summary>
    public FeelValue Conform(in FeelValue value)
    {
        if (value.IsNull) return value;
        if (Element is not null)
        {
            var items = value.Kind == FeelKind.List ? value.Items : [value];
            foreach (var item in items)
                if (!item.IsNull && Element.Conform(item).IsNull) return FeelValue.Null;
            return value.Kind == FeelKind.List ? value : FeelValue.Of(items);
        }

        var one = value.Kind == FeelKind.List && value.Items.Count == 1 && this != Any ? value.Items[0] : value;
        return IsOne(one) ? one : FeelValue.Null;
    }

    /// <summary>Why a value is not of this type; null when it is.</summary>
    public string? FaultOf(in FeelValue value)
    {
        if (value.IsNull || !Conform(value).IsNull) return null;
        return Allowed is not null && Kind == value.Kind ? $"{value} is not among the values that '{Name}' allows" : $"{value} is no {Name}";
    }

    private bool IsOne(in FeelValue value)
    {
        if (Kind is { } kind && value.Kind != kind) return false;
        if (Parts.Count > 0)
        {
            if (value.Entries is not { } entries) return false;
            foreach (var (name, type) in Parts)
                if (entries[name] is { IsNull: false } part && type.Conform(part).IsNull) return false;
        }

        return Allowed is null || Allowed.Holds(value, [value]);
    }
}
