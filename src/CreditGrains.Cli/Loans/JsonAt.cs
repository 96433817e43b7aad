using System.Globalization;
using System.Text.Json;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Domain.Files;

namespace CreditGrains.Cli.Loans;

/// <summary>A value of a JSON file with the path that leads to it, so that every fault names its place. What is not known is refused, never skipped.</summary>
internal readonly struct JsonAt(JsonElement element, string path)
{
    /// <summary>Where the value stands, such as "$.schedule.steps[0]".</summary>
    public string Path => path;

    /// <summary>Whether the value is an object.</summary>
    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandFault">It cannot be read or is no JSON object.</exception>
    public static JsonDocument Parse(string file)
    {
        try
        {
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 };
            return JsonTexts.Parse(File.ReadAllBytes(file), options);
        }
        catch (JsonException e)
        {
            throw CommandFault.Usage("BadJson", $"{file} is no JSON: {CommandFault.OneLine(e.Message).TrimEnd('.')}; check the place it names");
        }
    }

    /// <summary>Refuses fields that are not among those named.</summary>
    /// <exception cref="CommandFault">The value is no object, or has another field or one twice.</exception>
    public JsonAt Only(params string[] names)
    {
        if (!IsObject) throw Bad("must be an object { … }");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in element.EnumerateObject())
        {
            if (!names.Contains(field.Name, StringComparer.Ordinal)) throw CommandFault.Usage("UnknownField", $"{path}.{field.Name} is not known; {path} takes {string.Join(", ", names)}");
            if (!seen.Add(field.Name)) throw CommandFault.Usage("BadField", $"{path}.{field.Name} comes twice; leave one");
        }

        return this;
    }

    /// <summary>A field that may be missing or null.</summary>
    /// <exception cref="CommandFault">The value is no object.</exception>
    public JsonAt? Maybe(string name)
    {
        if (!IsObject) throw Bad("must be an object { … }");
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? new JsonAt(value, $"{path}.{name}") : null;
    }

    /// <summary>A field that must be there.</summary>
    public JsonAt Need(string name) => Maybe(name) ?? throw CommandFault.Usage("MissingField", $"{path}.{name} is missing; docs/loans.md describes the file");

    /// <summary>The members of an array.</summary>
    public JsonAt[] Items()
    {
        if (element.ValueKind != JsonValueKind.Array) throw Bad("must be an array [ … ]");
        var at = path;
        return [.. element.EnumerateArray().Select((item, i) => new JsonAt(item, string.Create(CultureInfo.InvariantCulture, $"{at}[{i}]")))];
    }

    /// <summary>A text.</summary>
    public string Text() => element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Bad("must be a text in quotes");

    /// <summary>True or false.</summary>
    public bool Flag() => element.ValueKind is JsonValueKind.True or JsonValueKind.False ? element.GetBoolean() : throw Bad("must be true or false");

    /// <summary>A whole number.</summary>
    public long Whole() => element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var value) ? value : throw Bad("must be a whole number");

    /// <summary>A whole number that is small.</summary>
    public int Count() => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value) ? value : throw Bad("must be a whole number below 2,147,483,648");

    /// <summary>A decimal number, or one in quotes.</summary>
    public decimal Number()
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetDecimal(out var value)) return value;
        if (element.ValueKind == JsonValueKind.String && decimal.TryParse(element.GetString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value)) return value;
        throw Bad("must be a number");
    }

    /// <summary>A date.</summary>
    public DateOnly Date() =>
        DateOnly.TryParseExact(Text(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 1900 and <= 2299
            ? date
            : throw Bad("must be a date such as 2024-01-31, from 1900 to 2299");

    /// <summary>One of a list of words, in any case.</summary>
    public T Word<T>(IReadOnlyDictionary<string, T> words) =>
        words.TryGetValue(Text(), out var value) ? value : throw Bad($"must be one of {string.Join(", ", words.Keys)}");

    /// <summary>A fault of this value.</summary>
    public CommandFault Bad(string must) => CommandFault.Usage("BadField", $"{path} is {Shown()}; it {must}");

    private string Shown()
    {
        var text = element.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= 40 ? text : text[..40] + "…";
    }
}
