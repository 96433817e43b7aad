using System.Globalization;
using System.Text;

namespace CreditGrains.Risk.Feel;

/// <content>Literals, names, calls, lists, contexts, ranges; and the characters underneath.</content>
internal sealed partial class FeelParser
{
    private static readonly (string Text, FeelOperator Sign)[] Comparisons =
    [
        ("<=", FeelOperator.LessOrEqual), (">=", FeelOperator.GreaterOrEqual), ("!=", FeelOperator.NotEqual), ("<", FeelOperator.Less), (">", FeelOperator.Greater), ("=", FeelOperator.Equal),
    ];

    private static readonly HashSet<string> Words = ["and", "or", "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "between", "true", "false", "null", "function", "instance"];
    private const int DigitsMax = 28;
    private bool usesValue;
    private int rangeDepth;
    private bool rangeHasEnd;

    // Places that a name was read for.
    private readonly HashSet<int> used = [];

    private FeelExpression ReadPrimary()
    {
        Skip();
        if (at >= text.Length) throw Fault("IncompleteExpression", "the expression ends where a value is expected; complete it");
        var c = text[at];
        if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))) return new ConstantExpression(ReadNumber());
        if (c == '"') return new ConstantExpression(FeelValue.Of(ReadText()));
        if (c == '@') return ReadAtLiteral();
        if (c is '(' or '[' or ']') return ReadBracket();
        if (TrySign("{")) return ReadContext();
        if (c == '?' && scope.PlaceOf("?") is >= 0 and var place)
        {
            at++;
            usesValue = true;
            return new NameExpression(place);
        }

        return ReadName();
    }

    private FeelExpression ReadName()
    {
        var known = scope.LongestAt(text, at, out var end);
        if (known is null || Words.Contains(known))
        {
            if (TryWord("true")) return new ConstantExpression(FeelValue.Of(true));
            if (TryWord("false")) return new ConstantExpression(FeelValue.Of(false));
            if (TryWord("null")) return new ConstantExpression(FeelValue.Null);
            if (TryWord("function")) return ReadFunction();
        }

        var start = at;
        if (known is not null)
        {
            at = end;
            var place = scope.PlaceOf(known);
            var isCall = Looks("(");
            if (place >= 0 && !(isCall && FunctionOf(known) is not null)) return Within(known, place);
            if (FunctionOf(known) is { } function) return isCall && TrySign("(") ? ReadCall(function, start) : Within(known, -1, new ConstantExpression(FeelValue.Of(function)));
        }

        var word = ReadWord() ?? throw Fault("UnexpectedCharacter", $"'{text[at]}' cannot stand here; see the FEEL grammar");
        if (Looks("(")) throw Fault("UnknownFunction", $"there is no function '{word}'; supported are {string.Join(", ", FeelFunctions.Names)}", start);
        if (scope.ItemPlace >= 0)
        {
            at = start;
            return new PathExpression(new NameExpression(scope.ItemPlace), ReadMember());
        }

        throw Fault("UnknownName", $"there is no '{word}' here; an input or decision must be required by name before it can be used", start);
    }

    private FeelCallable? FunctionOf(string name) => scope.FunctionOf(name) ?? FeelFunctions.Find(name);

    /// <summary>A name, and within filters the part of that name which the element may have.</summary>
    private FeelExpression Within(string name, int place, FeelExpression? value = null)
    {
        if (place >= 0) used.Add(place);
        var expression = value ?? new NameExpression(place);
        foreach (var item in scope.ItemsAround(name).Reverse())
            if (item != place || name == "item") expression = new FilteredNameExpression(item, name, expression);
        return expression;
    }

    /// <summary>
    /// A range, a list or an expression in brackets: what stands between tells which. Read once and never again, or nested brackets would take time
    /// that doubles with each.
    /// </summary>
    private FeelExpression ReadBracket()
    {
        var open = text[at++];
        if (open == '[' && TrySign("]")) return new ListExpression([]);
        var outer = (rangeDepth, rangeHasEnd);
        (rangeDepth, rangeHasEnd) = (rangeDepth + 1, false);
        if (open == '(' && TryComparison() is { } sign)
        {
            var end = ReadSum();
            (rangeDepth, rangeHasEnd) = outer;
            Expect(")", TrySign(")"));
            var range = new TestRangeExpression(sign, end);
            return end is ConstantExpression ? new ConstantExpression(range.Evaluate([])) : range;
        }

        var first = ReadExpression();
        if (TrySign("..")) return ReadRange(open == '[', first, outer);
        (rangeDepth, rangeHasEnd) = outer;
        if (open == ']') throw Fault("UnexpectedCharacter", "a bracket that opens outwards begins a range such as ]1..5]");
        if (open == '(')
        {
            Expect(")", TrySign(")"));
            return first;
        }

        var items = new List<FeelExpression> { first };
        while (TrySign(",")) items.Add(ReadExpression());
        Expect("]", TrySign("]"));
        return new ListExpression(items);
    }

    /// <summary>The rest of a range, behind its dots.</summary>
    private FeelExpression ReadRange(bool hasLow, FeelExpression low, (int Depth, bool HasEnd) outer)
    {
        rangeHasEnd = true;
        var high = ReadSum();
        (rangeDepth, rangeHasEnd) = outer;
        Skip();
        if (at >= text.Length || text[at] is not (']' or ')' or '[')) throw Fault("UnexpectedCharacter", "a range ends with ], ) or [");
        var hasHigh = text[at++] == ']';
        return low is ConstantExpression && high is ConstantExpression
            ? new ConstantExpression(new RangeExpression(low, hasLow, high, hasHigh).Evaluate([]))
            : new RangeExpression(low, hasLow, high, hasHigh);
    }

    private ContextExpression ReadContext()
    {
        var entries = new List<(string, int, FeelExpression)>();
        if (TrySign("}")) return new ContextExpression(entries);
        var outer = (rangeDepth, rangeHasEnd);
        (rangeDepth, rangeHasEnd) = (0, false);
        do
        {
            Skip();
            var name = at < text.Length && text[at] == '"' ? ReadText() : ReadKey();
            Expect(":", TrySign(":"));
            var value = ReadExpression();
            if (entries.Exists(entry => entry.Item1 == name)) scope.Warnings.Add($"character {at + 1}: the context has two entries '{name}', which makes it null");
            scope.AddMember(name);
            entries.Add((name, scope.Add(name), value));
        }
        while (TrySign(","));
        (rangeDepth, rangeHasEnd) = outer;
        Expect("}", TrySign("}"));
        scope.Remove(entries.Count);
        return new ContextExpression(entries);
    }

    private FeelValue ReadNumber()
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        if (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
        {
            at++;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        }

        if (at + 1 < text.Length && text[at] is 'e' or 'E' && (char.IsAsciiDigit(text[at + 1]) || (at + 2 < text.Length && text[at + 1] is '+' or '-' && char.IsAsciiDigit(text[at + 2]))))
        {
            at += 2;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        }

        if (SignificantDigits(text.AsSpan(start, at - start)) > DigitsMax) throw Fault("NumberTooLarge", $"the number {text[start..at]} has more than {DigitsMax} digits; none are dropped in silence", start);
        return decimal.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? FeelValue.Of(number)
            : throw Fault("NumberTooLarge", $"the number {text[start..at]} is beyond 28 digits", start);
    }

    private static int SignificantDigits(ReadOnlySpan<char> number)
    {
        var exponent = number.IndexOfAny('e', 'E');
        var digits = exponent < 0 ? number : number[..exponent];
        var count = 0;
        foreach (var c in digits)
            if (char.IsAsciiDigit(c) && (count > 0 || c != '0')) count++;
        return count;
    }

    private string ReadText()
    {
        var start = at++;
        var read = new StringBuilder();
        for (; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] != '\\' || at + 1 >= text.Length)
            {
                read.Append(text[at]);
                continue;
            }

            at++;
            var digits = text[at] switch { 'u' => 4, 'U' => 6, _ => 0 };
            if (digits > 0 && at + digits < text.Length && int.TryParse(text.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && code <= 0x10FFFF)
            {
                read.Append(code is >= 0xD800 and <= 0xDFFF ? ((char)code).ToString() : char.ConvertFromUtf32(code));
                at += digits;
                continue;
            }

            read.Append(text[at] switch { 'n' => "\n", 'r' => "\r", 't' => "\t", '"' => "\"", '\\' => "\\", '\'' => "'", var other => "\\" + other });
        }

        if (at >= text.Length) throw Fault("UnclosedText", "a text that is not closed; end it with \"", start);
        at++;
        return read.ToString();
    }

    private ConstantExpression ReadAtLiteral()
    {
        var start = at++;
        Skip();
        if (at >= text.Length || text[at] != '"') throw Fault("UnexpectedCharacter", "@ stands before a text such as @\"2026-01-31\"", start);
        var written = ReadText();
        var value = FeelCalendar.Read(written);
        if (!value.IsNull) return new ConstantExpression(value);
        // What begins like one is a slip of the pen. Any other text is null (DMN 1.3 §10.3.2.3.5), which is said, since hardly anybody means it.
        if (written.Length > 0 && (char.IsAsciiDigit(written[0]) || written[0] is '-' or 'P' or 'T'))
            throw Fault("NoDate", "the text after @ is no date, time, date and time, or duration; write such as @\"2026-01-31\" or @\"P30D\"", start);
        scope.Warnings.Add($"character {start + 1}: the text after @ is no date, time, date and time, or duration, which makes it null; write such as @\"2026-01-31\" or @\"P30D\"");
        return new ConstantExpression(value);
    }

    private string ReadMember()
    {
        Skip();
        if (scope.LongestMemberAt(text, at, out var end) is { } member)
        {
            at = end;
            return member;
        }

        return ReadWord() ?? throw Fault("UnexpectedCharacter", "after a dot comes the name of a part");
    }

    private string ReadNewName()
    {
        Skip();
        var name = ReadWord() ?? throw Fault("UnexpectedCharacter", "a name is expected here");
        while (!LooksWord("in"))
        {
            Skip();
            name += " " + (ReadWord() ?? throw Fault("UnexpectedCharacter", "'in' is expected here"));
        }

        return name;
    }

    private bool LooksWord(string word)
    {
        var start = at;
        var isThere = TryWord(word);
        at = start;
        return isThere;
    }

    /// <summary>A key of a context: everything to the colon.</summary>
    private string ReadKey()
    {
        var colon = text.IndexOf(':', at);
        if (colon < 0) throw Fault("UnexpectedCharacter", "a context has entries such as { name: value }");
        var key = FeelScope.Normal(text[at..colon]);
        at = colon;
        return key.Length == 0 ? throw Fault("UnexpectedCharacter", "an entry of a context needs a name before the colon") : key;
    }

    private string? ReadWord()
    {
        var start = at;
        while (at < text.Length && FeelScope.IsNamePart(text[at])) at++;
        return at == start || char.IsAsciiDigit(text[start]) ? null : text[start..at];
    }

    private FeelOperator? TryComparison()
    {
        foreach (var (sign, meaning) in Comparisons)
            if (TrySign(sign)) return meaning;
        return null;
    }

    private bool TrySign(string sign)
    {
        if (!Looks(sign)) return false;
        at += sign.Length;
        return true;
    }

    private bool Looks(string sign)
    {
        Skip();
        return text.AsSpan(at).StartsWith(sign, StringComparison.Ordinal);
    }

    private bool TryWord(string word)
    {
        if (!Looks(word)) return false;
        var end = at + word.Length;
        if (end < text.Length && FeelScope.IsNamePart(text[end])) return false;
        at = end;
        return true;
    }

    private bool IsAlone(int from)
    {
        var kept = at;
        at = from;
        Skip();
        var isEnd = at >= text.Length;
        at = kept;
        return isEnd;
    }

    /// <summary>Blanks and comments.</summary>
    private void Skip()
    {
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
            }
            else if (text.AsSpan(at).StartsWith("//", StringComparison.Ordinal))
            {
                while (at < text.Length && text[at] != '\n') at++;
            }
            else if (text.AsSpan(at).StartsWith("/*", StringComparison.Ordinal))
            {
                var end = text.IndexOf("*/", at + 2, StringComparison.Ordinal);
                at = end < 0 ? throw Fault("UnclosedComment", "a comment that is not closed; end it with */") : end + 2;
            }
            else
            {
                return;
            }
        }
    }

    private void Expect(string what, bool isThere)
    {
        if (isThere) return;
        Skip();
        throw Fault("UnexpectedCharacter", at < text.Length ? $"'{what}' is expected before '{text[at]}'" : $"'{what}' is expected at the end");
    }

    private void End()
    {
        Skip();
        if (at < text.Length) throw Fault("UnexpectedCharacter", $"'{text[at]}' is left over; an expression ends before it");
    }

    private FeelFault Fault(string name, string message, int? place = null) => new(name, message, place ?? at);
}
