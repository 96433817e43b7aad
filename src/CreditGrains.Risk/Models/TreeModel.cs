using System.Collections.Immutable;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Models;

/// <summary>Gradient-boosted trees of one target as trained here: a margin in log-odds, given as such or as a probability.</summary>
public sealed class TreeModel : CompiledModel
{
    private readonly TreeProgram program;

    /// <param name="inputs">One for each feature of the trees.</param>
    /// <param name="trees">One target, summed or averaged.</param>
    /// <param name="unit">Probability passes the sum through the logistic function; any other unit gives the sum.</param>
    /// <exception cref="ModelFault">Trees and inputs do not fit together.</exception>
    public TreeModel(ImmutableArray<ModelInput> inputs, TreeEnsemble trees, ScoreUnit unit = ScoreUnit.Probability) : base(inputs, unit, "trees")
    {
        ArgumentNullException.ThrowIfNull(trees);
        if (trees.FeatureCount != inputs.Length) throw new ModelFault("BadModel", $"the trees have {trees.FeatureCount} features and the model {inputs.Length} inputs; give one name for each");
        if (trees.TargetCount != 1) throw new ModelFault("BadModel", $"the trees have {trees.TargetCount} targets; a score has one");
        program = TreeProgram.Compile(trees);
    }

    /// <summary>The trees.</summary>
    public TreeEnsemble Trees => program.Source;

    private protected override int OwnScratch => program.ScratchLength;

    private protected override double Compute(ReadOnlySpan<double> row, Span<double> scratch)
    {
        var margin = program.Evaluate(row, scratch);
        return Unit == ScoreUnit.Probability ? Logistic(margin) : margin;
    }
}
