using System.Collections.Immutable;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Tests.Onnx;

/// <summary>Trees and rows made from a seed. Half of the values lie on the grid of the thresholds, so that every comparison meets equality.</summary>
internal static class SampleTrees
{
    public static double Grid(Random random) => random.Next(-8, 9) / 4.0;

    public static double[] Rows(Random random, int rows, int columns, double missing = 0.05) =>
        [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextDouble() < missing ? double.NaN : random.Next(2) == 0 ? Grid(random) : (float)(random.NextDouble() * 5 - 2.5))];

    public static ImmutableArray<TreeNode> Tree(Random random, int depth, int features, Func<Random, ImmutableArray<TreeWeight>> leaf, BranchMode[] modes, bool missing, double stops = 0)
    {
        var nodes = new List<TreeNode?> { null };
        Grow(0, depth, 1000);
        return [.. nodes.Select(node => node!)];

        void Grow(int at, int left, double cover)
        {
            if (left == 0 || at > 0 && random.NextDouble() < stops)
            {
                nodes[at] = TreeNode.Leaf(leaf(random), cover);
                return;
            }

            var first = nodes.Count;
            nodes.Add(null);
            nodes.Add(null);
            var share = 0.2 + 0.6 * random.NextDouble();
            nodes[at] = TreeNode.Split(random.Next(features), Grid(random), first, first + 1, cover, missing && random.Next(2) == 0, modes[random.Next(modes.Length)]);
            Grow(first, left - 1, cover * share);
            Grow(first + 1, left - 1, cover * (1 - share));
        }
    }

    public static TreeEnsemble Ensemble(
        int seed, int trees, int depth, int features, BranchMode[]? modes = null, bool missing = true, int targets = 1, double[]? bases = null, TreeAggregate aggregate = TreeAggregate.Sum, double stops = 0,
        Func<Random, ImmutableArray<TreeWeight>>? leaf = null)
    {
        var random = new Random(seed);
        leaf ??= targets == 1 ? r => [new TreeWeight(0, (float)((r.NextDouble() - 0.5) / 4))] : r => [.. Enumerable.Range(0, targets).Select(t => new TreeWeight(t, (float)(r.NextDouble() - 0.5)))];
        return new TreeEnsemble(
            [.. Enumerable.Range(0, trees).Select(_ => Tree(random, depth, features, leaf, modes ?? [BranchMode.LessOrEqual], missing, stops))], features, targets, bases is null ? [] : [.. bases], aggregate);
    }
}
