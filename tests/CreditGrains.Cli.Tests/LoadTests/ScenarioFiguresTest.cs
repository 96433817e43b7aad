using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.LoadTests;
using CreditGrains.Cli.LoadTests.Reporting;
using CreditGrains.Domain.Decisions;
using static CreditGrains.Cli.Tests.LoadTests.RunsOfTheTests;

namespace CreditGrains.Cli.Tests.LoadTests;

/// <summary>Verdicts of a load test: what is a miss, and what is not measured is one too.</summary>
public sealed class ScenarioFiguresTest
{
    private const string Answered = "requests that failed, were rejected or given up";
    private const string Refused = "requests refused, or declined because they do not fit the book";
    private const string Decided = "offered requests decided";
    private const string Errors = "errors that are no named rejection";
    private const string OtherRefusals = "requests refused for another reason";
    private const string Recovered = "until the p99 is as before";
    private const string Lost = "decisions seen by callers and lost";
    private const string Otherwise = "requests answered before the kill and answered otherwise after it";
    private const string Back = "from the start of the new process to its first decision";
    private const string Beside = "p99 of others beside rule-breakers ÷ without";
    private const string Pauses = "collector pauses of the server, most in one second";
    private const string Growth = "growth of resident memory over the last half";

    [Theory]
    [InlineData("decide")]
    [InlineData("soak")]
    [InlineData("abuse")]
    [InlineData("query")]
    public void Steady_RefusalsAsData_AreMissesAndNoDecisions(string scenario)
    {
        var clean = Of(scenario, Seconds(30), Totals(1_000));
        Assert.Equal((false, false), (clean.Called(Refused).IsMissed, clean.Called(Decided).IsMissed));
        var figures = Of(scenario, Seconds(30), Totals(900, offered: 1_000, also: tally =>
        {
            for (var i = 0; i < 50; i++) tally.Complete(OutcomeKind.Refused, Reason.DiskFull, false, 0, 1);
            for (var i = 0; i < 50; i++) tally.Complete(OutcomeKind.Declined, Reason.UnknownFacility, false, 0, 1, i + 2_000);
        }));
        Assert.Equal((100.0, true), (figures.Called(Refused).Measured, figures.Called(Refused).IsMissed));
        Assert.Equal((0.9, true), (figures.Called(Decided).Measured, figures.Called(Decided).IsMissed));
    }

    [Fact]
    public void Steady_DeclinesByLimits_AreDecisions()
    {
        var figures = Of("decide", Seconds(30), Totals(900, offered: 1_000, also: tally =>
        {
            for (var i = 0; i < 100; i++) tally.Complete(OutcomeKind.Declined, Reason.LimitExceeded, false, 0, 1, i + 2_000);
        }));
        Assert.Equal((0.0, 1.0), (figures.Called(Refused).Measured, figures.Called(Decided).Measured));
    }

    [Fact]
    public void Steady_FailuresAfterTheLastSecond_Count()
    {
        var figures = Of("decide", Seconds(30), Totals(1_000, also: tally => tally.Fail("unanswered", 3)));
        Assert.Equal((3.0, true), (figures.Called(Answered).Measured, figures.Called(Answered).IsMissed));
    }

    [Fact]
    public void Overload_RefusalsAndStatuses_DoNotHideErrors()
    {
        var figures = Of("overload", Seconds(30), Totals(1_000, also: tally =>
        {
            for (var i = 0; i < 100; i++) tally.Complete(OutcomeKind.Refused, Reason.Overloaded, false, 0, 1);
            tally.Complete(OutcomeKind.Refused, Reason.DiskFull, false, 0, 1);
            tally.Fail("grpc-status 8 Overloaded: the queue is full", 7);
            tally.Fail("reset, code 8", 5);
        }));
        Assert.Equal((5.0, true), (figures.Called(Errors).Measured, figures.Called(Errors).IsMissed));
        Assert.Equal((1.0, true), (figures.Called(OtherRefusals).Measured, figures.Called(OtherRefusals).IsMissed));
        Assert.Equal(107, figures.Called("requests rejected by the overloaded server").Measured);
    }

    [Fact]
    public void Overload_PeakNotMeasured_IsAMiss()
    {
        var goodput = Of("overload", Seconds(30), Totals(1_000), peak: 0).Called("goodput in the middle ÷ peak (overload)");
        Assert.True(goodput.IsMissed);
        Assert.Contains("--rate", goodput.Note, StringComparison.Ordinal);
        Assert.False(Of("overload", Seconds(30), Totals(1_000)).Called("goodput in the middle ÷ peak (overload)").IsMissed);
    }

    [Theory]
    [InlineData("burst")]
    [InlineData("overload")]
    public void AfterOverload_TooFewSeconds_IsAMiss(string scenario)
    {
        var figures = Of(scenario, Seconds(2), Totals(1_000));
        Assert.True(figures.Called(Recovered).IsMissed);
        Assert.True(figures.Called($"goodput in the middle ÷ peak ({scenario})").IsMissed);
    }

