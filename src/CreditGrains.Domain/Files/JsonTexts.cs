using System.Text.Json;

namespace CreditGrains.Domain.Files;

/// <summary>JSON whose texts can all be read. The parser takes bytes that are no UTF-8, and halves of surrogate pairs such as "\ud800", and fails only when such a text is asked for.</summary>
public static class JsonTexts
{
    /// <summary>Parses a file.</summary>
    /// <param name="json">UTF-8; belongs to the document from here on.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="JsonException">It is no JSON, or a name or text of it is no Unicode; the line is told.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, JsonDocumentOptions options)
    {
        var document = JsonDocument.Parse(json, options);
        var reader = new Utf8JsonReader(
            json.Span, new JsonReaderOptions { AllowTrailingCommas = options.AllowTrailingCommas, CommentHandling = options.CommentHandling, MaxDepth = options.MaxDepth });
        while (reader.Read())
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && !IsText(reader))
                throw new JsonException("a text is not valid Unicode; save the file as UTF-8", null, json.Span[..(int)reader.TokenStartIndex].Count((byte)'\n'), null);
        return document;
    }

    /// <summary>A name as files write it: its first letter small.</summary>
    public static string Camel(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static bool IsText(in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
