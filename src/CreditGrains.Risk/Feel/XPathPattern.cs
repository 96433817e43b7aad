using System.Text;
using System.Text.RegularExpressions;

namespace CreditGrains.Risk.Feel;

/// <summary>
/// A pattern of XPath (XML Schema part 2, appendix G, with the additions of XPath 3.1 §5.6.1) as one of this platform: the dot takes no carriage return either, $ is the very end, blanks
/// may be left out by flag, and what only this platform knows (look-around, named groups, \b) is refused.
/// </summary>
internal static class XPathPattern
{
    // Counted repeats are written out when a pattern is made ready: all of one pattern multiplied.
    private const long RepeatsMax = 10_000;

    // Classes that mean the same in both.
    private const string Escapes = @"nrt\|.?*+(){}-[]^$sSdDwWpP";

    /// <summary>Translates.</summary>
    /// <returns>Null when it is no pattern.</returns>
    public static (string Text, bool HasReferences)? Translate(string pattern, RegexOptions options, bool leavesBlanksOut)
    {
        var made = new StringBuilder();
        var (inClass, groups, hasReferences) = (0, new Groups(), false);
        var repeats = 1L;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (leavesBlanksOut && inClass == 0 && char.IsWhiteSpace(c)) continue;
            switch (c)
            {
                case '\\':
                    if (leavesBlanksOut) while (i + 1 < pattern.Length && inClass == 0 && char.IsWhiteSpace(pattern[i + 1])) i++;
                    if (++i >= pattern.Length) return null;
                    if (char.IsAsciiDigit(pattern[i]))
                    {
                        // Only a group that has ended before may be meant, and not within a class.
                        if (inClass > 0 || !groups.HasEnded(pattern[i] - '0')) return null;
                        hasReferences = true;
                    }
                    else if (!Escapes.Contains(pattern[i], StringComparison.Ordinal))
                    {
                        return null;
                    }

                    made.Append('\\').Append(pattern[i]);
                    if (pattern[i] is not ('p' or 'P')) break;
                    var end = pattern.IndexOf('}', i);
                    if (end < 0 || i + 1 >= pattern.Length || pattern[i + 1] != '{') return null;
                    var name = pattern[(i + 2)..end];
                    if (leavesBlanksOut) name = string.Concat(name.Where(letter => !char.IsWhiteSpace(letter)));
                    made.Append('{').Append(name).Append('}');
                    i = end;
                    break;
                case '[':
                    if (inClass > 0 && pattern[i - 1] != '-') return null;
                    inClass++;
                    made.Append(c);
                    break;
                case ']':
                    if (--inClass < 0) return null;
                    made.Append(c);
                    break;
                case '(' when inClass == 0:
                    if (i + 1 < pattern.Length && pattern[i + 1] == '?')
                    {
                        if (i + 2 >= pattern.Length || pattern[i + 2] != ':') return null;
                        groups.Begin(isCounted: false);
                    }
                    else
                    {
                        groups.Begin(isCounted: true);
                    }

                    made.Append(c);
                    break;
                case ')' when inClass == 0:
                    if (!groups.End()) return null;
                    made.Append(c);
                    break;
                case '{' when inClass == 0:
                    repeats *= Math.Max(1, RepeatsAt(pattern, i));
                    if (repeats > RepeatsMax) return null;
                    made.Append(c);
                    break;
                case '.' when inClass == 0 && !options.HasFlag(RegexOptions.Singleline):
                    made.Append(@"[^\n\r]");
                    break;
                case '$' when inClass == 0 && !options.HasFlag(RegexOptions.Multiline):
                    made.Append(@"\z");
                    break;
                case '-' when inClass > 0 && i + 1 < pattern.Length && pattern[i + 1] != ']' && pattern[i + 1] != '[' && pattern[i - 1] != '[' && pattern[i - 1] != '^' && IsAfterRange(pattern, i):
                    return null;
                default:
                    made.Append(c);
                    break;
            }
        }

        return inClass == 0 ? (made.ToString(), hasReferences) : null;
    }

    /// <summary>The largest number of a quantifier such as {2,5}.</summary>
    private static long RepeatsAt(string pattern, int at)
    {
        long largest = 0, number = 0;
        for (var i = at + 1; i < pattern.Length && (char.IsAsciiDigit(pattern[i]) || pattern[i] is ',' or ' '); i++)
        {
            number = char.IsAsciiDigit(pattern[i]) ? Math.Min(number * 10 + pattern[i] - '0', RepeatsMax + 1) : 0;
            largest = Math.Max(largest, number);
        }

        return largest;
    }

    /// <summary>Whether a range such as 0-9 ends just before: another hyphen may then only close the class.</summary>
    private static bool IsAfterRange(string pattern, int at) => at >= 3 && pattern[at - 2] == '-' && pattern[at - 3] != '[' && pattern[at - 3] != '\\';


    private sealed class Groups
    {
        private readonly Stack<int> open = new();
        private readonly HashSet<int> ended = [];
        private int count;

        public void Begin(bool isCounted) => open.Push(isCounted ? ++count : 0);

        public bool End()
        {
            if (!open.TryPop(out var group)) return false;
            ended.Add(group);
            return true;
        }

        public bool HasEnded(int group) => group > 0 && ended.Contains(group);
    }
}
