using System.Globalization;
using System.Text.Json;
using CreditGrains.Domain.Files;

namespace CreditGrains.Risk.Features.Files;

/// <summary>A part of a catalogue file that knows its path. A member nobody asked for is a fault, so that a misspelt word is not silently left out.</summary>
internal sealed class CatalogueNode
{
    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16, AllowDuplicateProperties = false,
    };

    private readonly JsonElement element;
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    private CatalogueNode(JsonElement element, string path) => (this.element, Path) = (element, path);

    /// <summary>Where it stands; empty for the file.</summary>
    public string Path { get; }

    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    public bool IsText => element.ValueKind == JsonValueKind.String;

    /// <summary>Reads a text.</summary>
    public static CatalogueNode Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return new CatalogueNode(JsonTexts.Parse(json, Options).RootElement, "");
        }
        catch (JsonException e)
        {
            var line = e.LineNumber is { } number ? $"line {number + 1}" : "";
            throw new FeatureFault("BadJson", line, $"this is no JSON: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; docs/features.md has the format");
        }
    }

    public CatalogueNode? Optional(string name)
    {
        if (!IsObject) throw Fault("an object in { } belongs here");
        asked.Add(name);
        return element.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? new CatalogueNode(member, Join(name)) : null;
    }

    public CatalogueNode Required(string name) => Optional(name) ?? throw new FeatureFault("FieldMissing", Join(name), "the field is missing; write it");

    /// <summary>Members of an object whose names the author chooses.</summary>
    public IEnumerable<(string Name, CatalogueNode Node)> Members()
    {
        if (!IsObject) throw Fault("an object in { } belongs here");
        foreach (var member in element.EnumerateObject())
        {
            asked.Add(member.Name);
            yield return (member.Name, new CatalogueNode(member.Value, Join(member.Name)));
        }
    }

    /// <summary>Items of an array.</summary>
    public List<CatalogueNode> Items()
    {
        if (element.ValueKind != JsonValueKind.Array) throw Fault("an array in [ ] belongs here");
        var items = new List<CatalogueNode>();
        foreach (var item in element.EnumerateArray()) items.Add(new CatalogueNode(item, string.Create(CultureInfo.InvariantCulture, $"{Path}[{items.Count}]")));
        return items;
    }

    /// <summary>Items of an array that must not be empty, or the one value itself.</summary>
    public List<CatalogueNode> OneOrMore()
    {
        if (element.ValueKind != JsonValueKind.Array) return [this];
        var items = Items();
        return items.Count > 0 ? items : throw Fault("at least one belongs in the array; leave the field out to take any");
    }

    public string Text() => IsText ? element.GetString()! : throw Fault("a text in quotes belongs here");

    /// <summary>A whole number within bounds.</summary>
    public long Integer(long least, long most)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var value) && value >= least && value <= most) return value;
        throw Fault(string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most} belongs here"));
    }

    /// <summary>A length of time such as "90s", "5m", "4h" or "7d", in seconds.</summary>
    public long Duration(long mostSeconds)
    {
        var text = Text();
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 };
        if (unit == 0 || text[0] is < '0' or > '9' || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw Fault($"'{text}' is no length of time; write it as 90s, 5m, 4h or 7d");
        var seconds = (long)number * unit;
        return seconds <= mostSeconds ? seconds : throw Fault(string.Create(CultureInfo.InvariantCulture, $"'{text}' is longer than {mostSeconds / 86_400.0:0.##} days"));
    }

    /// <summary>One of the names of an enum, in camel case.</summary>
    public T Choice<T>(Func<T, bool>? allowed = null)
        where T : struct, Enum
    {
        var text = Text();
        var names = Enum.GetValues<T>().Where(value => allowed is null || allowed(value)).ToArray();
        foreach (var value in names)
            if (string.Equals(Camel(value.ToString()), text, StringComparison.Ordinal)) return value;
        throw Fault($"'{text}' is not known; write one of {string.Join(", ", names.Select(value => Camel(value.ToString())))}");
    }

    /// <summary>To be called when all has been asked for.</summary>
    public void Done()
    {
        foreach (var member in element.EnumerateObject())
            if (!asked.Contains(member.Name))
                throw new FeatureFault("FieldUnknown", Join(member.Name), $"the field is not known; here belong {string.Join(", ", asked.Order(StringComparer.Ordinal))}");
    }

    /// <summary>A fault of this part.</summary>
    public FeatureFault Fault(string fault, string name = "FieldWrong") => new(name, Path, fault);

    public static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private string Join(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
