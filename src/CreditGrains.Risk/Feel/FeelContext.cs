namespace CreditGrains.Risk.Feel;

/// <summary>Named values in the order they were given; names are compared with runs of blanks as one.</summary>
public sealed class FeelContext : IEquatable<FeelContext>
{
    private readonly List<(string Name, FeelValue Value)> entries = [];

    /// <summary>The entries in order.</summary>
    public IReadOnlyList<(string Name, FeelValue Value)> Entries => entries;

    /// <summary>The value of a name; null when there is none.</summary>
    public FeelValue this[string name]
    {
        get
        {
            foreach (var entry in entries)
                if (entry.Name == name) return entry.Value;
            return FeelValue.Null;
        }
    }

    /// <summary>Whether there is an entry of a name.</summary>
    public bool Has(string name) => entries.Any(entry => entry.Name == name);

    /// <summary>Adds an entry, or gives it another value.</summary>
    public FeelContext Set(string name, FeelValue value)
    {
        var place = entries.FindIndex(entry => entry.Name == name);
        if (place < 0) entries.Add((name, value));
        else entries[place] = (name, value);
        return this;
    }

    public bool Equals(FeelContext? other) =>
        other is not null && entries.Count == other.entries.Count && entries.TrueForAll(entry => other.Has(entry.Name) && other[entry.Name].Equals(entry.Value));

    public override bool Equals(object? obj) => Equals(obj as FeelContext);

    public override int GetHashCode() => entries.Count;

    public override string ToString() => $"{{{string.Join(", ", entries.Select(entry => $"{entry.Name}: {entry.Value}"))}}}";
}
