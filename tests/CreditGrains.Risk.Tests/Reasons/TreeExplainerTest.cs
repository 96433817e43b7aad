using System.Numerics;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Reasons;
using CreditGrains.Risk.Tests.Onnx;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Tests.Reasons;

/// <summary>Shapley values against their definition: the mean over all orders in which features become known.</summary>
public sealed class TreeExplainerTest
{
    private static readonly BranchMode[] AllModes = Enum.GetValues<BranchMode>();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 5)]
    [InlineData(4, 7)]
    public void Contributions_OfSmallTrees_AreTheShapleyValues(int seed, int depth)
    {
        const int features = 6;
        foreach (var modes in new[] { [BranchMode.LessOrEqual], AllModes })
        {
            var trees = SampleTrees.Ensemble(seed, 5, depth, features, modes, bases: [0.3], stops: 0.2);
            var explainer = TreeExplainer.FromCovers(trees, "training");
            var rows = SampleTrees.Rows(new Random(seed), 20, features, 0.15);
            for (var r = 0; r < 20; r++)
            {
                var row = rows.AsSpan(r * features, features).ToArray();
                var found = new double[features];
                explainer.Explain(row, found);
                var wanted = Shapley(trees, row);
                for (var i = 0; i < features; i++) Assert.Equal(wanted[i], found[i], 1e-10);
            }
        }
    }

    [Theory]
    [InlineData(200, 6, 20)]
    [InlineData(30, 8, 12)]
    [InlineData(8, 14, 40)]
    public void Contributions_WithTheMean_SumToTheMargin(int count, int depth, int features)
    {
        var trees = SampleTrees.Ensemble(count, count, depth, features, AllModes, bases: [-1.25], stops: depth > 10 ? 0.2 : 0);
        var program = TreeProgram.Compile(trees);
        var scratch = new double[program.ScratchLength];
        var rows = SampleTrees.Rows(new Random(count), 200, features, 0.1);
        foreach (var explainer in new[] { TreeExplainer.FromCovers(trees, "training"), TreeExplainer.FromRows(trees, "these rows", rows) })
        {
            var found = new double[features];
            for (var r = 0; r < 200; r++)
            {
                var row = rows.AsSpan(r * features, features);
                explainer.Explain(row, found);
                Assert.Equal(program.Evaluate(row, scratch), explainer.Mean + found.Sum(), 1e-9);
            }
        }
    }

    [Fact]
    public void Mean_OverRows_IsTheirMeanMargin()
    {
        var trees = SampleTrees.Ensemble(9, 20, 5, 4, AllModes);
        var program = TreeProgram.Compile(trees);
        var scratch = new double[program.ScratchLength];
        var rows = SampleTrees.Rows(new Random(5), 300, 4, 0.1);
        var mean = Enumerable.Range(0, 300).Average(r => program.Evaluate(rows.AsSpan(4 * r, 4), scratch));
        Assert.Equal(mean, TreeExplainer.FromRows(trees, "rows", rows).Mean, 1e-9);
    }

    [Fact]
    public void Trees_WithoutCounts_AskForABackground()
    {
        var trees = new TreeEnsemble([[TreeNode.Split(0, 1, 1, 2), TreeNode.Leaf(1), TreeNode.Leaf(2)]], 1);
        Assert.Equal("NoBackground", Assert.Throws<ModelFault>(() => TreeExplainer.FromCovers(trees, "training")).Name);
        var ones = new TreeEnsemble([[TreeNode.Split(0, 1, 1, 2, 1), TreeNode.Leaf(1, 1), TreeNode.Leaf(2, 1)]], 1);
        Assert.Equal("NoBackground", Assert.Throws<ModelFault>(() => TreeExplainer.FromCovers(ones, "training")).Name);
    }

    [Fact]
    public void Onnx_PipelineOfColumns_IsExplainedByItsOwnInputs()
    {
        var sample = ReferenceModels.All["pipeline"]();
        var model = OnnxModel.Load(sample.Bytes);
        var explainer = OnnxExplainer.Of(model, "training");
        var (found, memory) = (new double[3], new double[model.ScratchLength]);
        foreach (var row in new double[][] { [1, -1, model.Code("rent")], [double.NaN, 2, model.Code("own")], [-2, double.NaN, -1] })
        {
            explainer.Explain(row, found, memory);
            var probability = model.Score(row, memory);
            Assert.Equal(Math.Log(probability / (1 - probability)), explainer.Mean + found.Sum(), 1e-4);
            Assert.Equal(ScoreUnit.LogOdds, explainer.Unit);
        }
    }

    private static double[] Shapley(TreeEnsemble trees, double[] row)
    {
        var n = row.Length;
        var worth = new double[1 << n];
        for (var known = 0; known < worth.Length; known++) worth[known] = trees.Trees.Sum(tree => Expect(tree, 0, row, known));
        var fact = Enumerable.Range(0, n + 1).Select(k => Enumerable.Range(1, k).Aggregate(1.0, (a, b) => a * b)).ToArray();
        var values = new double[n];
        for (var i = 0; i < n; i++)
        {
            for (var known = 0; known < worth.Length; known++)
            {
                if ((known >> i & 1) != 0) continue;
                var size = BitOperations.PopCount((uint)known);
                values[i] += fact[size] * fact[n - 1 - size] / fact[n] * (worth[known | 1 << i] - worth[known]);
            }
        }

        return values;
    }

    /// <summary>The mean of a tree when only some features are known: unknown splits by the counts of their children.</summary>
    private static double Expect(System.Collections.Immutable.ImmutableArray<TreeNode> tree, int at, double[] row, int known)
    {
        var node = tree[at];
        if (node.IsLeaf) return node.Weights[0].Value;
        if ((known >> node.Feature & 1) != 0)
        {
            var x = (double)(float)row[node.Feature];
            var goes = double.IsNaN(x) ? node.MissingGoesTrue || node.Mode == BranchMode.NotEqual : node.Mode switch
            {
                BranchMode.LessOrEqual => x <= node.Threshold,
                BranchMode.Less => x < node.Threshold,
                BranchMode.GreaterOrEqual => x >= node.Threshold,
                BranchMode.Greater => x > node.Threshold,
                BranchMode.Equal => x == node.Threshold,
                _ => x != node.Threshold,
            };
            return Expect(tree, goes ? node.TrueChild : node.FalseChild, row, known);
        }

        var share = tree[node.TrueChild].Cover / (tree[node.TrueChild].Cover + tree[node.FalseChild].Cover);
        return share * Expect(tree, node.TrueChild, row, known) + (1 - share) * Expect(tree, node.FalseChild, row, known);
    }
}
