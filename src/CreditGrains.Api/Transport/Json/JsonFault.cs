using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace CreditGrains.Api.Transport.Json;

/// <summary>
/// Finds where a JSON body went wrong, which the protobuf parser does not say. Walks the body once beside the message
/// type and parses each leaf on its own, so the cost is that of one more parse.
/// </summary>
internal static class JsonFault
{
    /// <summary>The protobuf parser's own bound, which the walk keeps too.</summary>
    public const int DepthMax = 100;

    public static string Explain(byte[] json, MessageDescriptor type, JsonParser parser, Exception cause)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return $"The body is not a JSON object at {Position(json, 0)}.";
            return Walk(ref reader, json, type, "", parser) ?? $"The body is not a {type.FullName}: {cause.Message}";
        }
        catch (JsonException e)
        {
            var at = e.LineNumber is { } line ? $"line {line + 1}, byte {e.BytePositionInLine + 1}" : Position(json, reader.TokenStartIndex);
            return $"The body is not JSON at {at}.";
        }
        catch (InvalidOperationException)
        {
            return $"The body is not UTF-8 near {Position(json, reader.TokenStartIndex)}.";
        }
    }

    /// <summary>Walks the object the reader stands at; null when no field of it is at fault.</summary>
    private static string? Walk(ref Utf8JsonReader reader, byte[] json, MessageDescriptor type, string path, JsonParser parser)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameAt = reader.TokenStartIndex;
            var name = reader.GetString()!;
            var field = type.Fields.InDeclarationOrder().FirstOrDefault(field => field.JsonName == name || field.Name == name);
            var at = path.Length == 0 ? name : $"{path}.{name}";
            if (field is null)
                return $"Field '{at}' at {Position(json, nameAt)} is unknown to {type.FullName}.";

            reader.Read();
            if (Value(ref reader, json, field, name, at, parser) is { } fault)
                return fault;
        }

        return null;
    }

    private static string? Value(ref Utf8JsonReader reader, byte[] json, FieldDescriptor field, string name, string path, JsonParser parser)
    {
        var start = reader.TokenStartIndex;
        if (IsPlainMessage(field) && !field.IsMap && reader.TokenType == JsonTokenType.StartObject && !field.IsRepeated)
            return Walk(ref reader, json, field.MessageType, path, parser);

        if (field.IsRepeated && !field.IsMap && reader.TokenType == JsonTokenType.StartArray)
        {
            for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
            {
                var element = $"{path}[{index}]";
                var elementAt = reader.TokenStartIndex;
                if (IsPlainMessage(field) && reader.TokenType == JsonTokenType.StartObject)
                {
                    if (Walk(ref reader, json, field.MessageType, element, parser) is { } inner)
                        return inner;
                    continue;
                }

                reader.Skip();
                var one = Text(json, elementAt, reader.BytesConsumed);
                if (Leaf($"[{one}]", field, name, element, json, elementAt, parser) is { } fault)
                    return fault;
            }

            return null;
        }

        reader.Skip();
        return Leaf(Text(json, start, reader.BytesConsumed), field, name, path, json, start, parser);
    }

    /// <summary>Parses one field alone.</summary>
    private static string? Leaf(string value, FieldDescriptor field, string name, string path, byte[] json, long at, JsonParser parser)
    {
        try
        {
            parser.Parse(ExactNumbers.Quote($"{{{JsonSerializer.Serialize(name)}:{value}}}"), field.ContainingType);
            return null;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException or ArgumentException or FormatException or OverflowException or InvalidOperationException)
        {
            return $"Field '{path}' at {Position(json, at)} is wrong: {e.Message}";
        }
    }

    /// <summary>A message with ordinary fields; the well-known types have a JSON form of their own.</summary>
    private static bool IsPlainMessage(FieldDescriptor field) =>
        field.FieldType == FieldType.Message && !field.MessageType.FullName.StartsWith("google.protobuf.", StringComparison.Ordinal);

    private static string Text(byte[] json, long start, long end) =>
        Encoding.UTF8.GetString(json.AsSpan((int)start, (int)(end - start)));

    private static string Position(byte[] json, long at)
    {
        var before = json.AsSpan(0, (int)Math.Min(at, json.Length));
        var line = before.Count((byte)'\n') + 1;
        var column = before.Length - before.LastIndexOf((byte)'\n');
        return $"line {line}, byte {column}";
    }
}
