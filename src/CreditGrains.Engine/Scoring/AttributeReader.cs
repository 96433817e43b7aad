using System.Text;
using System.Text.Json;
using CreditGrains.Risk.Feel;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// Reads what models and policies ask for from a request's attributes: one flat JSON object of numbers, texts and booleans, such as {"bureauScore": 612}. What is
/// no such object, or not there, is missing. Allocates nothing but texts not seen before.
/// </summary>
internal sealed class AttributeReader
{
    private const int TextsMax = 256;
    private readonly (byte[]? Utf8, string Text)[] texts = new (byte[]?, string)[TextsMax];
    private FeelValue[] values = [];

    /// <summary>Value of an attribute, by its place in the names.</summary>
    public ref readonly FeelValue this[int place] => ref values[place];

    /// <summary>The attribute as a number; NaN when it is missing or text. Booleans are 1 and 0.</summary>
    public double NumberOf(int place) => values[place] switch
    {
        { Kind: FeelKind.Number } value => (double)value.Number,
        { Kind: FeelKind.Boolean } value => value.IsTrue ? 1 : 0,
        _ => double.NaN,
    };

    /// <summary>Reads the attributes of a request.</summary>
    /// <param name="attributes">The caller's bytes; null is none.</param>
    /// <param name="names">The names asked for, UTF-8.</param>
    public void Read(byte[]? attributes, byte[][] names)
    {
        if (values.Length < names.Length) values = new FeelValue[names.Length];
        Array.Clear(values, 0, names.Length);
        if (attributes is null || names.Length == 0) return;
        var reader = new Utf8JsonReader(attributes);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var place = PlaceOf(ref reader, names);
                reader.Read();
                if (place >= 0) values[place] = ValueOf(ref reader);
                else reader.TrySkip();
            }
        }
        catch (JsonException)
        {
            // No JSON: opaque bytes of the caller's own, which the engine does not look into. All of them are missing.
            Array.Clear(values, 0, names.Length);
        }
    }

    private static int PlaceOf(ref Utf8JsonReader reader, byte[][] names)
    {
        for (var i = 0; i < names.Length; i++)
            if (reader.ValueTextEquals(names[i])) return i;
        return -1;
    }

    private FeelValue ValueOf(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number: return reader.TryGetDecimal(out var number) ? FeelValue.Of(number) : FeelValue.Null;
            case JsonTokenType.True: return FeelValue.Of(true);
            case JsonTokenType.False: return FeelValue.Of(false);
            case JsonTokenType.String: return FeelValue.Of(reader.ValueIsEscaped ? reader.GetString() : Intern(reader.ValueSpan));
            default:
                reader.TrySkip();
                return FeelValue.Null;
        }
    }

    private string Intern(ReadOnlySpan<byte> utf8)
    {
        var hash = new HashCode();
        hash.AddBytes(utf8);
        ref var kept = ref texts[(uint)hash.ToHashCode() % TextsMax];
        if (kept.Utf8 is { } known && utf8.SequenceEqual(known)) return kept.Text;
        kept = (utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        return kept.Text;
    }
}
