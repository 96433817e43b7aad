using System.Numerics;

namespace CreditGrains.Risk.Trees;

/// <summary>Trees of any depth and any number of targets: nodes in one array, the children of a node side by side.</summary>
internal sealed class LinkedTrees<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Node[] nodes;
    private readonly int[] roots;
    private readonly TreeWeight[] weights;

    private readonly bool isNarrow;

    /// <param name="trees">In order.</param>
    /// <param name="featureCount">Columns of a row.</param>
    /// <param name="isNarrow">Whether each sum is rounded to 32 bits.</param>
    public LinkedTrees(List<PlainTree> trees, int featureCount, bool isNarrow)
    {
        this.isNarrow = isNarrow;
        var made = new List<Node>();
        var all = new List<TreeWeight>();
        roots = new int[trees.Count];
        for (var t = 0; t < trees.Count; t++)
        {
            var start = made.Count;
            roots[t] = start;
            foreach (var node in trees[t].Nodes)
            {
                if (node.Feature < 0)
                {
                    made.Add(new Node { Feature = -1, Next = all.Count, WeightsEnd = all.Count + node.Weights.Length });
                    all.AddRange(node.Weights);
                    continue;
                }

                made.Add(new Node { Feature = node.MissingLeft ? node.Feature + featureCount : node.Feature, Threshold = T.CreateSaturating(node.Threshold), Next = start + node.Left });
            }
        }

        nodes = [.. made];
        weights = [.. all];
    }

    public void Evaluate(ReadOnlySpan<T> row, Span<double> targets, Span<double> touched, TreeAggregate aggregate)
    {
        foreach (var root in roots)
        {
            ref readonly var node = ref nodes[root];
            while (node.Feature >= 0) node = ref nodes[row[node.Feature] <= node.Threshold ? node.Next : node.Next + 1];
            for (var i = node.Next; i < node.WeightsEnd; i++)
            {
                var (target, value) = weights[i];
                targets[target] = aggregate switch
                {
                    TreeAggregate.Min => touched[target] == 0 ? value : Math.Min(targets[target], value),
                    TreeAggregate.Max => touched[target] == 0 ? value : Math.Max(targets[target], value),
                    _ => isNarrow ? (float)targets[target] + (float)value : targets[target] + value,
                };
                touched[target] = 1;
            }
        }
    }

    private struct Node
    {
        /// <summary>−1 for a leaf.</summary>
        public int Feature;

        public T Threshold;

        /// <summary>The left child, with the right one after it; for a leaf its first weight.</summary>
        public int Next;

        public int WeightsEnd;
    }
}
