namespace CreditGrains.Risk.Policies;

/// <summary>What led to a decision: the rules that held, and what was wrong, in order. Reused by clearing it.</summary>
public sealed class PolicyTrace
{
    private readonly List<(string Decision, string Rule)> hits = [];
    private readonly List<(string Decision, string Text)> notes = [];

    /// <summary>The rules that held, by decision.</summary>
    public IReadOnlyList<(string Decision, string Rule)> Hits => hits;

    /// <summary>Why a value is null that should not be.</summary>
    public IReadOnlyList<(string Decision, string Text)> Notes => notes;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        hits.Clear();
        notes.Clear();
    }

    internal void Hit(string decision, string rule) => hits.Add((decision, rule));

    internal void Note(string decision, string text) => notes.Add((decision, text));
}
