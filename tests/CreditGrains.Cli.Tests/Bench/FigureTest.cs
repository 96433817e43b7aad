using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Postgres;
using CreditGrains.Cli.Bench.Runs;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Cli.Tests.Bench;

public class FigureTest
{
    [Theory]
    [InlineData(100, 100, true)]
    [InlineData(99.9, 100, false)]
    public void AtLeast_Bound_IsMet(double measured, double asked, bool isMet) =>
        Assert.Equal(isMet, new Figure("x", "y", measured, (Demand)1, asked).IsMet);

    [Theory]
    [InlineData(3, 10, false)] // Below 10: 10 is not.
    [InlineData(2, 10, true)] // At most 10: 10 is.
    public void UpperBounds_AtTheBound_Differ(int demand, double asked, bool isMet) =>
        Assert.Equal(isMet, new Figure("x", "y", asked, (Demand)demand, asked).IsMet);

    [Fact]
    public void Missing_Figure_IsNeitherMetNorFailed()
    {
        var figure = Figure.Missing("x", "y", Demand.AtLeast, 5, "why");
        Assert.Null(figure.IsMet);
        Assert.True(figure.IsMissed);
        Assert.False(Figure.Missing("x", "y", Demand.None, 0, "why").IsMissed);
        Assert.Equal("not measured", figure.MeasuredText);
    }

    [Fact]
    public void Programs_Output_GivesRates()
    {
        const string h2load = "finished in 3.00s, 33257.00 req/s, 2.54MB/s\nrequests: 5 total, 5 started, 5 done, 4 succeeded, 0 failed, 1 errored, 0 timeout\n";
        Assert.Equal(33_257, RetryBody.RateOf(h2load));
        Assert.Equal("1 errored", RetryBody.FailuresOf(h2load));
        Assert.Equal(double.NaN, RetryBody.RateOf("nothing"));
        Assert.Equal(1_347.25, PostgresRuns.TransactionsOf("latency average = 5 ms\ntps = 1347.25 (without initial connection time)\n"));
    }

    [Theory]
    [InlineData(OutcomeKind.Approved, Reason.None, true)]
    [InlineData(OutcomeKind.ApprovedInPart, Reason.None, true)]
    [InlineData(OutcomeKind.Posted, Reason.None, true)]
    [InlineData(OutcomeKind.Referred, Reason.ReviewNeeded, true)]
    [InlineData(OutcomeKind.Declined, Reason.LimitExceeded, true)]
    [InlineData(OutcomeKind.Declined, Reason.DeclinedByScore, true)]
    [InlineData(OutcomeKind.Declined, Reason.UnknownFacility, false)]
    [InlineData(OutcomeKind.Refused, Reason.Overloaded, false)]
    [InlineData(OutcomeKind.Refused, Reason.DiskFull, false)]
    public void Tally_Refusals_AreNoDecisionsAndHaveNoLatency(OutcomeKind kind, Reason reason, bool isDecision)
    {
        var tally = new Tally();
        tally.Complete(kind, reason, false, 1, 11);
        var count = isDecision ? 1L : 0;
        Assert.Equal((count, 1 - count, count, 1L), (tally.Completed, tally.Refused, tally.Latency.Count, tally.CountOf(kind)));
    }

    [Fact]
    public void Tally_StandstillOverSeconds_IsOneGap()
    {
        var tally = new Tally();
        tally.MarkGapStart(1);
        tally.MarkGapEnd(101);
        tally.Clear();
        tally.MarkGapEnd(301);
        Assert.Equal(Tally.ToNanos(300), tally.GapMaxNanos);
    }

    [Fact]
    public void Tally_Added_KeepsCountsAndTheLongestGap()
    {
        var (one, other) = (new Tally(), new Tally());
        one.MarkGapStart(1);
        one.Complete(OutcomeKind.Approved, Reason.None, false, 1, 11);
        other.MarkGapStart(1);
        other.Complete(OutcomeKind.Declined, Reason.LimitExceeded, true, 1, 21);
        other.Fail("reset, code 8", 2);
        one.Add(other);
        Assert.Equal((2L, 1L, 2L), (one.Completed, one.Repeated, one.Failed));
        Assert.Equal(Tally.ToNanos(20), one.GapMaxNanos);
        Assert.Equal([(Reason.LimitExceeded, 1L)], one.Reasons);
        Assert.Equal(2, one.Errors["reset, code 8"]);
    }
}
