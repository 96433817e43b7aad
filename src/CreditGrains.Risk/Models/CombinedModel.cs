using System.Collections.Immutable;

namespace CreditGrains.Risk.Models;

/// <summary>Several models as one: probabilities averaged by weight, or one model where another lets the row pass. Its inputs are those of its parts, each once.</summary>
public sealed class CombinedModel : CompiledModel
{
    private readonly (CompiledModel Model, int[] Places)[] parts;
    private readonly double[] weights;
    private readonly double gateBelow;
    private readonly bool isGated;
    private readonly int longestRow;

    private CombinedModel(ImmutableArray<ModelInput> inputs, CompiledModel[] models, double[] weights, bool isGated, double gateBelow) : base(inputs, ScoreUnit.Probability, isGated ? "gated" : "weighted")
    {
        parts = [.. models.Select(model => (model, model.Inputs.Select(input => inputs.Select((one, i) => (one, i)).First(pair => pair.one.Name == input.Name).i).ToArray()))];
        this.weights = weights;
        this.isGated = isGated;
        this.gateBelow = gateBelow;
        longestRow = models.Max(model => model.Inputs.Length);
        foreach (var model in models)
            if (model.Unit == ScoreUnit.Number) throw new ModelFault("BadModel", $"a {model.Kind} model gives a plain number; only models that tell a probability can be combined");
    }

    /// <summary>The mean of probabilities: Σ weight · p ÷ Σ weight. NaN when one of them is.</summary>
    /// <exception cref="ModelFault">No model, a weight that is not above 0, or a model that gives no probability.</exception>
    public static CombinedModel Weighted(ImmutableArray<(CompiledModel Model, double Weight)> models)
    {
        if (models.IsDefaultOrEmpty || models.Any(one => !(one.Weight > 0) || !double.IsFinite(one.Weight))) throw new ModelFault("BadModel", "give at least one model, each with a finite weight above 0");
        var sum = models.Sum(one => one.Weight);
        CompiledModel[] all = [.. models.Select(one => one.Model)];
        return new CombinedModel(Union(all), all, [.. models.Select(one => one.Weight / sum)], false, 0);
    }

    /// <summary>The gate's probability where it is at least <paramref name="below"/>, or NaN; else that of the second model, which then decides.</summary>
    /// <param name="gate">Looked at first, such as a scorecard.</param>
    /// <param name="second">Looked at when the gate's probability is lower, such as trees.</param>
    /// <param name="below">Probability of the bad event from which the gate stands by itself, above 0 and at most 1.</param>
    /// <exception cref="ModelFault">The bound or a model does not fit.</exception>
    public static CombinedModel Gated(CompiledModel gate, CompiledModel second, double below)
    {
        if (below is not (> 0 and <= 1)) throw new ModelFault("BadModel", $"the gate's bound is {below}; it is a probability above 0 and at most 1");
        return new CombinedModel(Union([gate, second]), [gate, second], [], true, below);
    }

    /// <summary>The models, each with its weight (0 where gated) and the place of each of its inputs among those of the whole.</summary>
    public IEnumerable<(CompiledModel Model, double Weight, int[] Places)> Parts => parts.Select((part, i) => (part.Model, isGated ? 0 : weights[i], part.Places));

    /// <summary>Which part decides a row: 0 the gate, 1 the second; −1 where all are averaged.</summary>
    /// <param name="row">A number for each input.</param>
    /// <param name="scratch">At least <see cref="CompiledModel.ScratchLength"/> long.</param>
    public int DecidingPart(ReadOnlySpan<double> row, Span<double> scratch) => !isGated ? -1 : One(0, row, scratch) < gateBelow ? 1 : 0;

    private protected override int OwnScratch => longestRow + parts.Max(part => part.Model.ScratchLength);

    private protected override double Compute(ReadOnlySpan<double> row, Span<double> scratch)
    {
        if (isGated)
        {
            var first = One(0, row, scratch);
            return first < gateBelow ? One(1, row, scratch) : first;
        }

        double sum = 0;
        for (var i = 0; i < parts.Length; i++) sum += weights[i] * One(i, row, scratch);
        return sum;
    }

    private double One(int index, ReadOnlySpan<double> row, Span<double> scratch)
    {
        var (model, places) = parts[index];
        var own = scratch[..places.Length];
        for (var i = 0; i < places.Length; i++) own[i] = row[places[i]];
        return model.ProbabilityOf(model.Score(own, scratch[longestRow..]));
    }

    private static ImmutableArray<ModelInput> Union(CompiledModel[] models)
    {
        var names = new List<string>();
        foreach (var input in models.SelectMany(model => model.Inputs))
            if (!names.Contains(input.Name)) names.Add(input.Name);
        // Each part treats missing values by its own rules.
        return [.. names.Select(name => new ModelInput(name))];
    }
}
