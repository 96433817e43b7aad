using System.Collections.Immutable;
using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Securitisation.Tests.Measures;

public sealed class MonteCarloTest
{
    private const double Probability = 0.03;
    private const double Correlation = 0.15;
    private static readonly Obligor[] Many = [.. Enumerable.Repeat(new Obligor(1, Probability, 1), 2_000)];

    /// <summary>Standard values of the normal distribution.</summary>
    [Theory]
    [InlineData(0.975, 1.959963984540054)]
    [InlineData(0.001, -3.090232306167813)]
    [InlineData(0.5, 0)]
    [InlineData(1e-10, -6.361340902404056)]
    public void NormalQuantile_StandardValues_AndBack(double probability, double x)
    {
        Assert.Equal(x, Normal.Quantile(probability), 12);
        Assert.Equal(1, Normal.Cumulative(x) / probability, 1e-11);
    }

    /// <summary>A large even pool follows Vasicek's limit: its mean within four standard errors, its tail near the quantile.</summary>
    [Fact]
    public void GaussianCopula_LargePool_FollowsVasicek()
    {
        var losses = MonteCarlo.GaussianCopula(Many, Correlation, 20_000, seed: 5);
        Assert.InRange(losses.Mean, Probability - 4 * losses.StandardError, Probability + 4 * losses.StandardError);
        foreach (var confidence in new[] { 0.5, 0.9, 0.99 })
        {
            var limit = Vasicek.Quantile(confidence, Probability, Correlation);
            Assert.Equal(limit, losses.Percentile(confidence), limit * 0.08);
            Assert.Equal(confidence, Vasicek.Cumulative(limit, Probability, Correlation), 9);
        }
    }

    [Fact]
    public void GaussianCopula_SameSeed_SameBitsOnAnyThreads()
    {
        var one = MonteCarlo.GaussianCopula(Many, Correlation, 500, seed: 9, parallelism: 1);
        var four = MonteCarlo.GaussianCopula(Many, Correlation, 500, seed: 9, parallelism: 4);
        Assert.Equal(BitConverter.DoubleToInt64Bits(one.Mean), BitConverter.DoubleToInt64Bits(four.Mean));
        Assert.Equal(one.Percentile(0.99), four.Percentile(0.99));
        Assert.NotEqual(one.Mean, MonteCarlo.GaussianCopula(Many, Correlation, 500, seed: 10).Mean);
    }

    [Fact]
    public void GaussianCopula_WithoutCorrelation_IsBinomial()
    {
        var losses = MonteCarlo.GaussianCopula(Many, 0, 5_000, seed: 1);
        Assert.Equal(Math.Sqrt(Probability * (1 - Probability) / Many.Length), losses.Deviation, 2e-4);
    }

    [Fact]
    public void BlockBootstrap_OfVintagesAllAlike_IsTheirCumulativeRate()
    {
        ImmutableArray<double> vintage = [0.001, 0.002, 0.004, 0.003, 0.002, 0.001];
        var losses = MonteCarlo.BlockBootstrap([vintage, vintage, vintage[..4]], 6, 2, 1_000, seed: 3);
        Assert.Equal(1 - vintage.Aggregate(1.0, (left, rate) => left * (1 - rate)), losses.Mean, 12);
        Assert.Equal(0, losses.Deviation, 12);
    }

    [Fact]
    public void BlockBootstrap_LowAndHighVintage_StaysBetweenThem()
    {
        ImmutableArray<double> low = [.. Enumerable.Repeat(0.001, 24)], high = [.. Enumerable.Repeat(0.01, 24)];
        var losses = MonteCarlo.BlockBootstrap([low, high], 24, 6, 4_000, seed: 3);
        Assert.InRange(losses.Percentile(0.001), 1 - Math.Pow(0.999, 24) - 1e-12, 1 - Math.Pow(0.999, 24) + 1e-12);
        Assert.InRange(losses.Mean, 0.1, 0.15);
        Assert.Equal("VintagesTooShort", Assert.Throws<InvalidInputException>(() => MonteCarlo.BlockBootstrap([low], 25, 6, 10, 1)).Name);
    }
}