    [Theory]
    [InlineData(0, 0, false)] // Never late: the middle of 30 s ends at 20.
    [InlineData(24, 4, false)]
    [InlineData(28, 8, true)]
    [InlineData(30, double.NaN, true)] // Late to the end: how long it would have taken is not known.
    public void AfterOverload_LateSeconds_CountUntilTheLast(int lateUntil, double seconds, bool isMissed)
    {
        foreach (var isSilent in (bool[])[false, true])
        {
            var figure = Of("burst", Seconds(30, second => second.AtSeconds <= 20 || second.AtSeconds > lateUntil ? second
                : isSilent ? second with { Completed = 0, P99Ms = double.NaN } : second with { P99Ms = 100 }), Totals(1_000)).Called(Recovered);
            Assert.Equal((seconds, isMissed), (figure.Measured, figure.IsMissed));
        }
    }

    [Fact]
    public void Restart_ThatNeverCameBack_IsAMissAndStandsOut()
    {
        foreach (var restart in new RestartTotals?[] { null, new(double.NaN, 100, 0, 0, 0) })
        {
            var figures = Of("restart", Seconds(30), Totals(1_000), new ScenarioEvents { Restart = restart });
            foreach (var name in (string[])[Back, Lost, Otherwise])
            {
                Assert.True(figures.Called(name).IsMissed, name);
                Assert.Equal("NO", Page.MetText(figures.Called(name)));
            }
        }
    }

    [Theory]
    [InlineData(2, 100, 101, 1_000, 0, "")]
    [InlineData(31, 100, 101, 1_000, 0, Back)]
    [InlineData(2, 100, 100, 1_000, 0, Lost)]
    [InlineData(2, 100, 101, 1_000, 1, Otherwise)]
    [InlineData(2, 100, 101, 0, 0, Otherwise)]
    public void Restart_EachLoss_IsAMiss(double seconds, long seen, long first, long again, long others, string missed)
    {
        var figures = Of("restart", Seconds(30), Totals(1_000), new ScenarioEvents { Restart = new RestartTotals(seconds, seen, first, again, others) });
        Assert.Equal(missed, string.Join(", ", figures.Where(figure => figure.IsMissed).Select(figure => figure.Name)));
    }

    [Theory]
    [InlineData(10, 19, 10_000, false)]
    [InlineData(10, 21, 10_000, true)]
    [InlineData(10, 0, 10_000, true)] // Nothing decided beside them.
    [InlineData(0, 10, 10_000, true)]
    [InlineData(10, 10, 9_999, true)]
    public void Abuse_OnePercentileOfEachHalf_AndAllWhoShouldJoin(int quietMs, int abusedMs, int joined, bool isMissed)
    {
        var events = new ScenarioEvents { Abuse = new AbuseTotals(Latencies(quietMs > 0 ? 100 : 0, quietMs), Latencies(abusedMs > 0 ? 100 : 0, abusedMs), joined, 10_000, 9_000, "they came") };
        var figures = Of("abuse", Seconds(30), Totals(1_000), events);
        Assert.Equal(isMissed, figures.Any(figure => figure.IsMissed));
        Assert.Equal(9_000, figures.Called("connections of rule-breakers open at the end").Measured);
    }

    [Fact]
    public void Abuse_ThatDidNotHappenOrFailedOthers_IsAMiss()
    {
        Assert.True(Of("abuse", Seconds(30), Totals(1_000)).Called(Beside).IsMissed);
        var events = new ScenarioEvents { Abuse = new AbuseTotals(Latencies(100, 1), Latencies(100, 1), 10_000, 10_000, 0, "they came") };
        Assert.True(Of("abuse", Seconds(30), Totals(1_000, also: tally => tally.Fail("unanswered")), events).Called(Answered).IsMissed);
        Assert.True(Of("abuse", Seconds(30), Totals(500, offered: 1_000), events).Called(Decided).IsMissed);
    }

