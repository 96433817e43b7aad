using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using CreditGrains.Domain.Files;

namespace CreditGrains.Securitisation.Files;

/// <summary>
/// A part of a JSON file that knows its path. Every fault names the path and the fix; a name nobody asked for is a fault too, so that a misspelt word is not
/// silently left out.
/// </summary>
public sealed class JsonPart
{
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private readonly JsonElement element;
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    private JsonPart(JsonElement element, string path)
    {
        this.element = element;
        Path = path;
    }

    /// <summary>Where it stands: "tranches[2].coupon"; empty for the file.</summary>
    public string Path { get; }

    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    public bool IsArray => element.ValueKind == JsonValueKind.Array;

    public bool IsText => element.ValueKind == JsonValueKind.String;

    public bool IsNumber => element.ValueKind == JsonValueKind.Number;

    /// <summary>Reads a text. Comments and trailing commas are allowed.</summary>
    /// <exception cref="InvalidInputException">The text is no JSON.</exception>
    public static JsonPart Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return new JsonPart(JsonTexts.Parse(json, Options).RootElement, "");
        }
        catch (JsonException e)
        {
            throw new InvalidInputException("BadJson", "", $"this is no JSON: {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Whether a member is there; it counts as asked for.</summary>
    public bool Has(string name)
    {
        NeedObject();
        asked.Add(name);
        return element.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null;
    }

    /// <summary>A member that may be left out.</summary>
    public JsonPart? Optional(string name) => Has(name) ? new JsonPart(element.GetProperty(name), Join(name)) : null;

    /// <summary>A member that must be there.</summary>
    public JsonPart Required(string name) => Optional(name) ?? throw new InvalidInputException("FieldMissing", Join(name), "the field is missing; write it");

    /// <summary>The items of an array.</summary>
    public ImmutableArray<JsonPart> Items() => IsArray
        ? [.. element.EnumerateArray().Select((item, i) => new JsonPart(item, $"{Path}[{i}]"))]
        : throw Fault("an array in [ ] belongs here");

    /// <summary>The names and values of an object whose names are free.</summary>
    public ImmutableArray<(string Name, JsonPart Value)> Members()
    {
        NeedObject();
        return [.. element.EnumerateObject().Select(member => (member.Name, new JsonPart(member.Value, Join(member.Name))))];
    }

    public double Number() => IsNumber && element.TryGetDouble(out var value) && double.IsFinite(value) ? value : throw Fault("a number belongs here");

    public double Number(string name) => Required(name).Number();

    public double Number(string name, double otherwise) => Optional(name)?.Number() ?? otherwise;

    public int Whole() => IsNumber && element.TryGetInt32(out var value) ? value : throw Fault("a whole number belongs here");

    public int Whole(string name, int? otherwise = null) => otherwise is { } value ? Optional(name)?.Whole() ?? value : Required(name).Whole();

    public bool Flag(string name, bool otherwise = false) => Optional(name) is not { } part ? otherwise
        : part.element.ValueKind is JsonValueKind.True or JsonValueKind.False ? part.element.GetBoolean() : throw part.Fault("true or false belongs here");

    public string Text() => IsText ? element.GetString()! : throw Fault("a text in \" \" belongs here");

    public string Text(string name, string? otherwise = null) => otherwise is null ? Required(name).Text() : Optional(name)?.Text() ?? otherwise;

    public DateOnly Date() => DateOnly.TryParseExact(Text(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        ? date
        : throw Fault($"'{Text()}' is no date; write it as 2026-03-31");

    /// <summary>The text of this part, for a reader of its own.</summary>
    public string RawText() => element.GetRawText();

    public ImmutableArray<double> Numbers() => [.. Items().Select(item => item.Number())];

    /// <summary>One of the names of an enum, in camel case.</summary>
    public T Choice<T>()
        where T : struct, Enum
    {
        var text = Text();
        foreach (var value in Enum.GetValues<T>())
            if (string.Equals(Camel(value.ToString()), text, StringComparison.Ordinal)) return value;
        throw Fault($"'{text}' is not known; write one of {string.Join(", ", Enum.GetNames<T>().Select(Camel))}");
    }

    public T Choice<T>(string name, T otherwise)
        where T : struct, Enum => Optional(name)?.Choice<T>() ?? otherwise;

    /// <summary>To be called when all has been asked for.</summary>
    /// <exception cref="InvalidInputException">A name is left that nobody asked for.</exception>
    public void Done()
    {
        foreach (var member in element.EnumerateObject())
            if (!asked.Contains(member.Name))
                throw new InvalidInputException("FieldUnknown", Join(member.Name), $"the field is not known; here belong {string.Join(", ", asked.Order(StringComparer.Ordinal))}");
    }

    /// <summary>A fault of this part.</summary>
    public InvalidInputException Fault(string fault, string name = "FieldWrong") => new(name, Path, fault);

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private string Join(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private void NeedObject()
    {
        if (!IsObject) throw Fault("an object in { } belongs here");
    }
}
