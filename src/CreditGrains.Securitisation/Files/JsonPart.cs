using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using CreditGrains.Domain.Files;

namespace CreditGrains.Securitisation.Files;

/// <summary>A part of a deal, pool, scenario or rules file; its faults are <see cref="InvalidInputException"/>.</summary>
public sealed class JsonPart : FilePart<JsonPart>
{
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private JsonPart(JsonElement element, string path)
        : base(element, path)
    {
    }

    /// <summary>Reads a text. Comments and trailing commas are allowed.</summary>
    /// <exception cref="InvalidInputException">The text is no JSON, or an object has a field twice.</exception>
    public static JsonPart Parse(ReadOnlyMemory<byte> json)
    {
        var part = ParseKept(json);
        part.CheckNamedOnce();
        return part;
    }

    /// <summary>Reads a text that was taken before, under older rules: of a field that stands twice the last counts.</summary>
    /// <exception cref="InvalidInputException">The text is no JSON.</exception>
    internal static JsonPart ParseKept(ReadOnlyMemory<byte> json)
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

    public double Number() => IsNumber && Element.TryGetDouble(out var value) && double.IsFinite(value) ? value : throw Fault("a number belongs here");

    public double Number(string name) => Required(name).Number();

    public double Number(string name, double otherwise) => Optional(name)?.Number() ?? otherwise;

    public int Whole() => IsNumber && Element.TryGetInt32(out var value) ? value : throw Fault("a whole number belongs here");

    public int Whole(string name, int? otherwise = null) => otherwise is { } value ? Optional(name)?.Whole() ?? value : Required(name).Whole();

    public bool Flag(string name, bool otherwise = false) => Optional(name) is not { } part ? otherwise
        : part.Element.ValueKind is JsonValueKind.True or JsonValueKind.False ? part.Element.GetBoolean() : throw part.Fault("true or false belongs here");

    public string Text(string name, string? otherwise = null) => otherwise is null ? Required(name).Text() : Optional(name)?.Text() ?? otherwise;

    public DateOnly Date() => DateOnly.TryParseExact(Text(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        ? date
        : throw Fault($"'{Text()}' is no date; write it as 2026-03-31");

    /// <summary>The text of this part, for a reader of its own.</summary>
    public string RawText() => Element.GetRawText();

    public ImmutableArray<double> Numbers() => [.. Items().Select(item => item.Number())];

    public T Choice<T>(string name, T otherwise)
        where T : struct, Enum => Optional(name) is { } part ? part.Choice<T>() : otherwise;

    /// <summary>A fault of this part.</summary>
    public InvalidInputException Fault(string fault, string name = "FieldWrong") => new(name, Path, fault);

    /// <inheritdoc/>
    protected override JsonPart Part(JsonElement element, string path) => new(element, path);

    /// <inheritdoc/>
    protected override InvalidInputException FaultOf(string name, string path, string fault) => new(name, path, fault);
}
