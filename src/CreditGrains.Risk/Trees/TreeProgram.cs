using System.Numerics;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Trees;

/// <summary>Trees compiled for evaluation of one row at a time. Immutable; any number of threads may use it, each with its own scratch.</summary>
public abstract class TreeProgram
{
    private protected TreeProgram(TreeEnsemble source) => Source = source;

    /// <summary>The trees as given.</summary>
    public TreeEnsemble Source { get; }

    /// <summary>Doubles of scratch a call needs.</summary>
    public abstract int ScratchLength { get; }

    /// <summary>Whether the short fixed layout is used, for single targets and trees of at most eight splits.</summary>
    public abstract bool IsFixedDepth { get; }

    /// <summary>Compiles trees.</summary>
    /// <param name="source">The trees.</param>
    /// <param name="sumsAsCompared">Add leaves one after the other in the width of the comparisons, as ONNX Runtime does; else in 64 bits. Slower.</param>
    /// <exception cref="ModelFault">They are too large.</exception>
    public static TreeProgram Compile(TreeEnsemble source, bool sumsAsCompared = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.IsDouble ? TreeProgram<double>.Of(source, false) : TreeProgram<float>.Of(source, sumsAsCompared);
    }

    /// <summary>Puts the leaves of one row together, base values included.</summary>
    /// <param name="features">One row; NaN is missing.</param>
    /// <param name="targets">Receives one number for each target.</param>
    /// <param name="touched">Receives 1 for each target that a leaf of this row added to, else 0.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> long; its content does not matter.</param>
    public abstract void Evaluate(ReadOnlySpan<double> features, Span<double> targets, Span<double> touched, Span<double> scratch);

    /// <summary>The number of a single target, base value included.</summary>
    public double Evaluate(ReadOnlySpan<double> features, Span<double> scratch)
    {
        Span<double> both = stackalloc double[2];
        Evaluate(features, both[..1], both[1..], scratch);
        return Source.BaseValues.Length == 1 ? both[0] + Source.BaseValues[0] : both[0];
    }
}

/// <summary>Trees compared in one width.</summary>
internal sealed class TreeProgram<T> : TreeProgram
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly FixedTrees<T>? fixedTrees;
    private readonly LinkedTrees<T>? linked;
    private readonly bool hasMissingLeft;
    private readonly int featureCount;

    private TreeProgram(TreeEnsemble source, List<PlainTree> trees, bool sumsAsCompared) : base(source)
    {
        featureCount = source.FeatureCount;
        hasMissingLeft = trees.Any(tree => tree.Nodes.Any(node => node.Feature >= 0 && node.MissingLeft));
        var isSingle = trees.All(tree => tree.Depth <= FixedTrees<T>.DepthMax && tree.Nodes.All(node => node.Feature >= 0 || node.Weights.Length == 1))
            && trees.SelectMany(tree => tree.Nodes).Where(node => node.Feature < 0).Select(node => node.Weights[0].Target).Distinct().Count() == 1;
        if (isSingle && !sumsAsCompared && source.Aggregate is TreeAggregate.Sum or TreeAggregate.Average && isSingle && !sumsAsCompared) fixedTrees = new FixedTrees<T>(trees, featureCount);
        else linked = new LinkedTrees<T>(trees, featureCount, sumsAsCompared);
    }

    public override int ScratchLength => hasMissingLeft ? 2 * featureCount : featureCount;

    public override bool IsFixedDepth => fixedTrees is not null;

    public static TreeProgram<T> Of(TreeEnsemble source, bool sumsAsCompared) => new(source, [.. source.Trees.Select((tree, i) => PlainTree.Of<T>(tree, i))], sumsAsCompared);

    public override void Evaluate(ReadOnlySpan<double> features, Span<double> targets, Span<double> touched, Span<double> scratch)
    {
        var row = System.Runtime.InteropServices.MemoryMarshal.Cast<double, T>(scratch)[..(hasMissingLeft ? 2 * featureCount : featureCount)];
        for (var i = 0; i < featureCount; i++) row[i] = T.CreateTruncating(features[i]);
        if (hasMissingLeft)
        {
            // A node that sends missing values left looks at this second copy, in which they are below everything.
            for (var i = 0; i < featureCount; i++) row[featureCount + i] = T.IsNaN(row[i]) ? T.NegativeInfinity : row[i];
        }

        targets.Clear();
        touched.Clear();
        if (fixedTrees is not null)
        {
            var sum = fixedTrees.Sum(row);
            targets[fixedTrees.Target] = Source.Aggregate == TreeAggregate.Average ? sum / Source.Trees.Length : sum;
            touched[fixedTrees.Target] = 1;
            return;
        }

        linked!.Evaluate(row, targets, touched, Source.Aggregate);
        if (Source.Aggregate == TreeAggregate.Average)
            for (var i = 0; i < targets.Length; i++) targets[i] /= Source.Trees.Length;
    }
}
