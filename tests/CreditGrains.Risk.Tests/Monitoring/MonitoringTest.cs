using CreditGrains.Risk.Models;
using CreditGrains.Risk.Monitoring;

namespace CreditGrains.Risk.Tests.Monitoring;

public sealed class MonitoringTest
{
    private static readonly double[] Development = [.. Enumerable.Range(0, 1000).Select(i => (double)i)];

    [Fact]
    public void Psi_SameShares_IsZero()
    {
        var scale = DriftScale.Of(Development);
        Assert.Equal(11, scale.Bands);
        Assert.Equal(0, scale.Psi(Counts(scale, Development)), 1e-12);
    }

    [Fact]
    public void Psi_HalfOfTheBandsEmptied_IsTheSumByHand()
    {
        // Ten bands of 0.1: five go to 0.2, five to none, which counts as half a row of 500: 0.001.
        var scale = DriftScale.Of(Development);
        var psi = scale.Psi(Counts(scale, [.. Development.Take(500)]));
        Assert.Equal(5 * 0.1 * Math.Log(2) + 5 * (0.001 - 0.1) * Math.Log(0.01), psi, 1e-12);
        Assert.Equal(DriftLevel.Alarm, DriftScale.LevelOf(psi, 500));
    }

    [Theory]
    [InlineData(0.3, 499, DriftLevel.TooFew)]
    [InlineData(0.0999, 500, DriftLevel.Stable)]
    [InlineData(0.1, 500, DriftLevel.Watch)]
    [InlineData(0.25, 500, DriftLevel.Alarm)]
    public void Level_AtItsThresholds_IsAsNamed(double psi, long rows, DriftLevel expected) => Assert.Equal(expected, DriftScale.LevelOf(psi, rows));

    [Fact]
    public void Bands_EqualAndMissingValues_StayTogether()
    {
        var scale = DriftScale.Of([.. Enumerable.Repeat(0.0, 900), .. Enumerable.Repeat(1.0, 50), .. Enumerable.Repeat(double.NaN, 50)]);
        Assert.Equal(3, scale.Bands);
        Assert.Equal(new[] { 0, 1, 1, 2 }, new[] { 0, 0.5, 9, double.NaN }.Select(scale.BandOf));
    }

    [Fact]
    public void Review_OnlyMaturedApprovedOutcomes_AreMeasured()
    {
        var day = new DateOnly(2025, 1, 31);
        var review = ModelReview.Of(
        [
            new(0.1, true, day, false), new(0.9, true, day, true),
            new(0.9, true, day.AddDays(1), false), // matures a day later
            new(0.9, false, day, false),           // declined: its outcome was not lived through with us
            new(double.NaN, true, day, true),      // not scored
            new(0.5, true, day, null),
        ], new DateOnly(2026, 1, 31), 12);
        Assert.Equal((6, 1, 1.0, 0.5), (review.Decisions, review.NotScored, review.Outcome!.Value.Auc, review.BadRatio));
        Assert.Equal(5.0 / 6, review.ApprovalRatio, 1e-12);
        Assert.False(review.IsReviewDue);
    }

    [Theory]
    [InlineData(90, false)]
    [InlineData(91, true)]
    public void Review_NewestOutcomeOlderThanThePeriod_IsDue(int days, bool expected)
    {
        var decided = new DateOnly(2025, 1, 31);
        Assert.Equal(expected, ModelReview.Of([new(0.1, true, decided, false)], decided.AddMonths(12).AddDays(days), 12).IsReviewDue);
        Assert.True(ModelReview.Of([], decided, 12).IsReviewDue);
    }

    [Fact]
    public void Review_PointsForProbabilities_AreRefused() =>
        Assert.Equal("BadReview", Assert.Throws<ModelFault>(() => ModelReview.Of([new(612, true, new DateOnly(2025, 1, 1), null)], new DateOnly(2026, 1, 1), 12)).Name);

    private static long[] Counts(DriftScale scale, double[] values)
    {
        var counts = new long[scale.Bands];
        foreach (var value in values) counts[scale.BandOf(value)]++;
        return counts;
    }
}
