using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using CreditGrains.Domain.Files;

namespace CreditGrains.Risk.Features.Files;

/// <summary>A part of a catalogue file; its faults are <see cref="FeatureFault"/>.</summary>
internal sealed class CatalogueNode : FilePart<CatalogueNode>
{
    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16, AllowDuplicateProperties = false,
    };

    private CatalogueNode(JsonElement element, string path)
        : base(element, path)
    {
    }

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

    /// <summary>Items of an array that must not be empty, or the one value itself.</summary>
    public ImmutableArray<CatalogueNode> OneOrMore()
    {
        if (!IsArray) return [this];
        var items = Items();
        return items.Length > 0 ? items : throw Fault("at least one belongs in the array; leave the field out to take any");
    }

    /// <summary>A whole number within bounds.</summary>
    public long Integer(long least, long most)
    {
        if (IsNumber && Element.TryGetInt64(out var value) && value >= least && value <= most) return value;
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

    /// <summary>A fault of this part.</summary>
    public FeatureFault Fault(string fault, string name = "FieldWrong") => new(name, Path, fault);

    /// <inheritdoc/>
    protected override CatalogueNode Part(JsonElement element, string path) => new(element, path);

    /// <inheritdoc/>
    protected override FeatureFault FaultOf(string name, string path, string fault) => new(name, path, fault);
}
