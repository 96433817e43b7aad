using System.Collections.Immutable;

namespace CreditGrains.Risk.Models;

/// <summary>
/// A model ready to score: named inputs in, one number out, nothing allocated on the way. Immutable; any number of threads may use it, each with scratch of its own.
/// </summary>
public abstract class CompiledModel
{
    private readonly int[] refused;
    private readonly bool replaces;

    private protected CompiledModel(ImmutableArray<ModelInput> inputs, ScoreUnit unit, string kind)
    {
        ProtectedAttributes.Refuse(inputs.Select(input => input.Name));
        if (inputs.GroupBy(input => input.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ModelFault("BadModel", $"input '{twice.Key}' is named twice; name each input once");
        Inputs = inputs;
        refused = [.. inputs.Index().Where(input => input.Item.Missing == MissingValue.Refused).Select(input => input.Index)];
        replaces = inputs.Any(input => input.Missing == MissingValue.Replaced);
        Unit = unit;
        Kind = kind;
    }

    /// <summary>The inputs, in the order in which a row has them.</summary>
    public ImmutableArray<ModelInput> Inputs { get; }

    /// <summary>What <see cref="Score"/> gives.</summary>
    public ScoreUnit Unit { get; }

    /// <summary>What it is: "scorecard", "logistic", "onnx", "trees", "weighted", "gated".</summary>
    public string Kind { get; }

    /// <summary>How many doubles of scratch a call needs.</summary>
    public int ScratchLength => OwnScratch + (replaces ? Inputs.Length : 0);

    /// <summary>Doubles of scratch that <see cref="Compute"/> needs.</summary>
    private protected abstract int OwnScratch { get; }

    /// <summary>Scores one row.</summary>
    /// <param name="row">A number for each of <see cref="Inputs"/>, in their order; NaN is missing.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> long; its content before does not matter.</param>
    /// <returns>The score in <see cref="Unit"/>; NaN when an input is missing that may not be, or the model says nothing of this row.</returns>
    /// <exception cref="ArgumentException">The row or the scratch is too short.</exception>
    public double Score(ReadOnlySpan<double> row, Span<double> scratch)
    {
        if (row.Length != Inputs.Length) throw new ArgumentException($"the row has {row.Length} numbers, the model {Inputs.Length} inputs", nameof(row));
        if (scratch.Length < ScratchLength) throw new ArgumentException($"the scratch has {scratch.Length} places, {ScratchLength} are needed", nameof(scratch));
        if (refused.Length > 0 && LacksOne(row)) return double.NaN;
        if (!replaces) return Compute(row, scratch);
        var full = scratch.Slice(OwnScratch, Inputs.Length);
        for (var i = 0; i < full.Length; i++) full[i] = double.IsNaN(row[i]) && Inputs[i].Missing == MissingValue.Replaced ? Inputs[i].Replacement : row[i];
        return Compute(full, scratch[..OwnScratch]);
    }

    /// <summary>A probability of the bad event where the unit allows one, else the score itself.</summary>
    public double ProbabilityOf(double score) => Unit switch
    {
        ScoreUnit.LogOdds => Logistic(score),
        ScoreUnit.Points => PointsToProbability(score),
        _ => score,
    };

    /// <summary>1 ÷ (1 + e^−x), without overflow.</summary>
    public static double Logistic(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    private bool LacksOne(ReadOnlySpan<double> row)
    {
        foreach (var input in refused)
            if (double.IsNaN(row[input])) return true;
        return false;
    }

    /// <summary>Scores a row whose length and scratch are right.</summary>
    private protected abstract double Compute(ReadOnlySpan<double> row, Span<double> scratch);

    /// <summary>What points mean, for models that give points.</summary>
    private protected virtual double PointsToProbability(double points) => double.NaN;
}
