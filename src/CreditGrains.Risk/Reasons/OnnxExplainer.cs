using System.Collections.Immutable;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Onnx.Steps;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Reasons;

/// <summary>
/// Explains an ONNX model whose score comes from one tree ensemble. Steps before the trees that work column by column (scaling, imputing, one-hot) are followed back,
/// so contributions are given to the model's own inputs.
/// </summary>
public sealed class OnnxExplainer
{
    private readonly OnnxModel model;
    private readonly Slot input;
    private readonly int[] sources;
    private readonly TreeExplainer explainer;

    private OnnxExplainer(OnnxModel model, ITreeStep step, TreeEnsemble margin, string background, ReadOnlyMemory<double>? rows)
    {
        this.model = model;
        input = step.Input;
        sources = step.Input.Sources ?? throw new ModelFault("NotExplained", "the trees look at columns that mix several inputs; explain models whose steps before the trees work column by column");
        if (sources.Contains(-1)) throw new ModelFault("NotExplained", "the trees look at a column that comes from no single input; explain models whose steps before the trees work column by column");
        explainer = rows is { } given ? TreeExplainer.FromRows(margin, background, Columns(given)) : TreeExplainer.FromCovers(margin, background);
        Unit = step.Transform == PostTransform.None && margin.Aggregate == TreeAggregate.Average || step.Transform == PostTransform.None && !step.IsBinaryMargin ? ScoreUnit.Number : ScoreUnit.LogOdds;
    }

    /// <summary>What contributions are: log-odds of the second class, or the unit of the trees' own sum when they have no transform.</summary>
    public ScoreUnit Unit { get; }

    /// <summary>Mean margin over the background.</summary>
    public double Mean => explainer.Mean;

    /// <summary>Name of the background.</summary>
    public string Background => explainer.Background;

    /// <summary>Finds the trees of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="background">A name for what it is compared with.</param>
    /// <param name="rows">Background rows of the model's inputs; null takes the counts in the trees.</param>
    /// <exception cref="ModelFault">There is not exactly one tree ensemble with one margin, or no background.</exception>
    public static OnnxExplainer Of(OnnxModel model, string background, ReadOnlyMemory<double>? rows = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var steps = model.Steps.OfType<ITreeStep>().ToArray();
        if (steps.Length != 1) throw new ModelFault("NotExplained", $"the model has {steps.Length} tree ensembles; models with exactly one are explained");
        return new OnnxExplainer(model, steps[0], Margin(steps[0]), background, rows);
    }

    /// <summary>Contributions of each input to the margin of a row.</summary>
    public void Explain(ReadOnlySpan<double> row, Span<double> contributions, Span<double> scratch)
    {
        model.Evaluate(row, scratch);
        contributions.Clear();
        Span<double> own = sources.Length <= 512 ? stackalloc double[sources.Length] : new double[sources.Length];
        explainer.Explain(input.Of(scratch), own);
        for (var i = 0; i < sources.Length; i++) contributions[sources[i]] += own[i];
    }

    private double[] Columns(ReadOnlyMemory<double> rows)
    {
        var width = model.Inputs.Length;
        if (rows.Length == 0 || rows.Length % width != 0) throw new ModelFault("NoBackground", $"{rows.Length} numbers are no rows of {width} inputs; give at least one whole row");
        var memory = new double[model.ScratchLength];
        var columns = new double[rows.Length / width * sources.Length];
        for (var r = 0; r < rows.Length / width; r++)
        {
            model.Evaluate(rows.Span.Slice(r * width, width), memory);
            input.Of(memory).CopyTo(columns.AsSpan(r * sources.Length));
        }

        return columns;
    }

    /// <summary>One number for the trees: their only target; or of two classes the second's score less the first's, which is the log-odds under SOFTMAX.</summary>
    private static TreeEnsemble Margin(ITreeStep step)
    {
        var trees = step.Trees;
        if (trees.TargetCount > 2) throw new ModelFault("NotExplained", $"the trees have {trees.TargetCount} targets; one score, or two classes, are explained");
        if (trees.TargetCount == 1) return trees;
        var isBinary = step.IsBinaryMargin;
        if (!isBinary && step.Transform is PostTransform.Logistic or PostTransform.Probit or PostTransform.SoftmaxZero) throw new ModelFault("NotExplained", $"two scores under {step.Transform} have no one log-odds; export with one score or with SOFTMAX");
        // Without transform the leaves hold probabilities: the second class is the score. With SOFTMAX the difference is.
        var takesDifference = !isBinary && step.Transform == PostTransform.Softmax;
        double Sign(int target) => isBinary || target == 1 ? 1 : takesDifference ? -1 : 0;
        var single = trees.Trees.Select(tree => tree.Select(node => node.IsLeaf ? TreeNode.Leaf(node.Weights.Sum(weight => Sign(weight.Target) * weight.Value), node.Cover) : node).ToImmutableArray()).ToImmutableArray();
        var bases = trees.BaseValues.Length switch { 0 => 0, 1 => trees.BaseValues[0], _ => isBinary ? trees.BaseValues[1] : Sign(0) * trees.BaseValues[0] + trees.BaseValues[1] };
        return new TreeEnsemble(single, trees.FeatureCount, 1, [bases], trees.Aggregate, trees.IsDouble);
    }
}
