using System.Text.Json;
using System.Text.Json.Serialization;
using CreditGrains.Domain.Money;

namespace CreditGrains.Orleans.Wire;

/// <summary>Views between silos. They are read seldom, so JSON serves; numbers stay exact.</summary>
internal static class ViewWire
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new CurrencyConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Writes a view; null is a view too.</summary>
    public static Payload Write<T>(T? view) => new(JsonSerializer.SerializeToUtf8Bytes(view, Options));

    /// <summary>Reads a view.</summary>
    public static T? Read<T>(Payload payload) => JsonSerializer.Deserialize<T>(payload.Bytes, Options);

    private sealed class CurrencyConverter : JsonConverter<Currency>
    {
        public override Currency Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetUInt16());

        public override void Write(Utf8JsonWriter writer, Currency value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Numeric);
    }
}
