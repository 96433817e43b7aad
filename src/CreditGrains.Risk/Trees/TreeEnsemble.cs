using System.Collections.Immutable;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Trees;

/// <summary>How a split compares the feature with its threshold; true leads to the true child.</summary>
public enum BranchMode
{
    /// <summary>feature ≤ threshold.</summary>
    LessOrEqual,

    /// <summary>feature &lt; threshold.</summary>
    Less,

    /// <summary>feature ≥ threshold.</summary>
    GreaterOrEqual,

    /// <summary>feature &gt; threshold.</summary>
    Greater,

    /// <summary>feature = threshold.</summary>
    Equal,

    /// <summary>feature ≠ threshold. A missing value is never equal, so it is true.</summary>
    NotEqual,
}

/// <summary>How the leaves of many trees become one number.</summary>
public enum TreeAggregate
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their sum ÷ number of trees.</summary>
    Average,

    /// <summary>The lowest.</summary>
    Min,

    /// <summary>The highest.</summary>
    Max,
}

/// <summary>What a leaf adds to one target.</summary>
/// <param name="Target">Index of the target or class, from 0.</param>
/// <param name="Value">The amount, in the unit of the model's margin.</param>
public readonly record struct TreeWeight(int Target, double Value);

/// <summary>A node of a tree: a split, or a leaf when it has weights and no children.</summary>
public sealed record TreeNode
{
    /// <summary>Whether this is a leaf.</summary>
    public bool IsLeaf { get; private init; }

    /// <summary>Index of the feature a split looks at.</summary>
    public int Feature { get; private init; }

    /// <summary>What a split compares with.</summary>
    public double Threshold { get; private init; }

    /// <summary>How a split compares.</summary>
    public BranchMode Mode { get; private init; }

    /// <summary>Whether a missing value (NaN) takes the true child; else it goes where the comparison sends it.</summary>
    public bool MissingGoesTrue { get; private init; }

    /// <summary>Index within the tree of the child taken when the comparison holds.</summary>
    public int TrueChild { get; private init; }

    /// <summary>Index within the tree of the other child.</summary>
    public int FalseChild { get; private init; }

    /// <summary>How many rows, or what weight of rows, came here in training; 0 when unknown. Explanations use it as background.</summary>
    public double Cover { get; private init; }

    /// <summary>What a leaf adds.</summary>
    public ImmutableArray<TreeWeight> Weights { get; private init; } = [];

    /// <summary>A split.</summary>
    public static TreeNode Split(int feature, double threshold, int trueChild, int falseChild, double cover = 0, bool missingGoesTrue = false, BranchMode mode = BranchMode.LessOrEqual) =>
        new() { Feature = feature, Threshold = threshold, TrueChild = trueChild, FalseChild = falseChild, Cover = cover, MissingGoesTrue = missingGoesTrue, Mode = mode };

    /// <summary>A leaf of one target.</summary>
    public static TreeNode Leaf(double value, double cover = 0) => Leaf([new TreeWeight(0, value)], cover);

    /// <summary>A leaf of several targets.</summary>
    public static TreeNode Leaf(ImmutableArray<TreeWeight> weights, double cover = 0) => new() { IsLeaf = true, Weights = weights, Cover = cover };
}

/// <summary>Trees as trained or read from a file, checked: the root of each is its node 0, every child lies in its tree and has one parent.</summary>
public sealed class TreeEnsemble
{
    /// <summary>More nodes than this, in all trees together, are refused.</summary>
    public const int NodesMax = 20_000_000;

    /// <param name="trees">The trees; the root is node 0.</param>
    /// <param name="featureCount">How many features a row has.</param>
    /// <param name="targetCount">How many targets or classes leaves add to.</param>
    /// <param name="baseValues">Added at the end: none, or one for each target.</param>
    /// <param name="aggregate">How leaves are put together.</param>
    /// <param name="isDouble">Whether features and thresholds are compared in 64 bits; else both are rounded to 32 bits first, as gradient boosting libraries do.</param>
    /// <exception cref="ModelFault">A tree is not one.</exception>
    public TreeEnsemble(ImmutableArray<ImmutableArray<TreeNode>> trees, int featureCount, int targetCount = 1, ImmutableArray<double> baseValues = default, TreeAggregate aggregate = TreeAggregate.Sum, bool isDouble = false)
    {
        Trees = trees;
        FeatureCount = featureCount;
        TargetCount = targetCount;
        BaseValues = baseValues.IsDefault ? [] : baseValues;
        Aggregate = aggregate;
        IsDouble = isDouble;
        Check();
    }

    /// <summary>The trees.</summary>
    public ImmutableArray<ImmutableArray<TreeNode>> Trees { get; }

    /// <summary>How many features a row has.</summary>
    public int FeatureCount { get; }

    /// <summary>How many targets or classes.</summary>
    public int TargetCount { get; }

    /// <summary>Added at the end: none, or one for each target.</summary>
    public ImmutableArray<double> BaseValues { get; }

    /// <summary>How leaves are put together.</summary>
    public TreeAggregate Aggregate { get; }

    /// <summary>Whether comparisons are made in 64 bits.</summary>
    public bool IsDouble { get; }

    private void Check()
    {
        if (Trees.IsDefaultOrEmpty) throw new ModelFault("BadTree", "the ensemble has no tree; give at least one");
        if (FeatureCount < 1 || TargetCount < 1) throw new ModelFault("BadTree", $"the ensemble has {FeatureCount} features and {TargetCount} targets; it needs at least one of each");
        if (Trees.Sum(tree => (long)tree.Length) > NodesMax) throw new ModelFault("TooLarge", $"the ensemble has more than {NodesMax} nodes; train fewer or smaller trees");
        for (var t = 0; t < Trees.Length; t++) CheckTree(t, Trees[t]);
    }

    private void CheckTree(int index, ImmutableArray<TreeNode> tree)
    {
        if (tree.IsDefaultOrEmpty) throw new ModelFault("BadTree", $"tree {index} has no node; give it at least a leaf");
        var seen = new bool[tree.Length];
        var waiting = new Stack<int>();
        waiting.Push(0);
        seen[0] = true;
        while (waiting.TryPop(out var at))
        {
            var node = tree[at];
            if (node.IsLeaf)
            {
                foreach (var weight in node.Weights)
                {
                    if ((uint)weight.Target >= (uint)TargetCount) throw new ModelFault("BadTree", $"leaf {at} of tree {index} adds to target {weight.Target}, of {TargetCount}; targets count from 0");
                }

                continue;
            }

            if ((uint)node.Feature >= (uint)FeatureCount) throw new ModelFault("BadTree", $"node {at} of tree {index} looks at feature {node.Feature}, of {FeatureCount}; features count from 0");
            Visit(node.TrueChild);
            Visit(node.FalseChild);

            void Visit(int child)
            {
                if ((uint)child >= (uint)tree.Length) throw new ModelFault("BadTree", $"node {at} of tree {index} has child {child}, of {tree.Length} nodes; point it to a node of the same tree");
                if (seen[child]) throw new ModelFault("BadTree", $"node {child} of tree {index} is reached twice, from node {at} last: a cycle or a shared branch; give each node one parent");
                seen[child] = true;
                waiting.Push(child);
            }
        }
    }
}
