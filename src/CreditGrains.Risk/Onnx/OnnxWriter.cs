using System.Collections.Immutable;
using System.Text.Json;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx.Wire;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Onnx;

/// <summary>
/// Writes models as ONNX files that any runtime reads: one float input "features" of a column for each name, outputs "label" and "probabilities" (class 0, class 1) or "value".
/// The names go into the metadata "feature_names", from which <see cref="OnnxModel.Load"/> takes them back.
/// </summary>
public static class OnnxWriter
{
    private const string Learning = "ai.onnx.ml";

    /// <summary>Boosted trees whose sum is the log-odds of class 1.</summary>
    /// <param name="names">A name for each feature.</param>
    /// <param name="trees">One target, summed, compared in 32 bits.</param>
    /// <param name="properties">Further metadata, such as a version.</param>
    /// <exception cref="ModelFault">The trees are of another form.</exception>
    public static byte[] TreeClassifier(IReadOnlyList<string> names, TreeEnsemble trees, IReadOnlyDictionary<string, string>? properties = null)
    {
        Check(names, trees);
        if (trees.Aggregate != TreeAggregate.Sum) throw new ModelFault("BadModel", "a classifier sums its trees; write averaged trees as a regressor");
        var bias = trees.BaseValues.Length == 1 ? trees.BaseValues[0] : 0;
        var all = trees.Trees;
        if (all.SelectMany(tree => tree).Where(node => node.IsLeaf).All(node => node.Weights[0].Value >= 0))
        {
            // Of weights that are all positive ONNX Runtime takes the sum for a probability already; a tree of one negative leaf, made good in the base value, keeps it log-odds.
            all = all.Add([TreeNode.Leaf(-1)]);
            bias += 1;
        }

        var attributes = Nodes(all, "class");
        attributes.Add(("base_values", new[] { (float)bias }));
        attributes.Add(("classlabels_int64s", new long[] { 0, 1 }));
        attributes.Add(("post_transform", "LOGISTIC"));
        return Start("trees", names, properties).Node("TreeEnsembleClassifier", Learning, ["features"], ["label", "probabilities"], [.. attributes])
            .Output("label", OnnxType.Int64).Output("probabilities", OnnxType.Float, 2).ToArray();
    }

    /// <summary>Trees whose sum or average is a number.</summary>
    /// <param name="names">A name for each feature.</param>
    /// <param name="trees">One target, compared in 32 bits.</param>
    /// <param name="properties">Further metadata.</param>
    /// <exception cref="ModelFault">The trees are of another form.</exception>
    public static byte[] TreeRegressor(IReadOnlyList<string> names, TreeEnsemble trees, IReadOnlyDictionary<string, string>? properties = null)
    {
        Check(names, trees);
        var attributes = Nodes(trees.Trees, "target");
        if (trees.BaseValues.Length == 1) attributes.Add(("base_values", new[] { (float)trees.BaseValues[0] }));
        attributes.Add(("n_targets", 1L));
        attributes.Add(("aggregate_function", trees.Aggregate.ToString().ToUpperInvariant()));
        return Start("trees", names, properties).Node("TreeEnsembleRegressor", Learning, ["features"], ["value"], [.. attributes]).Output("value", OnnxType.Float, 1).ToArray();
    }

    /// <summary>Logistic regression: the log-odds of class 1 are intercept + Σ coefficient × feature.</summary>
    public static byte[] Logistic(IReadOnlyList<string> names, IReadOnlyList<double> coefficients, double intercept, IReadOnlyDictionary<string, string>? properties = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(coefficients);
        if (names.Count != coefficients.Count || names.Count == 0) throw new ModelFault("BadModel", $"{coefficients.Count} coefficients are given for {names.Count} names; give one for each");
        // Two rows of coefficients, of which the first is zero: the softmax of (0, s) is the logistic function of s.
        float[] weights = [.. coefficients.Select(_ => 0f), .. coefficients.Select(value => (float)value)];
        return Start("logistic", names, properties)
            .Node("LinearClassifier", Learning, ["features"], ["label", "probabilities"], ("coefficients", weights), ("intercepts", new[] { 0f, (float)intercept }), ("classlabels_ints", new long[] { 0, 1 }), ("post_transform", "SOFTMAX"))
            .Output("label", OnnxType.Int64).Output("probabilities", OnnxType.Float, 2).ToArray();
    }

