using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CreditGrains.Risk.Trees;

/// <summary>
/// Trees of few splits, each filled up to one depth and laid out as a heap: node i has children 2i+1 and 2i+2, so no child is stored and no branch
/// predicted. Eight trees are walked in step, so that their memory reads overlap. Trees of a depth lie together.
/// </summary>
internal sealed class FixedTrees<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public const int DepthMax = 8;
    private const int Lanes = 8;

    private readonly Split[] splits;
    private readonly T[] leaves;
    private readonly (int Depth, int Trees)[] groups;

    /// <summary>The one target that leaves add to.</summary>
    public readonly int Target;

    public FixedTrees(List<PlainTree> trees, int featureCount)
    {
        Target = trees[0].Nodes.First(node => node.Feature < 0).Weights[0].Target;
        var sorted = trees.OrderBy(tree => tree.Depth).ToList();
        var made = new List<Split>();
        var values = new List<T>();
        var counts = new List<(int Depth, int Trees)>();
        foreach (var depthGroup in sorted.GroupBy(tree => tree.Depth))
        {
            counts.Add((depthGroup.Key, depthGroup.Count()));
            foreach (var tree in depthGroup) Fill(tree, depthGroup.Key, featureCount, made, values);
        }

        splits = [.. made];
        leaves = [.. values];
        groups = [.. counts];
    }

    /// <summary>Sum of the leaves of a row, in 64 bits.</summary>
    public double Sum(ReadOnlySpan<T> row)
    {
        ref var features = ref MemoryMarshal.GetReference(row);
        ref var split = ref MemoryMarshal.GetArrayDataReference(splits);
        ref var leaf = ref MemoryMarshal.GetArrayDataReference(leaves);
        double sum = 0;
        foreach (var (depth, trees) in groups)
        {
            var inner = (1 << depth) - 1;
            var tree = 0;
            for (; tree + Lanes <= trees; tree += Lanes)
            {
                sum += Eight(ref split, ref leaf, ref features, depth, inner);
                split = ref Unsafe.Add(ref split, Lanes * inner);
                leaf = ref Unsafe.Add(ref leaf, Lanes * (inner + 1));
            }

            for (; tree < trees; tree++)
            {
                var at = 0;
                for (var level = 0; level < depth; level++) at = Next(ref split, ref features, at);
                sum += double.CreateTruncating(Unsafe.Add(ref leaf, at - inner));
                split = ref Unsafe.Add(ref split, inner);
                leaf = ref Unsafe.Add(ref leaf, inner + 1);
            }
        }

        return sum;
    }

    private static double Eight(ref Split split, ref T leaf, ref T features, int depth, int inner)
    {
        unchecked
        {
            ref var s1 = ref Unsafe.Add(ref split, inner);
            ref var s2 = ref Unsafe.Add(ref split, 2 * inner);
            ref var s3 = ref Unsafe.Add(ref split, 3 * inner);
            ref var s4 = ref Unsafe.Add(ref split, 4 * inner);
            ref var s5 = ref Unsafe.Add(ref split, 5 * inner);
            ref var s6 = ref Unsafe.Add(ref split, 6 * inner);
            ref var s7 = ref Unsafe.Add(ref split, 7 * inner);
            int a0 = 0, a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0, a6 = 0, a7 = 0;
            for (var level = 0; level < depth; level++)
            {
                a0 = Next(ref split, ref features, a0);
                a1 = Next(ref s1, ref features, a1);
                a2 = Next(ref s2, ref features, a2);
                a3 = Next(ref s3, ref features, a3);
                a4 = Next(ref s4, ref features, a4);
                a5 = Next(ref s5, ref features, a5);
                a6 = Next(ref s6, ref features, a6);
                a7 = Next(ref s7, ref features, a7);
            }

            var wide = inner + 1;
            var from = -inner;
            return Value(ref leaf, a0 + from) + Value(ref leaf, a1 + from + wide) + Value(ref leaf, a2 + from + 2 * wide) + Value(ref leaf, a3 + from + 3 * wide)
                + Value(ref leaf, a4 + from + 4 * wide) + Value(ref leaf, a5 + from + 5 * wide) + Value(ref leaf, a6 + from + 6 * wide) + Value(ref leaf, a7 + from + 7 * wide);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Value(ref T leaf, int at) => double.CreateTruncating(Unsafe.Add(ref leaf, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Next(ref Split splits, ref T features, int at)
    {
        unchecked
        {
            ref var node = ref Unsafe.Add(ref splits, at);
            // A missing value compares false and so goes right.
            var isLeft = Unsafe.Add(ref features, node.Feature) <= node.Threshold;
            return 2 * at + 2 - Unsafe.BitCast<bool, byte>(isLeft);
        }
    }

    private static void Fill(PlainTree tree, int depth, int featureCount, List<Split> made, List<T> values)
    {
        var inner = (1 << depth) - 1;
        var places = new int[2 * inner + 1];
        for (var i = 0; i < places.Length; i++)
        {
            var node = tree.Nodes[places[i]];
            if (i >= inner)
            {
                values.Add(T.CreateSaturating(node.Weights[0].Value));
                continue;
            }

            var isLeaf = node.Feature < 0;
            // A leaf above the last level is repeated below: whichever way is taken, it is found.
            places[2 * i + 1] = isLeaf ? places[i] : node.Left;
            places[2 * i + 2] = isLeaf ? places[i] : node.Left + 1;
            made.Add(isLeaf ? default : new Split { Feature = node.MissingLeft ? node.Feature + featureCount : node.Feature, Threshold = T.CreateSaturating(node.Threshold) });
        }
    }

    private struct Split
    {
        public T Threshold;
        public int Feature;
    }
}
