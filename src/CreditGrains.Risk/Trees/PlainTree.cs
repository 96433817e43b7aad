using System.Collections.Immutable;
using System.Numerics;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Trees;

/// <summary>
/// A tree in the one form that is evaluated: left when feature ≤ threshold, or when the value is missing and the node says so. Every branch mode
/// becomes this exactly, because between a number and the next lower one there is none. Children come after their parent.
/// </summary>
internal sealed class PlainTree
{
    public readonly List<PlainNode> Nodes = [];

    /// <summary>Longest way from the root, in splits.</summary>
    public int Depth { get; private set; }

    /// <summary>Rewrites a tree.</summary>
    /// <exception cref="ModelFault">Too deep, or too large once equal comparisons are taken apart.</exception>
    public static PlainTree Of<T>(ImmutableArray<TreeNode> tree, int index)
        where T : IBinaryFloatingPointIeee754<T>
    {
        const int depthMax = 4096;
        var plain = new PlainTree();
        var waiting = new Stack<(int Source, int Place, int Depth)>();
        plain.Nodes.Add(default);
        waiting.Push((0, 0, 0));
        while (waiting.TryPop(out var item))
        {
            plain.Depth = Math.Max(plain.Depth, item.Depth);
            if (item.Depth > depthMax) throw new ModelFault("TooLarge", $"tree {index} is more than {depthMax} splits deep; train shallower trees");
            if (plain.Nodes.Count > 4_000_000) throw new ModelFault("TooLarge", $"tree {index} has more than 4,000,000 nodes once its equal comparisons are taken apart; train smaller trees");
            var node = tree[item.Source];
            if (node.IsLeaf)
            {
                plain.Nodes[item.Place] = new PlainNode { Feature = -1, Weights = node.Weights, Cover = node.Cover };
                continue;
            }

            var t = T.CreateSaturating(node.Threshold);
            var isEquality = node.Mode is BranchMode.Equal or BranchMode.NotEqual;
            var isSwapped = node.Mode is BranchMode.GreaterOrEqual or BranchMode.Greater or BranchMode.NotEqual;
            var inclusive = node.Mode is BranchMode.LessOrEqual or BranchMode.Greater;
            // Where a missing value goes: no comparison with it holds, except that it is unequal.
            var missingTrue = node.MissingGoesTrue || node.Mode == BranchMode.NotEqual;
            var (first, second) = isSwapped ? (node.FalseChild, node.TrueChild) : (node.TrueChild, node.FalseChild);
            var missingFirst = missingTrue != isSwapped;
            var left = plain.Nodes.Count;
            plain.Nodes.Add(default);
            plain.Nodes.Add(default);
            if (!isEquality)
            {
                plain.Nodes[item.Place] = new PlainNode { Feature = node.Feature, Threshold = double.CreateChecked(inclusive ? t : Below(t)), MissingLeft = missingFirst, Left = left, Cover = node.Cover };
                waiting.Push((first, left, item.Depth + 1));
                waiting.Push((second, left + 1, item.Depth + 1));
                continue;
            }

            // x = t is "x ≤ t, and not x ≤ the number below t"; 'second' stands on both sides, and all its cover on the upper one.
            var inner = plain.Nodes.Count;
            plain.Nodes.Add(default);
            plain.Nodes.Add(default);
            var equalCover = tree[first].Cover;
            plain.Nodes[item.Place] = new PlainNode { Feature = node.Feature, Threshold = double.CreateChecked(t), MissingLeft = missingFirst, Left = left, Cover = node.Cover };
            plain.Nodes[left] = new PlainNode { Feature = node.Feature, Threshold = double.CreateChecked(Below(t)), MissingLeft = false, Left = inner, Cover = equalCover, IsInner = true };
            waiting.Push((second, inner, item.Depth + 2));
            waiting.Push((first, inner + 1, item.Depth + 2));
            waiting.Push((second, left + 1, item.Depth + 1));
        }

        return plain;
    }

    private static T Below<T>(T t)
        where T : IBinaryFloatingPointIeee754<T> => T.IsNegativeInfinity(t) ? T.NaN : T.BitDecrement(t);
}

/// <summary>A node of a <see cref="PlainTree"/>.</summary>
internal struct PlainNode
{
    /// <summary>−1 for a leaf.</summary>
    public int Feature;

    public double Threshold;
    public bool MissingLeft;

    /// <summary>Index of the left child; the right one follows it.</summary>
    public int Left;

    public double Cover;

    /// <summary>Lower half of a comparison for equality: its left child has no cover of its own.</summary>
    public bool IsInner;

    public ImmutableArray<TreeWeight> Weights;
}
