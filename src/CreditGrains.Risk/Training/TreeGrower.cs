using System.Collections.Immutable;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Training;

/// <summary>
/// Grows one tree on first and second derivatives: histograms of the bins, the smaller child counted and the larger one taken by difference, the leaf that gains most split first.
/// Gain and leaf values as in Chen and Guestrin, "XGBoost" (2016), eq. 5 to 7. Bounds of a monotone input pass down to both sides.
/// </summary>
internal sealed class TreeGrower(BinnedColumns table, BoostingSettings settings, int[] monotone)
{
    private const int Width = 256;
    private readonly Stack<Cell[]> spare = new();

    private struct Cell
    {
        public double G;
        public double H;
        public int Rows;
    }

    private sealed class Leaf
    {
        public required int Node;
        public required int Depth;
        public required int[] Rows;
        public required Cell[] Cells;
        public required double Low;
        public required double High;
        public double G;
        public double H;
        public double Gain;
        public int Input = -1;
        public int Bin;
        public bool MissingLeft;
        public double Left;
        public double Right;
        public double Value;
    }

    /// <summary>Grows a tree of these rows and inputs; leaf values are shrunk, and each input's gain is added up.</summary>
    public ImmutableArray<TreeNode> Grow(int[] rows, int[] inputs, double[] g, double[] h, double[] gains)
    {
        var nodes = new List<TreeNode> { TreeNode.Leaf(0) };
        var root = new Leaf { Node = 0, Depth = 0, Rows = rows, Cells = Count(rows, inputs, g, h), Low = double.NegativeInfinity, High = double.PositiveInfinity };
        foreach (var row in rows)
        {
            root.G += g[row];
            root.H += h[row];
        }

        root.Value = ValueOf(root.G, root.H, root.Low, root.High);
        Find(root, inputs);
        var leaves = new List<Leaf> { root };
        while (leaves.Count < settings.Leaves)
        {
            var best = leaves.MaxBy(leaf => leaf.Gain)!;
            if (best.Input < 0 || best.Gain <= 0) break;
            leaves.Remove(best);
            gains[best.Input] += best.Gain;
            var (left, right) = Split(best, inputs, g, h, nodes.Count);
            nodes[best.Node] = TreeNode.Split(best.Input, table.Uppers[best.Input][best.Bin], left.Node, right.Node, best.Rows.Length, best.MissingLeft);
            nodes.Add(TreeNode.Leaf(0));
            nodes.Add(TreeNode.Leaf(0));
            leaves.Add(left);
            leaves.Add(right);
        }

        foreach (var leaf in leaves)
        {
            nodes[leaf.Node] = TreeNode.Leaf(settings.Rate * leaf.Value, leaf.Rows.Length);
            spare.Push(leaf.Cells);
        }

        return [.. nodes];
    }

    private (Leaf Left, Leaf Right) Split(Leaf leaf, int[] inputs, double[] g, double[] h, int next)
    {
        var goesLeft = Array.ConvertAll(leaf.Rows, row => table.Bins[row * table.Inputs + leaf.Input] is var bin && (bin == 0 ? leaf.MissingLeft : bin <= leaf.Bin));
        var leftRows = leaf.Rows.Where((_, i) => goesLeft[i]).ToArray();
        var rightRows = leaf.Rows.Where((_, i) => !goesLeft[i]).ToArray();
        var isLeftSmall = leftRows.Length <= rightRows.Length;
        var small = Count(isLeftSmall ? leftRows : rightRows, inputs, g, h);
        var large = leaf.Cells;
        foreach (var input in inputs)
        {
            for (var i = input * Width; i < input * Width + table.Uppers[input].Length; i++)
            {
                large[i].G -= small[i].G;
                large[i].H -= small[i].H;
                large[i].Rows -= small[i].Rows;
            }
        }

        var way = monotone[leaf.Input];
        var middle = (leaf.Left + leaf.Right) / 2;
        var left = new Leaf { Node = next, Depth = leaf.Depth + 1, Rows = leftRows, Cells = isLeftSmall ? small : large, Low = way < 0 ? middle : leaf.Low, High = way > 0 ? middle : leaf.High };
        var right = new Leaf { Node = next + 1, Depth = leaf.Depth + 1, Rows = rightRows, Cells = isLeftSmall ? large : small, Low = way > 0 ? middle : leaf.Low, High = way < 0 ? middle : leaf.High };
        foreach (var child in (Leaf[])[left, right])
        {
            foreach (var row in child.Rows)
            {
                child.G += g[row];
                child.H += h[row];
            }

            child.Value = ValueOf(child.G, child.H, child.Low, child.High);
            Find(child, inputs);
        }

        return (left, right);
    }

    private Cell[] Count(int[] rows, int[] inputs, double[] g, double[] h)
    {
        if (spare.TryPop(out var cells)) Array.Clear(cells);
        else cells = new Cell[table.Inputs * Width];
        var bins = table.Bins;
        foreach (var row in rows)
        {
            double gradient = g[row], hessian = h[row];
            var start = row * table.Inputs;
            foreach (var input in inputs)
            {
                ref var cell = ref cells[input * Width + bins[start + input]];
                cell.G += gradient;
                cell.H += hessian;
                cell.Rows++;
            }
        }

        return cells;
    }

    private void Find(Leaf leaf, int[] inputs)
    {
        if (leaf.Depth >= settings.Depth || leaf.Rows.Length < 2 * settings.LeafRows) return;
        var whole = Loss(leaf.G, leaf.H, leaf.Value);
        foreach (var input in inputs)
        {
            var missing = leaf.Cells[input * Width];
            for (var side = 0; side < (missing.Rows > 0 ? 2 : 1); side++)
            {
                // Without missing rows in training, a missing value goes right, where the comparison fails.
                var isLeft = missing.Rows > 0 && side == 0;
                double g = isLeft ? missing.G : 0, h = isLeft ? missing.H : 0;
                var rows = isLeft ? missing.Rows : 0;
                for (var bin = 1; bin < table.Uppers[input].Length; bin++)
                {
                    ref readonly var cell = ref leaf.Cells[input * Width + bin];
                    if (cell.Rows == 0) continue;
                    g += cell.G;
                    h += cell.H;
                    rows += cell.Rows;
                    if (rows < settings.LeafRows) continue;
                    if (leaf.Rows.Length - rows < settings.LeafRows) break;
                    var left = ValueOf(g, h, leaf.Low, leaf.High);
                    var right = ValueOf(leaf.G - g, leaf.H - h, leaf.Low, leaf.High);
                    if (monotone[input] > 0 && left > right || monotone[input] < 0 && left < right) continue;
                    var gain = whole - Loss(g, h, left) - Loss(leaf.G - g, leaf.H - h, right);
                    if (gain <= leaf.Gain + 1e-12) continue;
                    (leaf.Gain, leaf.Input, leaf.Bin, leaf.MissingLeft, leaf.Left, leaf.Right) = (gain, input, bin, isLeft, left, right);
                }
            }
        }
    }

    private double ValueOf(double g, double h, double low, double high) => Math.Clamp(-g / (h + settings.L2 + 1e-9), low, high);

    private double Loss(double g, double h, double value) => g * value + 0.5 * (h + settings.L2) * value * value;
}
