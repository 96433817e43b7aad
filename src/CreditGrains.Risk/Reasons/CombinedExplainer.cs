using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Scorecards;

namespace CreditGrains.Risk.Reasons;

/// <summary>
/// Explains a combined model by its parts, each in log-odds of the bad event: a scorecard by points below the average over its factor, trees by Shapley values. Behind a gate the part that decided
/// is explained; of a mean by weight the parts' contributions are added by weight, which names what counted but does not add up to the log-odds of the mean. One thread at a time.
/// </summary>
public sealed class CombinedExplainer
{
    private readonly CombinedModel model;
    private readonly Part[] parts;
    private readonly double[] scratch;
    private readonly double[] row;
    private readonly double[] own;

    private CombinedExplainer(CombinedModel model, Part[] parts)
    {
        this.model = model;
        this.parts = parts;
        scratch = new double[Math.Max(model.ScratchLength, parts.Max(part => part.Model.ScratchLength))];
        row = new double[parts.Max(part => part.Places.Length)];
        own = new double[row.Length];
        Background = string.Join("; ", parts.Select(part => part.Background).Distinct());
    }

    /// <summary>With what contributions compare, part by part.</summary>
    public string Background { get; }

    /// <summary>Prepares a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="background">A name for the rows counted in trees.</param>
    /// <exception cref="ModelFault">A part cannot be taken apart.</exception>
    public static CombinedExplainer Of(CombinedModel model, string background)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new CombinedExplainer(model, [.. model.Parts.Select(part => PartOf(part.Model, part.Weight, part.Places, background))]);
    }

    /// <summary>Contributions of each input to the log-odds of the bad event.</summary>
    /// <param name="whole">A number for each input of the model; NaN is missing.</param>
    /// <param name="contributions">One place each.</param>
    public void Explain(ReadOnlySpan<double> whole, Span<double> contributions)
    {
        contributions.Clear();
        var deciding = model.DecidingPart(whole, scratch);
        for (var i = 0; i < parts.Length; i++)
            if (deciding < 0 || deciding == i) Add(parts[i], deciding < 0 ? parts[i].Weight : 1, whole, contributions);
    }

    private void Add(Part part, double weight, ReadOnlySpan<double> whole, Span<double> contributions)
    {
        var mine = own.AsSpan(0, part.Places.Length);
        var given = row.AsSpan(0, part.Places.Length);
        for (var i = 0; i < given.Length; i++) given[i] = whole[part.Places[i]];
        if (part.Trees is { } trees) trees.Explain(given, mine, scratch);
        else
            for (var i = 0; i < mine.Length; i++) mine[i] = (AverageOf(part.Card!.Characteristics[i]) - part.Card.PointsOf(i, given[i])) / part.Card.Scale.Factor;
        for (var i = 0; i < mine.Length; i++) contributions[part.Places[i]] += weight * mine[i];
    }

    private static Part PartOf(CompiledModel model, double weight, int[] places, string background)
    {
        switch (model)
        {
            case Scorecard card:
                if (card.Characteristics.FirstOrDefault(one => double.IsNaN(AverageOf(one))) is { } without)
                    throw new ModelFault("NoBackground", $"characteristic '{without.Input}' has neither cutoffAverage nor allAverage; write the averages into the scorecard");
                return new Part(model, weight, places, card, null, card.Characteristics.All(one => one.CutoffAverage is not null) ? "applicants at or just above the cut-off" : "all applicants");
            case OnnxModel onnx:
                var trees = OnnxExplainer.Of(onnx, background);
                return trees.Unit == ScoreUnit.LogOdds ? new Part(model, weight, places, null, trees, background) : throw new ModelFault("NotExplained", "the trees of a part give a plain number, not log-odds");
            default:
                throw new ModelFault("NotExplained", $"a part is a {model.Kind} model; only scorecards and trees are taken apart");
        }
    }

    private static double AverageOf(Characteristic one) => one.CutoffAverage ?? one.AllAverage ?? double.NaN;

    private sealed record Part(CompiledModel Model, double Weight, int[] Places, Scorecard? Card, OnnxExplainer? Trees, string Background);
}
