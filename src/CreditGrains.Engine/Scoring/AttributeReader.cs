using System.Buffers.Text;
using System.Text;
using CreditGrains.Risk.Features;
using CreditGrains.Risk.Feel;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// Reads what models and policies ask for from a request's attributes (<see cref="AttributeText"/>), such as "bureauScore=612;segment=salaried". A value that is a
/// decimal number is one, true and false are booleans, all else is text. What is not there is missing. Allocates nothing but texts not seen before.
/// </summary>
internal sealed class AttributeReader
{
    private const int TextsMax = 256;
    private readonly (byte[]? Utf8, string Text)[] texts = new (byte[]?, string)[TextsMax];
    private FeelValue[] values = [];

    /// <summary>Value of an attribute, by its place in the names.</summary>
    public ref readonly FeelValue this[int place] => ref values[place];

    /// <summary>The attribute as a number; NaN when it is missing or text. Booleans are 1 and 0.</summary>
    public double NumberOf(int place)
    {
        ref readonly var value = ref values[place];
        return value.Kind == FeelKind.Number ? (double)value.Number : value.Kind == FeelKind.Boolean ? value.IsTrue ? 1 : 0 : double.NaN;
    }

    /// <summary>Reads the attributes of a request.</summary>
    /// <param name="attributes">The caller's bytes; null is none.</param>
    /// <param name="names">The names asked for, UTF-8.</param>
    public void Read(byte[]? attributes, byte[][] names)
    {
        if (values.Length < names.Length) values = new FeelValue[names.Length];
        for (var i = 0; i < names.Length; i++)
            values[i] = attributes is not null && AttributeText.TryFind(attributes, names[i], out var text) && text.Length > 0 ? ValueOf(text) : FeelValue.Null;
    }

    private FeelValue ValueOf(ReadOnlySpan<byte> text)
    {
        if (Utf8Parser.TryParse(text, out decimal number, out var read) && read == text.Length) return FeelValue.Of(number);
        if (text.SequenceEqual("true"u8)) return FeelValue.Of(true);
        return text.SequenceEqual("false"u8) ? FeelValue.Of(false) : FeelValue.Of(Intern(text));
    }

    private string Intern(ReadOnlySpan<byte> utf8)
    {
        var place = (int)(AttributeText.MarkOf(utf8) & (TextsMax - 1));
        ref var kept = ref texts[place];
        if (kept.Utf8 is { } known && utf8.SequenceEqual(known)) return kept.Text;
        kept = (utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        return kept.Text;
    }
}
