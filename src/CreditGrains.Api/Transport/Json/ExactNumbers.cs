using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CreditGrains.Api.Transport.Json;

/// <summary>
/// The protobuf parser reads JSON numbers as doubles, so an amount of 9007199254740993 would silently become ...992. Numbers a double
/// may not hold are made strings, which the parser takes for any number field and reads exactly or refuses.
/// </summary>
internal static class ExactNumbers
{
    private const double ExactMax = 1L << 53;
    private const int ExactDigitsMax = 15;

    /// <summary>The text with quotes around such numbers; the same one when there are none.</summary>
    /// <exception cref="JsonException">It is no JSON, or nested too deeply.</exception>
    public static byte[] Quote(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonFault.DepthMax });
        MemoryStream? quoted = null;
        var copied = 0;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Number || !IsInexact(reader.ValueSpan)) continue;
            quoted ??= new MemoryStream(json.Length + 16);
            var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
            quoted.Write(json, copied, start - copied);
            quoted.WriteByte((byte)'"');
            quoted.Write(json, start, end - start);
            quoted.WriteByte((byte)'"');
            copied = end;
        }
        if (quoted is null) return json;
        quoted.Write(json, copied, json.Length - copied);
        return quoted.ToArray();
    }

    /// <summary>The same of text.</summary>
    /// <inheritdoc cref="Quote(byte[])"/>
    public static string Quote(string json) => Encoding.UTF8.GetString(Quote(Encoding.UTF8.GetBytes(json)));

    private static bool IsInexact(ReadOnlySpan<byte> number) =>
        (number.Length > ExactDigitsMax || number.ContainsAny("eE"u8))
        && Math.Abs(double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture)) >= ExactMax;
}
