using System.Text.Json;
using System.Text.Json.Serialization;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Scorecards;

/// <summary>Scorecards, logistic models and combinations of models as JSON files (docs/models.md). What is not known is refused, never skipped.</summary>
public static class ModelFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = 16,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelFault">It is no JSON, has a field that is not known, or is no sound model.</exception>
    public static CompiledModel Read(ReadOnlySpan<byte> json)
    {
        FileForm form;
        try
        {
            form = JsonSerializer.Deserialize<FileForm>(json, Options) ?? throw new ModelFault("BadJson", "the file is empty; write an object with kind, name and the model");
        }
        catch (JsonException e)
        {
            throw new ModelFault("BadJson", $"the model file cannot be read at {e.Path}: {e.Message.ReplaceLineEndings(" ")}; docs/models.md has the format", e);
        }

        return form.Kind switch
        {
            "scorecard" => Scorecard(form),
            "logistic" => Logistic(form),
            "weighted" or "gated" => Combined(form),
            _ => throw new ModelFault("BadModel", $"kind '{form.Kind}' is not scorecard, logistic, weighted or gated"),
        };
    }

    /// <summary>Writes a scorecard so that <see cref="Read"/> gives the same.</summary>
    public static byte[] Write(Scorecard card)
    {
        ArgumentNullException.ThrowIfNull(card);
        return JsonSerializer.SerializeToUtf8Bytes(
            new FileForm("scorecard", card.Name)
            {
                Scale = new ScaleForm(card.Scale.Points, card.Scale.Odds, card.Scale.DoubleEvery),
                BasePoints = card.BasePoints,
                Cutoff = card.Cutoff,
                Characteristics = [.. card.Characteristics.Select(one => new CharacteristicForm(one.Input, [.. one.Bins.Select(bin => new BinForm(bin.Points)
                {
                    Woe = bin.Woe, Low = double.IsInfinity(bin.Low) ? null : bin.Low, High = double.IsInfinity(bin.High) ? null : bin.High, Codes = bin.Codes.IsDefault ? null : [.. bin.Codes],
                })])
                {
                    MissingPoints = one.MissingPoints, OtherPoints = one.OtherPoints, CutoffAverage = one.CutoffAverage, AllAverage = one.AllAverage,
                })],
            },
            Options);
    }

    /// <summary>Writes a logistic model so that <see cref="Read"/> gives the same.</summary>
    public static byte[] Write(LogisticModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return JsonSerializer.SerializeToUtf8Bytes(
            new FileForm("logistic", model.Name)
            {
                Intercept = model.Intercept,
                Inputs = [.. model.Inputs.Select((input, i) => new InputForm(input.Name, model.Coefficients[i]) { Missing = input.Missing == MissingValue.Replaced ? input.Replacement : null })],
            },
            Options);
    }

    private static Scorecard Scorecard(FileForm form)
    {
        if (form.Scale is null || form.Characteristics is null || form.Inputs is not null || form.Intercept is not null || form.IsCombined) throw new ModelFault("BadScorecard", "a scorecard has scale and characteristics, and neither inputs nor intercept");
        if (form.Characteristics.Any(one => one is null || one.Bins.Any(bin => bin is null))) throw new ModelFault("BadScorecard", "a characteristic or bin is null; leave it out or fill it in");
        return new Scorecard(
            form.Name,
            [.. form.Characteristics.Select(one => new Characteristic(
                one.Input, [.. one.Bins.Select(bin => new ScorecardBin(bin.Points, bin.Woe ?? 0, bin.Low ?? double.NegativeInfinity, bin.High ?? double.PositiveInfinity, bin.Codes is null ? default : [.. bin.Codes]))],
                one.MissingPoints, one.OtherPoints, one.CutoffAverage, one.AllAverage))],
            new PointsScale(form.Scale.Points, form.Scale.Odds, form.Scale.Pdo), form.BasePoints ?? 0, form.Cutoff);
    }

    private static LogisticModel Logistic(FileForm form)
    {
        if (form.Inputs is null || form.Intercept is null || form.Characteristics is not null || form.Scale is not null || form.IsCombined) throw new ModelFault("BadModel", "a logistic model has inputs and intercept, and neither scale nor characteristics");
        if (form.Inputs.Any(input => input is null)) throw new ModelFault("BadModel", "an input is null; leave it out or fill it in");
        return new LogisticModel(
            form.Name, [.. form.Inputs.Select(input => input.Missing is { } value ? new ModelInput(input.Name, MissingValue.Replaced, value) : new ModelInput(input.Name, MissingValue.Refused))],
            [.. form.Inputs.Select(input => input.Coefficient)], form.Intercept.Value);
    }

    private static CombinedModel Combined(FileForm form)
    {
        if (form.Parts is null || form.Parts.Any(part => part is null) || form.Scale is not null || form.Characteristics is not null || form.Inputs is not null || form.Intercept is not null || form.BasePoints is not null || form.Cutoff is not null)
            throw new ModelFault("BadModel", $"a {form.Kind} model has parts, and nothing of a scorecard or logistic model beside them");
        return CombinedFile.Compile(form.Kind, form.Below, [.. form.Parts.Select(part => (part.Model, part.Onnx, part.Weight))]);
    }

    private sealed record FileForm(string Kind, string Name)
    {
        public PartForm[]? Parts { get; init; }
        public double? Below { get; init; }

        [JsonIgnore]
        public bool IsCombined => Parts is not null || Below is not null;

        public ScaleForm? Scale { get; init; }
        public double? BasePoints { get; init; }
        public double? Cutoff { get; init; }
        public CharacteristicForm[]? Characteristics { get; init; }
        public double? Intercept { get; init; }
        public InputForm[]? Inputs { get; init; }
    }

    private sealed record PartForm
    {
        public double? Weight { get; init; }
        public JsonElement? Model { get; init; }
        public byte[]? Onnx { get; init; }
    }

    private sealed record ScaleForm(double Points, double Odds, double Pdo);

    private sealed record CharacteristicForm(string Input, BinForm[] Bins)
    {
        public double? MissingPoints { get; init; }
        public double? OtherPoints { get; init; }
        public double? CutoffAverage { get; init; }
        public double? AllAverage { get; init; }
    }

    private sealed record BinForm(double Points)
    {
        public double? Woe { get; init; }
        public double? Low { get; init; }
        public double? High { get; init; }
        public double[]? Codes { get; init; }
    }

    private sealed record InputForm(string Name, double Coefficient)
    {
        public double? Missing { get; init; }
    }
}
