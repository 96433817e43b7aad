using System.Runtime.Intrinsics;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Reasons;

/// <summary>
/// Exact Shapley values of summed trees (Lundberg and others, "From local explanations to global understanding with explainable AI for trees", 2020,
/// path-dependent form): what each feature moved the margin away from its mean over a background. A leaf of value v that asks for d features adds to feature i
/// v · (o − z) · ∫₀¹ Π over the others of (o·t + z·(1 − t)) dt, where o says whether the row agrees with the leaf in that feature and z is the share of the
/// background that does. That polynomial of degree d − 1 is integrated exactly by Gauss-Legendre, four points at a time. Immutable; scratch is the caller's.
/// </summary>
public sealed class TreeExplainer
{
    private readonly ExplainedLeaf[] leaves;
    private readonly ExplainedTerm[] terms;
    private readonly int termsMax;
    private readonly bool isDouble;

    private TreeExplainer(TreeEnsemble trees, string background, List<ExplainedLeaf> leaves, List<ExplainedTerm> terms, double mean)
    {
        FeatureCount = trees.FeatureCount;
        isDouble = trees.IsDouble;
        Background = background;
        this.leaves = [.. leaves];
        this.terms = [.. terms];
        termsMax = leaves.Count == 0 ? 0 : leaves.Max(leaf => leaf.Terms);
        Mean = mean;
    }

    /// <summary>Name of the rows that the explanation compares with.</summary>
    public string Background { get; }

    /// <summary>Mean margin over the background: what a row is before any feature is known.</summary>
    public double Mean { get; }

    /// <summary>How many features a row has.</summary>
    public int FeatureCount { get; }

    /// <summary>Longest list of features that one leaf asks for.</summary>
    public int TermsMax => termsMax;

    /// <summary>Explains by the rows that trained the trees, as their nodes counted them.</summary>
    /// <exception cref="ModelFault">The nodes have no counts, or the trees are not summed or averaged to one number.</exception>
    public static TreeExplainer FromCovers(TreeEnsemble trees, string background)
    {
        ArgumentNullException.ThrowIfNull(trees);
        // Some exporters write 1 for every node: counts whose children do not add up to their parent are none.
        if (trees.Trees.Any(tree => tree.Any(node => !node.IsLeaf && !(node.Cover > 0 && Math.Abs(tree[node.TrueChild].Cover + tree[node.FalseChild].Cover - node.Cover) <= 0.01 * node.Cover))))
            throw new ModelFault("NoBackground", "the trees do not say how many rows came to each node (nodes_hitrates is missing, or does not add up); give background rows");
        return ExplainedTrees.Build(trees, background, null, (leaves, terms, mean) => new TreeExplainer(trees, background, leaves, terms, mean));
    }

    /// <summary>Explains by rows of one's own choosing, such as the applicants at the cut-off: they are sent through the trees and counted.</summary>
    /// <param name="trees">The trees.</param>
    /// <param name="background">A name for the rows.</param>
    /// <param name="rows">Row after row, each of all features; NaN is missing.</param>
    /// <exception cref="ModelFault">There is no whole row, or the trees are not summed or averaged to one number.</exception>
    public static TreeExplainer FromRows(TreeEnsemble trees, string background, ReadOnlyMemory<double> rows)
    {
        ArgumentNullException.ThrowIfNull(trees);
        if (rows.Length == 0 || rows.Length % trees.FeatureCount != 0) throw new ModelFault("NoBackground", $"{rows.Length} numbers are no rows of {trees.FeatureCount} features; give at least one whole row");
        return ExplainedTrees.Build(trees, background, rows, (leaves, terms, mean) => new TreeExplainer(trees, background, leaves, terms, mean));
    }

    /// <summary>What each feature adds to the mean; together with it they give the margin of the row.</summary>
    /// <param name="row">One row; NaN is missing.</param>
    /// <param name="contributions">Receives a number for each feature, in the unit of the margin.</param>
    public void Explain(ReadOnlySpan<double> row, Span<double> contributions)
    {
        if (row.Length != FeatureCount || contributions.Length != FeatureCount) throw new ArgumentException($"the row has {row.Length} and the result {contributions.Length} places, for {FeatureCount} features", nameof(row));
        contributions.Clear();
        Span<double> compared = FeatureCount <= 512 ? stackalloc double[FeatureCount] : new double[FeatureCount];
        for (var i = 0; i < row.Length; i++) compared[i] = isDouble ? row[i] : (float)row[i];
        // Products before and after each feature of a leaf, and what each feature would multiply.
        Span<Vector256<double>> before = stackalloc Vector256<double>[termsMax <= 256 ? termsMax : 0];
        Span<Vector256<double>> factors = stackalloc Vector256<double>[termsMax <= 256 ? termsMax : 0];
        if (termsMax > 256) (before, factors) = Large();
        foreach (var leaf in leaves) Add(leaf, compared, contributions, before, factors);
    }

    private void Add(in ExplainedLeaf leaf, ReadOnlySpan<double> row, Span<double> contributions, Span<Vector256<double>> before, Span<Vector256<double>> factors)
    {
        var own = terms.AsSpan(leaf.First, leaf.Terms);
        var points = GaussLegendre.Points(leaf.Terms);
        for (var block = 0; block < points.Nodes.Length; block++)
        {
            var t = points.Nodes[block];
            var rest = Vector256<double>.One - t;
            var product = points.Weights[block] * leaf.Value;
            for (var i = 0; i < own.Length; i++)
            {
                ref readonly var term = ref own[i];
                before[i] = product;
                var factor = rest * term.Share;
                if (term.Agrees(row)) factor += t;
                factors[i] = factor;
                product *= factor;
            }

            var after = Vector256<double>.One;
            for (var i = own.Length - 1; i >= 0; i--)
            {
                ref readonly var term = ref own[i];
                contributions[term.Feature] += ((term.Agrees(row) ? 1 : 0) - term.Share) * Vector256.Sum(before[i] * after);
                after *= factors[i];
            }
        }
    }

    private (Vector256<double>[] Before, Vector256<double>[] Factors) Large() => (new Vector256<double>[termsMax], new Vector256<double>[termsMax]);
}

/// <summary>A leaf: its value and the features on the way to it, each once.</summary>
internal readonly record struct ExplainedLeaf(double Value, int First, int Terms);

/// <summary>What a leaf asks of one feature: above Low and at most High, and whether missing will do; with the share of the background that passes.</summary>
internal readonly record struct ExplainedTerm(int Feature, double Low, double High, bool TakesMissing, double Share)
{
    public bool Agrees(ReadOnlySpan<double> row)
    {
        var value = row[Feature];
        return double.IsNaN(value) ? TakesMissing : value > Low & value <= High | value == double.NegativeInfinity & Low == double.NegativeInfinity;
    }
}
