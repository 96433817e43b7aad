using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Reasons;

/// <summary>What a factor is called to the applicant.</summary>
/// <param name="Code">Stable code, such as "R07".</param>
/// <param name="English">Text in English.</param>
/// <param name="Chinese">Text in Chinese.</param>
public sealed record ReasonText(string Code, string English, string Chinese);

/// <summary>Texts of reasons by the input they are about, from a JSON file: { "inputs": { "utilisation": { "code": "R07", "english": "…", "chinese": "…" } } }. Several inputs may share a code; a decline then gives it once.</summary>
public sealed class ReasonCatalogue
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 8,
    };

    private readonly FrozenDictionary<string, ReasonText> texts;

    /// <exception cref="ModelFault">A text is empty, two texts share a code, or an input is a protected attribute.</exception>
    public ReasonCatalogue(IReadOnlyDictionary<string, ReasonText> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ProtectedAttributes.Refuse(texts.Keys);
        foreach (var (input, text) in texts)
            if (text is null || string.IsNullOrWhiteSpace(text.Code) || string.IsNullOrWhiteSpace(text.English) || string.IsNullOrWhiteSpace(text.Chinese)) throw new ModelFault("BadReasons", $"input '{input}' needs a code, an English and a Chinese text");
        if (texts.Values.Distinct().GroupBy(text => text.Code, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice) throw new ModelFault("BadReasons", $"code '{twice.Key}' has two different texts; give each text its own code");
        this.texts = texts.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Reads a reasons file.</summary>
    /// <exception cref="ModelFault">It is no JSON of that form, or its content is refused.</exception>
    public static ReasonCatalogue Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return new ReasonCatalogue((JsonSerializer.Deserialize<FileForm>(json, Options) ?? throw new ModelFault("BadJson", "the reasons file is empty")).Inputs);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new ModelFault("BadJson", $"the reasons file cannot be read: {e.Message.ReplaceLineEndings(" ")}; docs/models.md has the format", e);
        }
    }

    /// <summary>Refuses a model of which an input has no text, so that no decline is without words.</summary>
    /// <exception cref="ModelFault">Names the inputs.</exception>
    public void Cover(CompiledModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var bare = model.Inputs.Select(input => input.Name).Where(name => !texts.ContainsKey(name)).ToArray();
        if (bare.Length > 0) throw new ModelFault("BadReasons", $"no reason text for {string.Join(", ", bare)}; add them to the reasons file");
    }

    /// <summary>The text of an input; for one without, its name as its code.</summary>
    public ReasonText Of(string input) => texts.TryGetValue(input, out var text) ? text : new ReasonText(input, input, input);

    private sealed record FileForm(Dictionary<string, ReasonText> Inputs);
}
