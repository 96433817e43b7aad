using System.Collections.Immutable;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Training;

/// <summary>Gradient boosting of the logistic loss (Friedman, "Greedy Function Approximation", 2001): trees whose sum is the log-odds of the bad event.</summary>
public sealed class BoostedTrees
{
    private BoostedTrees(TreeEnsemble ensemble, double[] gains) => (Ensemble, Gains) = (ensemble, gains);

    /// <summary>The trees; with their base value they sum to log-odds.</summary>
    public TreeEnsemble Ensemble { get; }

    /// <summary>For each input the loss it saved, all trees together.</summary>
    public IReadOnlyList<double> Gains { get; }

    /// <summary>Trains on some rows; the same rows, settings and seed give the same trees.</summary>
    /// <exception cref="ModelFault">Settings out of range, or only goods or only bads.</exception>
    public static BoostedTrees Train(TrainingTable table, int[] rows, BoostingSettings settings, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        if (settings.Monotone.Keys.FirstOrDefault(name => !table.Names.Contains(name)) is { } unknown) throw new ModelFault("BadTraining", $"boosting.monotone names '{unknown}', which is no input; correct the name");
        var bads = Array.ConvertAll(rows, row => table.Bads[row]);
        var count = bads.Count(bad => bad);
        if (count == 0 || count == bads.Length) throw new ModelFault("OneClass", $"{bads.Length} rows have {count} bads; training needs goods and bads");
        var bias = Math.Log((double)count / (bads.Length - count));
        var binned = BinnedColumns.Of(table.Columns, rows);
        var monotone = Array.ConvertAll(table.Names, name => settings.Monotone.GetValueOrDefault(name));
        var gains = new double[table.Names.Length];
        var trees = ImmutableArray.CreateBuilder<ImmutableArray<TreeNode>>();
        for (var bag = 0; bag < settings.Bags; bag++)
        {
            foreach (var tree in Bag(binned, bads, bias, settings, monotone, new SeededChance(SeededChance.Mix(seed, bag)), gains))
                trees.Add(Scaled(tree, 1.0 / settings.Bags));
        }

        return new BoostedTrees(new TreeEnsemble(trees.ToImmutable(), table.Names.Length, 1, [bias]), gains);
    }

    /// <summary>Log-odds of a row.</summary>
    public double LogOdds(double[] row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var sum = Ensemble.BaseValues[0];
        foreach (var tree in Ensemble.Trees)
        {
            var node = tree[0];
            while (!node.IsLeaf) node = tree[GoesTrue(node, row[node.Feature]) ? node.TrueChild : node.FalseChild];
            sum += node.Weights[0].Value;
        }

        return sum;
    }

    /// <summary>The same trees with log-odds slope · x + shift.</summary>
    public BoostedTrees Calibrated(PlattScale scale) => new(
        new TreeEnsemble([.. Ensemble.Trees.Select(tree => Scaled(tree, scale.Slope))], Ensemble.FeatureCount, 1, [Ensemble.BaseValues[0] * scale.Slope + scale.Shift]), [.. Gains]);

    private static bool GoesTrue(TreeNode node, double value) => double.IsNaN(value) ? node.MissingGoesTrue : (float)value <= (float)node.Threshold;

    private static ImmutableArray<TreeNode> Scaled(ImmutableArray<TreeNode> tree, double by) => by == 1 ? tree : [.. tree.Select(node => node.IsLeaf ? TreeNode.Leaf(node.Weights[0].Value * by, node.Cover) : node)];

    private static List<ImmutableArray<TreeNode>> Bag(BinnedColumns table, bool[] bads, double bias, BoostingSettings settings, int[] monotone, SeededChance chance, double[] gains)
    {
        var isHeld = new bool[bads.Length];
        if (settings.StopAfter > 0)
            for (var i = 0; i < isHeld.Length; i++) isHeld[i] = chance.Unit() < settings.StopShare;
        var sums = new double[bads.Length];
        Array.Fill(sums, bias);
        double[] g = new double[bads.Length], h = new double[bads.Length];
        var grower = new TreeGrower(table, settings, monotone);
        var trees = new List<ImmutableArray<TreeNode>>();
        var (best, bestCount) = (double.PositiveInfinity, 0);
        while (trees.Count < settings.Trees)
        {
            for (var i = 0; i < bads.Length; i++)
            {
                var p = CompiledModel.Logistic(sums[i]);
                (g[i], h[i]) = (p - (bads[i] ? 1 : 0), p * (1 - p));
            }

            var rows = new List<int>();
            for (var i = 0; i < bads.Length; i++)
                if (!isHeld[i] && chance.Unit() < settings.RowShare) rows.Add(i);
            var tree = grower.Grow([.. rows], Sample(table.Inputs, settings.ColumnShare, ref chance), g, h, gains);
            trees.Add(tree);
            double loss = 0;
            for (var i = 0; i < bads.Length; i++)
            {
                sums[i] += Leaf(table, tree, i);
                if (isHeld[i]) loss += Math.Log(1 + Math.Exp(bads[i] ? -sums[i] : sums[i]));
            }

            if (settings.StopAfter == 0) continue;
            if (loss < best) (best, bestCount) = (loss, trees.Count);
            else if (trees.Count - bestCount >= settings.StopAfter) break;
        }

        if (settings.StopAfter > 0) trees.RemoveRange(bestCount, trees.Count - bestCount);
        return trees;
    }

    private static int[] Sample(int count, double share, ref SeededChance chance)
    {
        var all = Enumerable.Range(0, count).ToArray();
        var take = Math.Max(1, (int)Math.Round(share * count));
        for (var i = 0; i < take; i++)
        {
            var other = i + (int)(chance.Unit() * (count - i));
            (all[i], all[other]) = (all[other], all[i]);
        }

        return [.. all.Take(take).Order()];
    }

    private static double Leaf(BinnedColumns table, ImmutableArray<TreeNode> tree, int row)
    {
        var node = tree[0];
        while (!node.IsLeaf)
        {
            var bin = table.Bins[row * table.Inputs + node.Feature];
            var value = bin == 0 ? float.NaN : table.Uppers[node.Feature][bin];
            node = tree[GoesTrue(node, value) ? node.TrueChild : node.FalseChild];
        }

        return node.Weights[0].Value;
    }
}
