using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.Tests.Bench;

public class LatencyHistogramTest
{
    [Fact]
    public void Quantile_SmallValues_IsExact()
    {
        var histogram = new LatencyHistogram();
        for (var value = 1; value <= 50; value++) histogram.Record(value);
        Assert.Equal(25, histogram.Quantile(0.5));
        Assert.Equal(45, histogram.Quantile(0.9));
        Assert.Equal(50, histogram.Quantile(1));
        Assert.Equal(1, histogram.Quantile(0));
        Assert.Equal(25.5, histogram.Mean);
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(1_000_003)]
    [InlineData(98_765_432_109)]
    [InlineData(long.MaxValue)]
    public void Quantile_AnyValue_IsAtOrAboveItByLessThanASixtyFourth(long value)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(value);
        histogram.Record(long.MaxValue);
        var quantile = histogram.Quantile(0.5);
        Assert.InRange(quantile, value, value + (double)value / 64);
    }

    [Fact]
    public void Quantile_OfRandomValues_AgreesWithSorting()
    {
        var random = new Random(7);
        var values = Enumerable.Range(0, 100_000).Select(_ => (long)Math.Exp(random.NextDouble() * 25)).ToArray();
        var histogram = new LatencyHistogram();
        foreach (var value in values) histogram.Record(value);
        Array.Sort(values);
        foreach (var ratio in new[] { 0.5, 0.9, 0.99, 0.999 })
        {
            var exact = values[(int)Math.Ceiling(ratio * values.Length) - 1];
            Assert.InRange(histogram.Quantile(ratio), exact, exact * (1 + 1 / 64.0));
        }
    }

    [Fact]
    public void Add_TwoHistograms_IsAsIfOneHadSeenAll()
    {
        var (one, other) = (new LatencyHistogram(), new LatencyHistogram());
        one.Record(10, 3);
        other.Record(1_000);
        other.Record(-5);
        one.Add(other);
        Assert.Equal(5, one.Count);
        Assert.Equal(1_000, one.Max);
        Assert.Equal(10, one.Quantile(0.8));
        one.Clear();
        Assert.Equal(0, one.Quantile(0.99));
    }
}
