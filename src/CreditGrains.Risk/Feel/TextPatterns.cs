using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace CreditGrains.Risk.Feel;

/// <summary>
/// Functions with patterns, in the language of XPath and XQuery Functions and Operators 3.1 §5.6. They are matched without backtracking, in time that grows with the text; only one with
/// back-references, which cannot be, is given up after 100 ms (null). A pattern that is none gives null.
/// </summary>
internal static class TextPatterns
{
    private const int KeptMax = 256;
    private const int PatternMax = 4_096;
    private const int TextMax = 1 << 20;
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMilliseconds(100);
    private static readonly ConcurrentDictionary<(string, string), Regex?> Kept = new();

    public static FeelValue Matches(FeelValue[] a) => Run(a, a.Length > 2 ? 2 : -1, (regex, text) => FeelValue.Of(regex.IsMatch(text)));

    public static FeelValue Replace(FeelValue[] a)
    {
        if (a[2].Kind != FeelKind.Text) return FeelValue.Null;
        var replacement = a[2].Text;
        return Run(a, a.Length > 3 ? 3 : -1, (regex, text) =>
        {
            var made = new StringBuilder();
            var at = 0;
            foreach (Match match in regex.Matches(text))
            {
                made.Append(text, at, match.Index - at);
                Expand(replacement, match, made);
                at = match.Index + match.Length;
                if (made.Length > TextMax) return FeelValue.Null;
            }

            return FeelValue.Of(made.Append(text, at, text.Length - at).ToString());
        });
    }

    public static FeelValue Split(FeelValue[] a) => Run(a, -1, (regex, text) =>
    {
        var parts = new List<FeelValue>();
        var at = 0;
        foreach (Match match in regex.Matches(text))
        {
            if (match.Length == 0) continue;
            parts.Add(FeelValue.Of(text[at..match.Index]));
            at = match.Index + match.Length;
        }

        parts.Add(FeelValue.Of(text[at..]));
        return ListFunctions.Made(parts);
    });

    private static FeelValue Run(FeelValue[] a, int flagsAt, Func<Regex, string, FeelValue> act)
    {
        if (a[0].Kind != FeelKind.Text || a[1].Kind != FeelKind.Text) return FeelValue.Null;
        var flags = flagsAt < 0 || a[flagsAt].IsNull ? "" : a[flagsAt].Kind == FeelKind.Text ? a[flagsAt].Text : "?";
        FeelBudget.Spend(a[0].Text.Length / 16 + 1);
        if (RegexOf(a[1].Text, flags) is not { } regex) return FeelValue.Null;
        try
        {
            return act(regex, a[0].Text);
        }
        catch (RegexMatchTimeoutException)
        {
            return FeelValue.Null;
        }
    }

    private static Regex? RegexOf(string pattern, string flags)
    {
        if (pattern.Length > PatternMax || flags.Any(flag => !"smixq".Contains(flag, StringComparison.Ordinal))) return null;
        if (Kept.TryGetValue((pattern, flags), out var known)) return known;
        if (Kept.Count >= KeptMax) Kept.Clear();
        return Kept[(pattern, flags)] = Make(pattern, flags);
    }

    private static Regex? Make(string pattern, string flags)
    {
        var options = RegexOptions.CultureInvariant;
        if (flags.Contains('i', StringComparison.Ordinal)) options |= RegexOptions.IgnoreCase;
        if (flags.Contains('m', StringComparison.Ordinal)) options |= RegexOptions.Multiline;
        if (flags.Contains('s', StringComparison.Ordinal)) options |= RegexOptions.Singleline;
        try
        {
            if (flags.Contains('q', StringComparison.Ordinal)) return new Regex(Regex.Escape(pattern), options | RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout);
            if (XPathPattern.Translate(pattern, options, flags.Contains('x', StringComparison.Ordinal)) is not { } own) return null;
            return own.HasReferences ? new Regex(own.Text, options, PatienceMax) : new Regex(own.Text, options | RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>$1 is what a group took, $0 the whole; \$ and \\ are themselves.</summary>
    private static void Expand(string replacement, Match match, StringBuilder into)
    {
        for (var i = 0; i < replacement.Length; i++)
        {
            var c = replacement[i];
            if (c == '\\' && i + 1 < replacement.Length && replacement[i + 1] is '\\' or '$') into.Append(replacement[++i]);
            else if (c == '$' && i + 1 < replacement.Length && char.IsAsciiDigit(replacement[i + 1]))
            {
                var group = replacement[++i] - '0';
                // A second digit belongs to the number only while there is such a group.
                while (i + 1 < replacement.Length && char.IsAsciiDigit(replacement[i + 1]) && group * 10 + replacement[i + 1] - '0' < match.Groups.Count) group = group * 10 + replacement[++i] - '0';
                into.Append(match.Groups[group].ValueSpan);
            }
            else into.Append(c);
        }
    }
}
