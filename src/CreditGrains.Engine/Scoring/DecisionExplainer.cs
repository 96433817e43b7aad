using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Queries;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Reasons;

namespace CreditGrains.Engine.Scoring;

/// <summary>One factor of a score: what counted against the applicant.</summary>
/// <param name="Reason">As it is told.</param>
/// <param name="Weight">Points lost, or log-odds of the bad event added; above 0.</param>
public readonly record struct ScoreFactor(DecisionReason Reason, double Weight);

/// <summary>Why a score is what it is.</summary>
/// <param name="Factors">Heaviest first, at most four.</param>
/// <param name="Inputs">Every input with its value; NaN is missing.</param>
/// <param name="Background">With what the factors compare; for a model that cannot be taken apart, why.</param>
/// <param name="Unit">Unit of the score.</param>
/// <param name="Score">The score.</param>
/// <param name="Probability">Of the bad event; NaN when the model tells none.</param>
public sealed record ScoreExplanation(IReadOnlyList<ScoreFactor> Factors, IReadOnlyList<(string Name, double Value)> Inputs, string Background, ScoreUnit Unit, double Score, double Probability);

/// <summary>
/// A model's file ready to score and to explain, outside the engine: for questions after the reply. Trees by exact Shapley values over the rows that trained them,
/// scorecards by points below the average, combined models by their parts. One thread at a time.
/// </summary>
public sealed class DecisionExplainer
{
    private const string TrainingRows = "rows that trained the trees";
    private readonly ScoringModel model;
    private readonly OnnxExplainer? trees;
    private readonly CombinedExplainer? combined;
    private readonly string background;
    private readonly double[] scratch;

    private DecisionExplainer(ScoringModel model)
    {
        this.model = model;
        scratch = new double[model.Model.ScratchLength];
        background = "";
        if (model.Card is { } card) background = card.Characteristics.All(one => one.CutoffAverage is not null) ? "applicants at or just above the cut-off" : "all applicants";
        else if (model.Model is not (OnnxModel or CombinedModel)) background = "none: only scorecards and trees are taken apart";
        else
        {
            try
            {
                if (model.Model is OnnxModel onnx) trees = OnnxExplainer.Of(onnx, TrainingRows);
                else combined = CombinedExplainer.Of((CombinedModel)model.Model, TrainingRows);
                background = combined?.Background ?? TrainingRows;
            }
            catch (ModelFault fault)
            {
                background = $"none: {fault.Message}";
            }
        }
    }

    /// <summary>Names of the model's inputs, in the order of a row.</summary>
    public IReadOnlyList<string> Inputs => [.. model.Model.Inputs.Select(input => input.Name)];

    /// <summary>Reads a model's file and its reason texts.</summary>
    /// <param name="file">Scorecard or logistic JSON, or ONNX.</param>
    /// <param name="reasons">JSON of reason texts; null for none.</param>
    /// <exception cref="ModelFault">One is refused; the message says where and why.</exception>
    public static DecisionExplainer Of(byte[] file, byte[]? reasons) => new(ScoringModel.Compile(file, reasons));

    /// <summary>Scores and explains a row.</summary>
    /// <param name="row">A number for each input; NaN is missing.</param>
    public ScoreExplanation Explain(ReadOnlySpan<double> row)
    {
        var score = model.Model.Score(row, scratch);
        var inputs = new (string, double)[row.Length];
        for (var i = 0; i < row.Length; i++) inputs[i] = (model.Model.Inputs[i].Name, row[i]);
        return new ScoreExplanation(double.IsNaN(score) ? [] : FactorsOf(row), inputs, background, model.Model.Unit, score, model.Model.ProbabilityOf(score));
    }

    /// <summary>The row of a decision: as recorded with an adverse one, else rebuilt from what its event tells.</summary>
    /// <returns>Null when the event does not tell every input.</returns>
    public double[]? RowOf(EventRecord e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return e.Inputs.Length == model.Model.Inputs.Length ? e.Inputs.ToArray() : null;
    }

    private ScoreFactor[] FactorsOf(ReadOnlySpan<double> row)
    {
        if (model.Card is { } card)
        {
            Span<double> below = row.Length <= 256 ? stackalloc double[row.Length] : new double[row.Length];
            for (var i = 0; i < row.Length; i++) below[i] = (card.Characteristics[i].CutoffAverage ?? card.Characteristics[i].AllAverage ?? double.NaN) - card.PointsOf(i, row[i]);
            return [.. model.ReasonsOf(below).Select(one => new ScoreFactor(one.Reason, one.Weight))];
        }
        if (trees is null && combined is null) return [];
        var contributions = new double[row.Length];
        if (trees is null) combined!.Explain(row, contributions);
        else trees.Explain(row, contributions, scratch);
        return [.. model.ReasonsOf(contributions).Select(one => new ScoreFactor(one.Reason, one.Weight))];
    }
}
