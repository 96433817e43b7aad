using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using CreditGrains.Domain.Money;

namespace CreditGrains.Orleans.Wire;

/// <summary>Views between silos. They are read seldom, so JSON serves; numbers stay exact.</summary>
internal static class ViewWire
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new CurrencyConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutComputed } } };

    /// <summary>Writes a view; null is a view too.</summary>
    public static Payload Write<T>(T? view) => new(JsonSerializer.SerializeToUtf8Bytes(view, Options));

    /// <summary>Reads a view.</summary>
    public static T? Read<T>(Payload payload) => JsonSerializer.Deserialize<T>(payload.Bytes, Options);

    /// <summary>What follows from the rest cannot be read back, and is not written: lists have some thousand keys.</summary>
    private static void LeaveOutComputed(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object) return;
        for (var i = type.Properties.Count - 1; i >= 0; i--)
            if (type.Properties[i] is { Set: null, AssociatedParameter: null }) type.Properties.RemoveAt(i);
    }

    private sealed class CurrencyConverter : JsonConverter<Currency>
    {
        public override Currency Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetUInt16());

        public override void Write(Utf8JsonWriter writer, Currency value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Numeric);
    }
}
