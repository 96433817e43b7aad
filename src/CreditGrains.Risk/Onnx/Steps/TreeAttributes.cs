using System.Collections.Immutable;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx.Wire;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Onnx.Steps;

/// <summary>Reads the trees of an ai.onnx.ml TreeEnsemble node: parallel lists of nodes, named by tree and node number, and of leaf weights.</summary>
internal static class TreeAttributes
{
    public static TreeEnsemble Read(NodeScope scope, string weights, int targets, TreeAggregate aggregate)
    {
        var input = scope.Numbers(0);
        var features = scope.Columns(input);
        var (treeIds, nodeIds, modes) = (scope.Ints("nodes_treeids"), scope.Ints("nodes_nodeids"), scope.Words("nodes_modes"));
        var (featureIds, trueIds, falseIds) = (scope.Ints("nodes_featureids"), scope.Ints("nodes_truenodeids"), scope.Ints("nodes_falsenodeids"));
        var (values, covers) = (scope.FloatsOrTensor("nodes_values"), scope.FloatsOrTensor("nodes_hitrates"));
        var missing = scope.Ints("nodes_missing_value_tracks_true");
        var count = treeIds.Count;
        if (count == 0) throw scope.Refuse("it has no node; export the model again");
        foreach (var (name, length) in new[] { ("nodes_nodeids", nodeIds.Count), ("nodes_modes", modes.Count), ("nodes_featureids", featureIds.Count), ("nodes_truenodeids", trueIds.Count), ("nodes_falsenodeids", falseIds.Count), ("nodes_values", values.Length) })
            if (length != count) throw scope.Refuse($"{name} has {length} entries for {count} nodes; export the model again");
        if (missing.Count != 0 && missing.Count != count) throw scope.Refuse($"nodes_missing_value_tracks_true has {missing.Count} entries for {count} nodes; export the model again");
        if (covers.Length != count) covers = [];

        // Trees in the order in which they come, nodes by their number within the tree, the first node of a tree first.
        var order = new List<(long Tree, List<int> Nodes)>();
        var byTree = new Dictionary<long, List<int>>();
        var places = new Dictionary<(long, long), int>(count);
        for (var i = 0; i < count; i++)
        {
            if (!byTree.TryGetValue(treeIds[i], out var nodes)) order.Add((treeIds[i], byTree[treeIds[i]] = nodes = []));
            if (!places.TryAdd((treeIds[i], nodeIds[i]), nodes.Count)) throw scope.Refuse($"node {nodeIds[i]} of tree {treeIds[i]} is there twice; export the model again");
            nodes.Add(i);
        }

        var leaves = Leaves(scope, weights, targets, places);
        var trees = order.Select(tree => tree.Nodes.Select(Node).ToImmutableArray()).ToImmutableArray();
        try
        {
            return new TreeEnsemble(trees, features, targets, [.. scope.FloatsOrTensor("base_values")], aggregate, input.Type == OnnxType.Double);
        }
        catch (ModelFault fault)
        {
            throw scope.Refuse(fault.Message);
        }

        TreeNode Node(int i)
        {
            var cover = covers.Length > 0 && double.IsFinite(covers[i]) && covers[i] > 0 ? covers[i] : 0;
            if (modes[i] == "LEAF") return TreeNode.Leaf(leaves.TryGetValue((treeIds[i], nodeIds[i]), out var own) ? [.. own] : throw scope.Refuse($"leaf {nodeIds[i]} of tree {treeIds[i]} has no weight; export the model again"), cover);
            if (featureIds[i] < 0 || featureIds[i] >= features) throw scope.Refuse($"node {nodeIds[i]} of tree {treeIds[i]} looks at feature {featureIds[i]}; its input has {features} columns");
            return TreeNode.Split((int)featureIds[i], values[i], Child(i, trueIds[i]), Child(i, falseIds[i]), cover, missing.Count > 0 && missing[i] == 1, Mode(modes[i]));
        }

        int Child(int i, long child) => places.TryGetValue((treeIds[i], child), out var place) ? place : throw scope.Refuse($"node {nodeIds[i]} of tree {treeIds[i]} has child {child}, which is not in that tree; export the model again");

        BranchMode Mode(string mode) => mode switch
        {
            "BRANCH_LEQ" => BranchMode.LessOrEqual,
            "BRANCH_LT" => BranchMode.Less,
            "BRANCH_GTE" => BranchMode.GreaterOrEqual,
            "BRANCH_GT" => BranchMode.Greater,
            "BRANCH_EQ" => BranchMode.Equal,
            "BRANCH_NEQ" => BranchMode.NotEqual,
            _ => throw scope.Refuse($"mode '{mode}' is none of BRANCH_LEQ, _LT, _GTE, _GT, _EQ, _NEQ and LEAF"),
        };
    }

    private static Dictionary<(long, long), List<TreeWeight>> Leaves(NodeScope scope, string prefix, int targets, Dictionary<(long, long), int> places)
    {
        var (trees, nodes, ids, values) = (scope.Ints(prefix + "_treeids"), scope.Ints(prefix + "_nodeids"), scope.Ints(prefix + "_ids"), scope.FloatsOrTensor(prefix + "_weights"));
        if (nodes.Count != trees.Count || ids.Count != trees.Count || values.Length != trees.Count)
            throw scope.Refuse($"{prefix}_treeids, _nodeids, _ids and _weights have {trees.Count}, {nodes.Count}, {ids.Count} and {values.Length} entries; export the model again");
        var leaves = new Dictionary<(long, long), List<TreeWeight>>();
        for (var i = 0; i < trees.Count; i++)
        {
            if (!places.ContainsKey((trees[i], nodes[i]))) throw scope.Refuse($"a weight is for node {nodes[i]} of tree {trees[i]}, which is not there; export the model again");
            if (ids[i] < 0 || ids[i] >= targets) throw scope.Refuse($"a weight of node {nodes[i]} of tree {trees[i]} is for target {ids[i]}, of {targets}; export the model again");
            if (!leaves.TryGetValue((trees[i], nodes[i]), out var own)) leaves[(trees[i], nodes[i])] = own = [];
            own.Add(new TreeWeight((int)ids[i], values[i]));
        }

        return leaves;
    }
}
