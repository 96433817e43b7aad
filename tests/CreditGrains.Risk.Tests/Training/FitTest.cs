using CreditGrains.Risk.Training;

namespace CreditGrains.Risk.Tests.Training;

public sealed class FitTest
{
    [Fact]
    public void Measures_SmallCase_AreThoseCountedByHand()
    {
        // Pairs (bad, good): 0.8 beats both, 0.4 ties with one and beats the other: 3.5 of 4.
        var m = Measures.Of([0.8, 0.4, 0.4, 0.1], [true, true, false, false]);
        Assert.Equal(0.875, m.Auc, 1e-12);
        Assert.Equal(0.5, m.Ks, 1e-12);
        Assert.Equal((0.04 + 0.36 + 0.16 + 0.01) / 4, m.Brier, 1e-12);
    }

    [Fact]
    public void Regression_OneBinaryColumn_GivesTheLogOddsOfItsTwoGroups()
    {
        // 10 rows of 0 with 2 bads, 10 rows of 1 with 5: intercept ln(2/8), slope ln(5/5) − ln(2/8).
        var column = Enumerable.Range(0, 20).Select(i => i < 10 ? 0.0 : 1).ToArray();
        var bads = Enumerable.Range(0, 20).Select(i => i < 2 || i is >= 10 and < 15).ToArray();
        var fit = RidgeRegression.Fit([column], bads, 0);
        Assert.Equal(Math.Log(0.25), fit.Intercept, 1e-6);
        Assert.Equal(-Math.Log(0.25), fit.Coefficients[0], 1e-6);
    }

    [Fact]
    public void Isotonic_OutOfOrder_IsPooled()
    {
        var fit = IsotonicScale.Fit([1, 2, 3, 4], [false, true, false, true]);
        Assert.Equal(new (double, double)[] { (1, 0), (2, 0.5), (4, 1) }, fit.Steps);
        Assert.Equal(0.5, fit.Of(3.9));
        Assert.Equal(0, fit.Of(-9));
    }

    [Fact]
    public void Bins_MonotoneAsked_RatesAreOrderedBinsLargeEnoughAndCoverEveryNumber()
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 5000).Select(i => i % 20 == 0 ? double.NaN : random.NextDouble()).ToArray();
        var bads = values.Select(value => random.NextDouble() < (double.IsNaN(value) ? 0.5 : 0.1 + 0.3 * value)).ToArray();
        var bins = CoarseBins.Of(values, bads, new ScorecardSettings { MinShare = 0.05, BinsMax = 6 });
        Assert.InRange(bins.Lows.Count, 2, 6);
        Assert.Equal(double.NegativeInfinity, bins.Lows[0]);
        Assert.All(bins.Counts, count => Assert.True(count.Goods + count.Bads >= 250));
        Assert.Equal(bins.Woes.OrderDescending(), bins.Woes);
        Assert.Equal(4750, bins.Counts.Sum(count => count.Goods + count.Bads));
        Assert.True(bins.MissingWoe < bins.Woes[^1]);
        Assert.Equal(bins.Woes[0], bins.WoeOf(-1e300));
        Assert.Equal(bins.Woes[1], bins.WoeOf(bins.Lows[1]));
    }

    [Fact]
    public void Trees_MonotoneInput_NeverFallWithIt()
    {
        var random = new Random(5);
        double[] a = [.. Enumerable.Range(0, 4000).Select(_ => random.NextDouble())], b = [.. Enumerable.Range(0, 4000).Select(_ => random.NextDouble())];
        var bads = a.Select((value, i) => random.NextDouble() < 0.5 + 0.3 * Math.Sin(9 * value) * b[i]).ToArray();
        var table = new TrainingTable(["a", "b"], [a, b], bads, new int[4000], 2, new Dictionary<string, int>());
        var rows = Enumerable.Range(0, 4000).ToArray();
        var settings = new BoostingSettings { Trees = 60, Rate = 0.2, ColumnShare = 1, LeafRows = 5, L2 = 1 };
        var free = BoostedTrees.Train(table, rows, settings, 1);
        var bound = BoostedTrees.Train(table, rows, settings with { Monotone = new Dictionary<string, int> { ["a"] = 1 } }, 1);
        Assert.True(Falls(free) > 0, "without the constraint the trees follow the wave");
        Assert.Equal(0, Falls(bound));

        static int Falls(BoostedTrees trees) => Enumerable.Range(0, 10).Sum(j => Enumerable.Range(1, 200).Count(i => trees.LogOdds([i / 200.0, j / 10.0]) < trees.LogOdds([(i - 1) / 200.0, j / 10.0]) - 1e-12));
    }

    [Fact]
    public void Trees_OnNoise_StopEarly()
    {
        var random = new Random(11);
        double[] a = [.. Enumerable.Range(0, 2000).Select(_ => random.NextDouble())];
        var table = new TrainingTable(["a"], [a], [.. a.Select(_ => random.NextDouble() < 0.3)], new int[2000], 2, new Dictionary<string, int>());
        var settings = new BoostingSettings { Trees = 500, Rate = 0.3, ColumnShare = 1, LeafRows = 5, L2 = 0, StopAfter = 10 };
        Assert.InRange(TreesOf(settings), 1, 100);
        int TreesOf(BoostingSettings one) => BoostedTrees.Train(table, [.. Enumerable.Range(0, 2000)], one, 1).Ensemble.Trees.Length;
    }
}
