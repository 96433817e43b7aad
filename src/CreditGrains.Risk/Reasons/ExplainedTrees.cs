using CreditGrains.Risk.Models;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Reasons;

/// <summary>Turns trees into leaves with the interval that each asks of each feature, and the share of the background that goes that way.</summary>
internal static class ExplainedTrees
{
    private const int LeavesMax = 5_000_000;

    public static TreeExplainer Build(TreeEnsemble trees, string background, ReadOnlyMemory<double>? rows, Func<List<ExplainedLeaf>, List<ExplainedTerm>, double, TreeExplainer> make)
    {
        if (trees.TargetCount != 1 || trees.Aggregate is not (TreeAggregate.Sum or TreeAggregate.Average))
            throw new ModelFault("NotExplained", $"trees of {trees.TargetCount} targets under {trees.Aggregate} cannot be taken apart by feature; explain one target, summed or averaged");
        if (string.IsNullOrWhiteSpace(background)) throw new ModelFault("NoBackground", "the background has no name; say which rows it is");
        var scale = trees.Aggregate == TreeAggregate.Average ? 1.0 / trees.Trees.Length : 1;
        var mean = trees.BaseValues.Length == 1 ? trees.BaseValues[0] : 0;
        var leaves = new List<ExplainedLeaf>();
        var terms = new List<ExplainedTerm>();
        for (var t = 0; t < trees.Trees.Length; t++)
        {
            var plain = trees.IsDouble ? PlainTree.Of<double>(trees.Trees[t], t) : PlainTree.Of<float>(trees.Trees[t], t);
            if (leaves.Count + plain.Nodes.Count > LeavesMax) throw new ModelFault("TooLarge", $"trees of more than {LeavesMax} leaves are not explained; train smaller ones");
            var shares = rows is { } given ? Counted(plain, given.Span, trees) : Covers(plain);
            mean += scale * Walk(plain, shares, scale, trees.IsDouble, leaves, terms);
        }

        return make(leaves, terms, mean);
    }

    private static double Walk(PlainTree tree, double[] leftShares, double scale, bool isDouble, List<ExplainedLeaf> leaves, List<ExplainedTerm> terms)
    {
        double mean = 0;
        var waiting = new Stack<(int Node, ExplainedTerm[] Path)>();
        waiting.Push((0, []));
        while (waiting.TryPop(out var item))
        {
            var node = tree.Nodes[item.Node];
            if (node.Feature < 0)
            {
                var value = node.Weights.Sum(weight => isDouble ? weight.Value : (float)weight.Value);
                mean += value * item.Path.Aggregate(1.0, (product, term) => product * term.Share);
                if (item.Path.Length > 0) leaves.Add(new ExplainedLeaf(value * scale, terms.Count, item.Path.Length));
                terms.AddRange(item.Path);
                continue;
            }

            waiting.Push((node.Left, With(item.Path, node, true, leftShares[item.Node])));
            waiting.Push((node.Left + 1, With(item.Path, node, false, 1 - leftShares[item.Node])));
        }

        return mean;
    }

    private static ExplainedTerm[] With(ExplainedTerm[] path, PlainNode node, bool isLeft, double share)
    {
        var at = Array.FindIndex(path, term => term.Feature == node.Feature);
        var old = at < 0 ? new ExplainedTerm(node.Feature, double.NegativeInfinity, double.PositiveInfinity, true, 1) : path[at];
        var takesMissing = old.TakesMissing && node.MissingLeft == isLeft;
        // Nothing is at most NaN, so the left side of such a threshold is empty and the right side everything.
        var made = double.IsNaN(node.Threshold)
            ? isLeft ? old with { Low = double.PositiveInfinity, High = double.NegativeInfinity, TakesMissing = takesMissing, Share = old.Share * share } : old with { TakesMissing = takesMissing, Share = old.Share * share }
            : isLeft ? old with { High = Math.Min(old.High, node.Threshold), TakesMissing = takesMissing, Share = old.Share * share }
            : old with { Low = Math.Max(old.Low, node.Threshold), TakesMissing = takesMissing, Share = old.Share * share };
        return at < 0 ? [.. path, made] : [.. path[..at], made, .. path[(at + 1)..]];
    }

    /// <summary>For each split the share of its rows that goes left, by the counts of the nodes.</summary>
    private static double[] Covers(PlainTree tree)
    {
        var shares = new double[tree.Nodes.Count];
        for (var i = 0; i < shares.Length; i++)
        {
            var node = tree.Nodes[i];
            if (node.Feature < 0) continue;
            // The lower half of an equality has no rows of its own, see PlainTree.
            var (left, right) = (tree.Nodes[node.Left].Cover, tree.Nodes[node.Left + 1].Cover);
            shares[i] = node.IsInner ? 0 : left + right > 0 ? left / (left + right) : 0.5;
        }

        return shares;
    }

    private static double[] Counted(PlainTree tree, ReadOnlySpan<double> rows, TreeEnsemble trees)
    {
        var (all, left) = (new double[tree.Nodes.Count], new double[tree.Nodes.Count]);
        for (var start = 0; start < rows.Length; start += trees.FeatureCount)
        {
            var row = rows.Slice(start, trees.FeatureCount);
            var at = 0;
            while (tree.Nodes[at] is { Feature: >= 0 } node)
            {
                var value = trees.IsDouble ? row[node.Feature] : (float)row[node.Feature];
                var isLeft = double.IsNaN(value) ? node.MissingLeft : value <= node.Threshold;
                all[at]++;
                if (isLeft) left[at]++;
                at = isLeft ? node.Left : node.Left + 1;
            }
        }

        // Where no row of the background comes, both ways count alike.
        return [.. all.Select((count, i) => count > 0 ? left[i] / count : 0.5)];
    }
}