    [Fact]
    public void Abuse_FewerOpenFiles_AsksForFewerAndSaysSo()
    {
        Assert.Equal((10_000, 10_000, 512, 0), (Abuse.SilentAsked(null), Abuse.SilentAsked(20_000), Abuse.SilentAsked(1_024), Abuse.SilentAsked(100)));
        var events = new ScenarioEvents { Abuse = new AbuseTotals(Latencies(100, 1), Latencies(100, 1), 512, 512, 0, "they came") };
        var joined = Of("abuse", Seconds(30), Totals(1_000), events).Called("silent connections that joined");
        Assert.False(joined.IsMissed);
        Assert.Contains("ulimit", joined.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Server_ThatEndedByItself_IsAMissWithItsLastLine()
    {
        var ended = Of("decide", Seconds(30), Totals(1_000), new ScenarioEvents { ServerEndedText = "no space" }).Called("servers that ended by themselves");
        Assert.Equal((true, "no space"), (ended.IsMissed, ended.Note));
        Assert.False(Of("decide", Seconds(30), Totals(1_000)).Called("servers that ended by themselves").IsMissed);
    }

    [Fact]
    public void WhatWasNotSeen_OfMemoryAndPauses_IsAMiss()
    {
        var figures = Of("soak", Seconds(1_800, second => second with { ResidentGiB = double.NaN, CollectorMs = double.NaN }), Totals(1_000));
        foreach (var name in (string[])[Pauses, Growth, "resident memory, most in the run"]) Assert.True(figures.Called(name).IsMissed, name);
        Assert.True(Of("decide", Seconds(30, second => second with { CollectorMs = second.AtSeconds <= 14 ? 1 : double.NaN }), Totals(1_000)).Called(Pauses).IsMissed);
        Assert.False(Of("decide", Seconds(30, second => second with { CollectorMs = second.AtSeconds <= 15 ? 1 : double.NaN }), Totals(1_000)).Called(Pauses).IsMissed);
    }

    [Theory]
    [InlineData(4, 0, 1, false)] // Growth in the first half is not asked about.
    [InlineData(0.01, 0.01, 1, false)]
    [InlineData(0.2, 0.2, 1, true)]
    [InlineData(0, 0, 9, true)] // One second above the bound.
    public void Soak_Memory_IsFlatAndBelowItsBound(double before, double after, double most, bool isMissed)
    {
        // GiB an hour before and after the middle.
        var figures = Of("soak", Seconds(1_800, second => second with
        {
            ResidentGiB = second.AtSeconds == 700 ? most : 2 + (Math.Min(second.AtSeconds, 900) * before + Math.Max(0, second.AtSeconds - 900) * after) / 3_600,
        }), Totals(1_000));
        Assert.Equal(isMissed, figures.Any(figure => figure.IsMissed));
    }

    [Fact]
    public void Soak_Shorter_SaysSo()
    {
        var length = Of("soak", Seconds(600), Totals(1_000)).Called("length of the soak");
        Assert.Equal((true, "shorter than asked"), (length.IsMissed, length.Note));
    }

    [Theory]
    [InlineData(1_000, 990, 0, 4, false)]
    [InlineData(1_000, 970, 0, 4, true)] // Asked too late to be asked at all.
    [InlineData(1_000, 1_000, 1, 4, true)]
    [InlineData(1_000, 1_000, 0, 6, true)]
    [InlineData(1_000, 0, 0, 0, true)]
    public void Queries_DueAndAnsweredInTime(long due, int answered, long failed, long millis, bool isMissed)
    {
        var events = new ScenarioEvents { Queries = new QueryTotals(due, failed, Latencies(answered, millis)) };
        Assert.Equal(isMissed, Of("query", Seconds(30), Totals(1_000), events).Any(figure => figure.IsMissed));
    }

    [Fact]
    public void Queries_WaitCountsFromWhenTheyWereDue()
    {
        var second = System.Diagnostics.Stopwatch.Frequency;
        Assert.Equal(10 * second + second / 1_000, QueryLoad.CountsFrom(10 * second, 10 * second + second / 1_000));
        Assert.Equal(10 * second + second / 500, QueryLoad.CountsFrom(10 * second, 13 * second));
    }

    [Theory]
    [InlineData(10_000_000, 600, 200_000, false, false)]
    [InlineData(10_000_000, 600, 199_000, false, true)]
    [InlineData(10_000_000, 600, 40_000, true, false)]
    [InlineData(10_000_000, 600, 39_000, true, true)]
    [InlineData(1_000_000, 600, 1_000, false, false)] // Not the size that is asked: shown only.
    [InlineData(10_000_000, 60, 1_000, false, false)]
    public void Scored_AtTheSizeAsked_MustReachTheRate(long accounts, int seconds, long perSecond, bool isUnary, bool isMissed)
    {
        var tally = new Tally();
        tally.CompleteBatch((int)(perSecond * seconds), 0, 1);
        var settings = Settings(seconds, isUnary ? Transport.Unary : Transport.Stream, accounts);
        var figures = Of("scored", Seconds(seconds), new LoadTotals(tally, perSecond * seconds, 0), settings: settings);
        var sustained = figures.Called(isUnary ? "scored unary sustained" : "scored stream sustained");
        Assert.Equal(((double)perSecond, isMissed), (sustained.Measured, sustained.IsMissed));
    }

    [Fact]
    public void Peak_IsAFigure_WhereItWasMeasured()
    {
        Assert.Equal(2_000, Of("decide", Seconds(30), Totals(1_000)).Called("peak").Measured);
        Assert.DoesNotContain(Of("decide", Seconds(30), Totals(1_000), peak: 0), figure => figure.Name == "peak");
    }
}
