using System.Collections.Immutable;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Reasons;
using CreditGrains.Risk.Scorecards;

namespace CreditGrains.Cli.Models;

/// <summary>A model with the way to explain it: a scorecard by its averages, trees by Shapley values against a named background, a combined model by its parts.</summary>
internal sealed class ExplainedModel
{
    private readonly CompiledModel model;
    private readonly OnnxExplainer? trees;
    private readonly CombinedExplainer? parts;
    private readonly ReasonBasis basis;
    private readonly double[] contributions;
    private readonly double[] scratch;

    private ExplainedModel(CompiledModel model, OnnxExplainer? trees, ReasonBasis basis, CombinedExplainer? parts = null)
    {
        this.parts = parts;
        this.model = model;
        this.trees = trees;
        this.basis = basis;
        contributions = new double[model.Inputs.Length];
        scratch = new double[model.ScratchLength];
    }

    /// <summary>What weights are.</summary>
    public string Unit => parts is not null ? "log-odds" : trees is null ? "points below average" : trees.Unit == ScoreUnit.LogOdds ? "log-odds" : "score";

    /// <summary>With whom it is compared.</summary>
    public string Background => parts?.Background ?? trees?.Background ?? (basis == ReasonBasis.AtCutoff ? "applicants at or just above the cut-off" : "all applicants");

    /// <summary>Mean over the background; null for scorecards and combined models.</summary>
    public double? Mean => trees?.Mean;

    /// <summary>Contributions of the row explained last; empty for scorecards.</summary>
    public ReadOnlySpan<double> Contributions => trees is null && parts is null ? [] : contributions;

    private const string TrainingRows = "rows of training, as counted in the trees";

    public static ExplainedModel Of(CompiledModel model, string? background, ReasonBasis basis)
    {
        switch (model)
        {
            case Scorecard:
                return new ExplainedModel(model, null, basis);
            case OnnxModel onnx:
                double[]? rows = background is null ? null : [.. ModelRows.Read(background, model).SelectMany(row => row)];
                return new ExplainedModel(model, OnnxExplainer.Of(onnx, background is null ? TrainingRows : Path.GetFileName(background), rows is null ? (ReadOnlyMemory<double>?)null : rows.AsMemory()), basis);
            case CombinedModel combined:
                if (background is not null) throw new ModelFault("NotExplained", "a combined model is compared with the rows counted in its trees and the averages of its scorecards; leave --background out");
                return new ExplainedModel(model, null, basis, CombinedExplainer.Of(combined, TrainingRows));
            default:
                throw new ModelFault("NotExplained", $"a {model.Kind} model is not explained; scorecards, trees and combinations of them are");
        }
    }

    public ImmutableArray<ScoreReason> ReasonsOf(double[] row, ReasonCatalogue catalogue)
    {
        if (parts is not null)
        {
            parts.Explain(row, contributions);
            return ScoreReasons.Of(model, contributions, catalogue);
        }
        if (trees is null) return ScoreReasons.Of((Scorecard)model, row, catalogue, basis);
        trees.Explain(row, contributions, scratch);
        return ScoreReasons.Of(model, contributions, catalogue);
    }
}
