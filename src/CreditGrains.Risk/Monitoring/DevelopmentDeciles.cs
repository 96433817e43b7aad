using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CreditGrains.Domain.Files;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Monitoring;

/// <summary>Bands and counts of one distribution in development.</summary>
/// <param name="Uppers">Largest value of each band but the last.</param>
/// <param name="Counts">Rows of each band, that of missing values last.</param>
public sealed record DecileBands(double[] Uppers, long[] Counts);

/// <summary>
/// What a model's development rows looked like, score and inputs, as JSON that goes into its metadata under "development": what drift is measured against.
/// </summary>
/// <param name="Score">Of the score.</param>
/// <param name="Inputs">Of each input by name.</param>
public sealed record DevelopmentDeciles(DecileBands Score, IReadOnlyDictionary<string, DecileBands> Inputs)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>Takes the deciles of development rows.</summary>
    /// <param name="model">Scores them.</param>
    /// <param name="rows">At least <see cref="DriftScale.RowsMin"/>, each with a number for each input.</param>
    /// <exception cref="ModelFault">There are too few.</exception>
    public static DevelopmentDeciles Of(CompiledModel model, IReadOnlyList<double[]> rows)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        var scratch = new double[model.ScratchLength];
        var scores = rows.Select(row => model.Score(row, scratch)).ToArray();
        return new DevelopmentDeciles(
            DriftScale.Of(scores).ToBands(), model.Inputs.Select((input, i) => (input.Name, Bands: DriftScale.Of(rows.Select(row => row[i]).ToArray()).ToBands())).ToDictionary(pair => pair.Name, pair => pair.Bands, StringComparer.Ordinal));
    }

    /// <summary>Reads them from a version's metadata; null when it has none that fits.</summary>
    public static DevelopmentDeciles? Read(string metadata)
    {
        try
        {
            using var document = JsonTexts.Parse(Encoding.UTF8.GetBytes(metadata), default);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("development", out var found) ? found.Deserialize<DevelopmentDeciles>(Options) : null;
        }
        catch (JsonException)
        {
            // Metadata is whatever its author likes: without development rows drift is measured against the first that are scored.
            return null;
        }
    }

    /// <summary>As metadata of a version.</summary>
    public string ToMetadata() => JsonSerializer.Serialize(new { development = this }, Options);

    /// <summary>A scale for each input and, last, the score; null when an input has none or a band does not fit.</summary>
    public DriftScale[]? ScalesOf(CompiledModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var bands = model.Inputs.Select(input => Inputs.TryGetValue(input.Name, out var found) ? found : null).Append(Score).ToImmutableArray();
        return bands.Any(one => one is null || !DriftScale.Fits(one)) ? null : [.. bands.Select(one => DriftScale.From(one!))];
    }
}