    /// <summary>Linear regression: intercept + Σ coefficient × feature.</summary>
    public static byte[] Linear(IReadOnlyList<string> names, IReadOnlyList<double> coefficients, double intercept, IReadOnlyDictionary<string, string>? properties = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(coefficients);
        if (names.Count != coefficients.Count || names.Count == 0) throw new ModelFault("BadModel", $"{coefficients.Count} coefficients are given for {names.Count} names; give one for each");
        return Start("linear", names, properties)
            .Node("LinearRegressor", Learning, ["features"], ["value"], ("coefficients", coefficients.Select(value => (float)value).ToArray()), ("intercepts", new[] { (float)intercept }), ("targets", 1L))
            .Output("value", OnnxType.Float, 1).ToArray();
    }

    /// <summary>The attributes of the nodes and leaves of trees.</summary>
    internal static List<(string Name, object Value)> Nodes(ImmutableArray<ImmutableArray<TreeNode>> trees, string leaf)
    {
        var flat = trees.SelectMany((tree, t) => tree.Select((node, n) => (Tree: (long)t, Id: (long)n, Node: node))).ToArray();
        var weights = flat.Where(one => one.Node.IsLeaf).SelectMany(one => one.Node.Weights.Select(weight => (one.Tree, one.Id, Weight: weight))).ToArray();
        long[] Longs(Func<TreeNode, long> of) => [.. flat.Select(one => of(one.Node))];
        return
        [
            ("nodes_treeids", flat.Select(one => one.Tree).ToArray()),
            ("nodes_nodeids", flat.Select(one => one.Id).ToArray()),
            ("nodes_modes", flat.Select(one => Mode(one.Node)).ToArray()),
            ("nodes_featureids", Longs(node => node.Feature)),
            ("nodes_truenodeids", Longs(node => node.TrueChild)),
            ("nodes_falsenodeids", Longs(node => node.FalseChild)),
            ("nodes_values", flat.Select(one => (float)one.Node.Threshold).ToArray()),
            ("nodes_hitrates", flat.Select(one => (float)one.Node.Cover).ToArray()),
            ("nodes_missing_value_tracks_true", Longs(node => node.MissingGoesTrue ? 1 : 0)),
            (leaf + "_treeids", weights.Select(one => one.Tree).ToArray()),
            (leaf + "_nodeids", weights.Select(one => one.Id).ToArray()),
            (leaf + "_ids", weights.Select(one => (long)one.Weight.Target).ToArray()),
            (leaf + "_weights", weights.Select(one => (float)one.Weight.Value).ToArray()),
        ];
    }

    private static string Mode(TreeNode node) => node.IsLeaf ? "LEAF" : node.Mode switch
    {
        BranchMode.LessOrEqual => "BRANCH_LEQ",
        BranchMode.Less => "BRANCH_LT",
        BranchMode.GreaterOrEqual => "BRANCH_GTE",
        BranchMode.Greater => "BRANCH_GT",
        BranchMode.Equal => "BRANCH_EQ",
        _ => "BRANCH_NEQ",
    };

    private static OnnxGraphWriter Start(string name, IReadOnlyList<string> names, IReadOnlyDictionary<string, string>? properties)
    {
        ProtectedAttributes.Refuse(names);
        var graph = new OnnxGraphWriter(name).Input("features", OnnxType.Float, names.Count).Property("feature_names", JsonSerializer.Serialize(names));
        foreach (var (key, value) in (properties ?? ImmutableDictionary<string, string>.Empty).OrderBy(pair => pair.Key, StringComparer.Ordinal)) graph.Property(key, value);
        return graph;
    }

    private static void Check(IReadOnlyList<string> names, TreeEnsemble trees)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(trees);
        if (names.Count != trees.FeatureCount) throw new ModelFault("BadModel", $"{names.Count} names are given for {trees.FeatureCount} features; give one for each");
        if (trees.TargetCount != 1) throw new ModelFault("BadModel", $"the trees have {trees.TargetCount} targets; one is written");
        if (trees.IsDouble) throw new ModelFault("BadModel", "the trees compare in 64 bits, files in 32; build them with isDouble false");
    }
}
