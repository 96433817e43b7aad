using System.Globalization;

namespace CreditGrains.Engine.Journal;

/// <summary>File names: "journal-" and 20 digits of first sequence for a segment, "spare-" and a number for one being prepared.</summary>
internal static class SegmentName
{
    private const string Prefix = "journal-";
    private const string SparePrefix = "spare-";
    private const string Extension = ".cgj";
    private const int Digits = 20;

    public static string Of(long firstSequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{firstSequence:D20}{Extension}");

    public static string OfSpare(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{SparePrefix}{number}{Extension}");

    public static bool IsSpare(string name) =>
        name.StartsWith(SparePrefix, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal);

    /// <summary>Whether the name looks like a segment's; if so its first sequence, or 0 when the digits are wrong.</summary>
    public static bool TryParse(string name, out long firstSequence)
    {
        firstSequence = 0;
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || !name.EndsWith(Extension, StringComparison.Ordinal)) return false;
        ReadOnlySpan<char> digits = name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Extension.Length);
        if (digits.Length != Digits || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out firstSequence))
            firstSequence = 0;
        return true;
    }
}
