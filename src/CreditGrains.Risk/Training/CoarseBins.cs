namespace CreditGrains.Risk.Training;

/// <summary>
/// Bins of one input: fine ones by quantile, then neighbours merged while a bin is too small, the order of bad rates is broken (monotone), or there are too many; the merge that loses least
/// information value goes first. Missing is a bin of its own. Weights of evidence are ln(share of goods ÷ share of bads), half a row added to each count so that a bin without bads has one.
/// </summary>
internal sealed class CoarseBins
{
    private readonly record struct Bin(double Low, int Goods, int Bads)
    {
        public int Rows => Goods + Bads;
        public double Rate => (double)Bads / Rows;
        public Bin With(Bin next) => new(Low, Goods + next.Goods, Bads + next.Bads);
    }

    private readonly double[] lows;

    private CoarseBins(List<Bin> bins, Bin missing, int goods, int bads)
    {
        lows = [.. bins.Select(bin => bin.Low)];
        Woes = [.. bins.Select(bin => WoeOf(bin, goods, bads))];
        Counts = [.. bins.Select(bin => (bin.Goods, bin.Bads))];
        MissingWoe = missing.Rows == 0 ? 0 : WoeOf(missing, goods, bads);
        Iv = bins.Append(missing).Where(bin => bin.Rows > 0).Sum(bin => IvOf(bin, goods, bads));
    }

    /// <summary>Where each bin starts; the first at −∞.</summary>
    public IReadOnlyList<double> Lows => lows;

    public IReadOnlyList<double> Woes { get; }

    public IReadOnlyList<(int Goods, int Bads)> Counts { get; }

    public double MissingWoe { get; }

    /// <summary>Information value, Σ (share of goods − share of bads) · woe (Siddiqi, "Credit Risk Scorecards", ch. 6).</summary>
    public double Iv { get; }

    public static CoarseBins Of(double[] values, bool[] bads, ScorecardSettings settings)
    {
        var order = Enumerable.Range(0, values.Length).Where(i => !double.IsNaN(values[i])).ToArray();
        Array.Sort(order.Select(i => values[i]).ToArray(), order);
        var fine = new List<Bin>();
        var want = Math.Max(1, order.Length / settings.FineBins);
        for (var i = 0; i < order.Length;)
        {
            int goods = 0, bad = 0;
            var low = i == 0 ? double.NegativeInfinity : values[order[i]];
            for (; i < order.Length && (goods + bad < want || values[order[i]] == values[order[i - 1]]); i++)
            {
                if (bads[order[i]]) bad++;
                else goods++;
            }

            fine.Add(new Bin(low, goods, bad));
        }

        var badTotal = bads.Count(one => one);
        var goodTotal = bads.Length - badTotal;
        var known = fine.Aggregate(default(Bin), (sum, bin) => sum.With(bin));
        var missing = new Bin(double.NaN, goodTotal - known.Goods, badTotal - known.Bads);
        if (fine.Count == 0) fine.Add(new Bin(double.NegativeInfinity, 0, 0));
        Merge(fine, goodTotal, badTotal, bin => bin.Rows < settings.MinShare * bads.Length);
        if (settings.Monotone && fine.Count > 2) KeepOrder(fine, goodTotal, badTotal);
        while (fine.Count > settings.BinsMax) MergeAt(fine, Cheapest(fine, Enumerable.Range(0, fine.Count - 1), goodTotal, badTotal));
        return new CoarseBins(fine, missing, goodTotal, badTotal);
    }

    public double WoeOf(double value)
    {
        if (double.IsNaN(value)) return MissingWoe;
        var at = Array.BinarySearch(lows, value);
        return Woes[at >= 0 ? at : ~at - 1];
    }

    private static void Merge(List<Bin> bins, int goods, int bads, Func<Bin, bool> isWrong)
    {
        while (bins.Count > 1 && bins.FindIndex(bin => isWrong(bin)) is var at && at >= 0)
            MergeAt(bins, Cheapest(bins, new[] { at - 1, at }.Where(i => i >= 0 && i < bins.Count - 1), goods, bads));
    }

    /// <summary>Pools neighbours that break the order (Ayer et al., 1955), rising and falling, and keeps what has more information value.</summary>
    private static void KeepOrder(List<Bin> bins, int goods, int bads)
    {
        List<Bin> Pooled(int sign)
        {
            var list = new List<Bin>();
            foreach (var bin in bins)
            {
                list.Add(bin);
                while (list.Count > 1 && sign * list[^2].Rate >= sign * list[^1].Rate) MergeAt(list, list.Count - 2);
            }

            return list;
        }

        var (up, down) = (Pooled(1), Pooled(-1));
        var best = up.Sum(bin => IvOf(bin, goods, bads)) >= down.Sum(bin => IvOf(bin, goods, bads)) ? up : down;
        bins.Clear();
        bins.AddRange(best);
    }

    private static int Cheapest(List<Bin> bins, IEnumerable<int> places, int goods, int bads) =>
        places.MinBy(i => IvOf(bins[i], goods, bads) + IvOf(bins[i + 1], goods, bads) - IvOf(bins[i].With(bins[i + 1]), goods, bads));

    private static void MergeAt(List<Bin> bins, int at)
    {
        bins[at] = bins[at].With(bins[at + 1]);
        bins.RemoveAt(at + 1);
    }

    private static double WoeOf(Bin bin, int goods, int bads) => Math.Log((bin.Goods + 0.5) / (goods + 0.5) * (bads + 0.5) / (bin.Bads + 0.5));

    private static double IvOf(Bin bin, int goods, int bads) => ((bin.Goods + 0.5) / (goods + 0.5) - (bin.Bads + 0.5) / (bads + 0.5)) * WoeOf(bin, goods, bads);
}
