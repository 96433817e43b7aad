namespace CreditGrains.Risk.Feel;

/// <summary>
/// The names an expression may use, each a place in the frame it is evaluated with. Names may hold blanks and signs, as DMN allows: the longest known name
/// that stands at a place of the text is meant.
/// </summary>
internal sealed class FeelScope
{
    private readonly List<(string Name, int Place)> names = [];
    private static readonly string[] Properties = ["time offset", "start included", "end included"];
    private readonly Dictionary<string, FeelCallable> functions;
    private readonly HashSet<string> members;
    private readonly Policies.TypeBook? types;
    private readonly List<(int Place, int Outside)> items = [];

    /// <param name="functions">Knowledge models that may be called, by name.</param>
    /// <param name="types">Types that may be named, and their parts for paths.</param>
    public FeelScope(IReadOnlyDictionary<string, FeelCallable>? functions = null, Policies.TypeBook? types = null)
    {
        this.functions = functions is null ? [] : new(functions, StringComparer.Ordinal);
        this.types = types;
        members = new(types is null ? Properties : [.. Properties, .. types.Members], StringComparer.Ordinal);
    }

    /// <summary>What is allowed but surely not meant, since this was last emptied.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Places of the frame in use.</summary>
    public int PlaceCount { get; private set; }

    /// <summary>The innermost list element whose parts may be named alone; -1 when there is none.</summary>
    public int ItemPlace => items.Count == 0 ? -1 : items[^1].Place;

    /// <summary>The list elements around, the innermost first, of which a part may be meant by a name that stands outside of them.</summary>
    public IEnumerable<int> ItemsAround(string name)
    {
        var at = names.FindLastIndex(known => known.Name == name);
        for (var i = items.Count - 1; i >= 0 && at < items[i].Outside; i--) yield return items[i].Place;
    }

    /// <summary>Adds a name; it hides an earlier one.</summary>
    /// <returns>Its place.</returns>
    public int Add(string name)
    {
        names.Add((Normal(name), PlaceCount));
        return PlaceCount++;
    }

    /// <summary>Takes places that have no name.</summary>
    /// <param name="count">0 or more.</param>
    /// <returns>The first of them.</returns>
    public int Reserve(int count)
    {
        PlaceCount += count;
        return PlaceCount - count;
    }

    /// <summary>Takes back the names added last; their places stay taken.</summary>
    public void Remove(int count) => names.RemoveRange(names.Count - count, count);

    /// <summary>Enters a filter, whose element's parts may be named alone.</summary>
    public void EnterFilter(int place) => items.Add((place, names.Count));

    /// <summary>Leaves it.</summary>
    public void LeaveFilter() => items.RemoveAt(items.Count - 1);

    /// <summary>The place of a name, -1 when it is not known.</summary>
    public int PlaceOf(string name)
    {
        var normal = Normal(name);
        return names.FindLast(known => known.Name == normal) is { Name: not null } found ? found.Place : -1;
    }

    /// <summary>The knowledge model of a name, null when there is none.</summary>
    public FeelCallable? FunctionOf(string name) => functions.GetValueOrDefault(name);

    /// <summary>Lets paths name a part that is of no type.</summary>
    public void AddMember(string name) => members.Add(Normal(name));

    /// <summary>The type of the longest name at a place of the text; null when none stands there.</summary>
    public Policies.PolicyType? TypeAt(string text, int at, out int end) =>
        Longest(Policies.TypeBook.SimpleNames.Concat(types?.Names ?? []), text, at, out end) is { } name ? Policies.TypeBook.Find(types, name) : null;

    /// <summary>The longest name of a variable or function at a place of the text; null when none stands there.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="at">Where a name may start.</param>
    /// <param name="end">Behind it.</param>
    public string? LongestAt(string text, int at, out int end) =>
        Longest(names.Select(known => known.Name).Concat(functions.Keys).Concat(FeelFunctions.Names), text, at, out end);

    /// <summary>Whether a text begins with the name of a variable or knowledge model.</summary>
    public bool BeginsWithName(string text) => Longest(names.Select(known => known.Name).Concat(functions.Keys), text, 0, out _) is not null;

    /// <summary>The longest name of a member at a place.</summary>
    public string? LongestMemberAt(string text, int at, out int end) => Longest(members, text, at, out end);

    /// <summary>A name with each run of blanks as one.</summary>
    public static string Normal(string name) => string.Join(' ', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    public static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c == '_' || char.IsSurrogate(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.NonSpacingMark;

    private static string? Longest(IEnumerable<string> known, string text, int at, out int end)
    {
        string? longest = null;
        end = at;
        foreach (var name in known)
        {
            var behind = EndOf(name, text, at);
            if (behind <= end) continue;
            longest = name;
            end = behind;
        }

        return longest;
    }

    /// <summary>Behind a name that stands at a place, any run of blanks for one; -1 when it does not, or goes on as another word.</summary>
    private static int EndOf(string name, string text, int at)
    {
        if (name.Length == 0) return -1;
        foreach (var c in name)
        {
            if (c == ' ')
            {
                if (at >= text.Length || !char.IsWhiteSpace(text[at])) return -1;
                while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
                continue;
            }

            if (at >= text.Length || text[at] != c) return -1;
            at++;
        }

        return at < text.Length && IsNamePart(text[at]) && IsNamePart(name[^1]) ? -1 : at;
    }
}
