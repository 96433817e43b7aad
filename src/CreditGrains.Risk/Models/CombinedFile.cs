using System.Text.Json;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Scorecards;

namespace CreditGrains.Risk.Models;

/// <summary>
/// A combined model as one JSON file that holds its parts: scorecards and logistic models as they are, ONNX in base64. So a version is one file with one hash, whatever becomes of the files it
/// was made of. Parts of parts are not combined again.
/// </summary>
public static class CombinedFile
{
    /// <summary>Most parts.</summary>
    public const int PartsMax = 16;

    /// <summary>Makes the file of a mean by weight.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="parts">Model files with their weights, above 0.</param>
    /// <exception cref="ModelFault">A part or weight is refused.</exception>
    public static byte[] Weighted(string name, IReadOnlyList<(byte[] File, double Weight)> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return Written("weighted", name, null, [.. parts.Select(part => (part.File, (double?)part.Weight))]);
    }

    /// <summary>Makes the file of a model behind a gate.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="gate">Looked at first.</param>
    /// <param name="second">Decides where the gate's probability is lower.</param>
    /// <param name="below">Probability from which the gate stands by itself.</param>
    /// <exception cref="ModelFault">A part or the bound is refused.</exception>
    public static byte[] Gated(string name, byte[] gate, byte[] second, double below) => Written("gated", name, below, [(gate, null), (second, null)]);

    /// <summary>Compiles what was read of a file.</summary>
    internal static CombinedModel Compile(string kind, double? below, IReadOnlyList<(JsonElement? Model, byte[]? Onnx, double? Weight)> parts)
    {
        if (parts.Count is < 2 or > PartsMax) throw new ModelFault("BadModel", $"a combined model has 2 to {PartsMax} parts, this one {parts.Count}");
        var models = parts.Select((part, i) => Part(part.Model, part.Onnx, i)).ToArray();
        if (kind == "gated")
        {
            if (models.Length != 2 || below is null || parts.Any(part => part.Weight is not null)) throw new ModelFault("BadModel", "a gated model has two parts without weight, the gate first, and 'below'");
            return CombinedModel.Gated(models[0], models[1], below.Value);
        }

        if (below is not null || parts.Any(part => part.Weight is null)) throw new ModelFault("BadModel", "a weighted model has parts with a weight each, and no 'below'");
        return CombinedModel.Weighted([.. models.Zip(parts, (model, part) => (model, part.Weight!.Value))]);
    }

    private static CompiledModel Part(JsonElement? model, byte[]? onnx, int number)
    {
        try
        {
            if (onnx is not null && model is null) return OnnxModel.Load(onnx, null);
            if (onnx is not null || model is not { ValueKind: JsonValueKind.Object } json) throw new ModelFault("BadModel", "a part has either 'model', a scorecard or logistic model, or 'onnx', a file in base64");
            return ModelFile.Read(JsonSerializer.SerializeToUtf8Bytes(json)) is var made and not CombinedModel ? made : throw new ModelFault("BadModel", "a part is combined itself; give its parts here");
        }
        catch (ModelFault fault)
        {
            throw new ModelFault(fault.Name, $"parts[{number}]: {fault.Message}", fault);
        }
    }

    private static byte[] Written(string kind, string name, double? below, IReadOnlyList<(byte[] File, double? Weight)> parts)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", kind);
            writer.WriteString("name", name);
            if (below is { } bound) writer.WriteNumber("below", bound);
            writer.WriteStartArray("parts");
            foreach (var (file, weight) in parts)
            {
                writer.WriteStartObject();
                if (weight is { } share) writer.WriteNumber("weight", share);
                if (ModelRegistry.IsJson(file))
                {
                    // Sound before it is copied, and without its comments.
                    ModelFile.Read(file);
                    writer.WritePropertyName("model");
                    using var document = JsonDocument.Parse(file, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
                    document.WriteTo(writer);
                }
                else
                {
                    writer.WriteBase64String("onnx", file);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        var made = stream.ToArray();
        ModelFile.Read(made);
        return made;
    }
}
