using System.Text.RegularExpressions;

namespace CreditGrains.Risk.Policies;

/// <summary>Tells a bare name from an expression: words of letters and digits with blanks or dots between, none of them a word of FEEL.</summary>
internal static partial class UndrawnName
{
    private const int LengthMax = 200;
    private static readonly HashSet<string> Words = ["and", "or", "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "between", "instance", "true", "false", "null", "function", "not"];

    public static bool IsOne(string text) => text.Length is > 0 and <= LengthMax && Form().IsMatch(text) && !text.Split(' ', '.').Any(Words.Contains);

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{N}\p{Mn}_]*([ .][\p{L}\p{N}\p{Mn}_]+)*\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Form();
}
