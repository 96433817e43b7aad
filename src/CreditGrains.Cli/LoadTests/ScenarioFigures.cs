using System.Globalization;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Cli.LoadTests;

/// <summary>What is asked of each scenario, beside what its seconds and its totals say. A demand that could not be measured is a figure too, and a miss.</summary>
internal static class ScenarioFigures
{
    private const string PerSecond = "decisions/s";
    private const double OnTimeRatio = 0.98;
    private const double RecoverySecondsMax = 5;

    /// <summary>The figures of a run.</summary>
    /// <param name="scenario">What was run.</param>
    /// <param name="settings">How.</param>
    /// <param name="peak">The closed loop's rate; 0 when it was not measured.</param>
    /// <param name="seconds">What was seen; one at least.</param>
    /// <param name="totals">The whole run.</param>
    /// <param name="events">What happened when.</param>
    public static List<Figure> Of(Scenario scenario, LoadTestSettings settings, double peak, IReadOnlyList<LoadSecond> seconds, LoadTotals totals, ScenarioEvents events)
    {
        var length = seconds[^1].AtSeconds;
        var figures = new List<Figure>();
        if (peak > 0) figures.Add(new("peak", PerSecond, peak, Note: "closed loop, before the run"));
        figures.Add(new("offered", "requests/s", totals.Offered / length));
        figures.Add(new("decided", PerSecond, seconds.Sum(second => second.Completed) / length));
        figures.Add(new("longest time without an answer", "ms", seconds.Max(second => second.GapMs)));
        figures.Add(new("servers that ended by themselves", "", events.ServerEndedText.Length > 0 ? 1 : 0, Demand.AtMost, 0, events.ServerEndedText));
        figures.AddRange(scenario.Name switch
        {
            "burst" or "overload" => AfterOverload(scenario, settings, peak, seconds, totals),
            "restart" => Restart(events.Restart),
            "abuse" => [.. Answers(totals), .. BesideAbuse(events.Abuse)],
            "query" => [.. Steady(scenario, settings, seconds, totals), .. Queries(events.Queries)],
            "soak" => [.. Steady(scenario, settings, seconds, totals), .. SoakFigures.Of(seconds)],
            _ => Steady(scenario, settings, seconds, totals),
        });
        return figures;
    }

    private static IEnumerable<Figure> Steady(Scenario scenario, LoadTestSettings settings, IReadOnlyList<LoadSecond> seconds, LoadTotals totals)
    {
        foreach (var figure in Answers(totals)) yield return figure;
        if ((settings.ScoredBy ?? scenario.ScoredBy) != ScoredBy.None) yield return ScoredRate.Of(settings, seconds[^1].AtSeconds, totals);
        var latency = totals.Tally.Latency;
        var isUnary = settings.Transport == Transport.Unary;
        yield return new Figure("p99", "ms", Millis(latency, 0.99), isUnary ? Demand.AtMost : Demand.None, 5);
        yield return new Figure("p99.9", "ms", Millis(latency, 0.999), isUnary ? Demand.AtMost : Demand.None, 20);
        yield return new Figure("slowest answer", "ms", Millis(latency, 1), isUnary ? Demand.AtMost : Demand.None, 50);
        var pauses = seconds.Select(second => second.CollectorMs).Where(double.IsFinite).ToList();
        // Half of the seconds at least: a server that stopped saying how it is may have stood still.
        var isSeen = pauses.Count * 2 >= seconds.Count;
        yield return new Figure(
            "collector pauses of the server, most in one second", "ms", isSeen ? pauses.Max() : double.NaN, Demand.AtMost, 50,
            isSeen ? "" : string.Create(CultureInfo.InvariantCulture, $"the server told them in {pauses.Count} of {seconds.Count} seconds"));
    }

    /// <summary>That every request is decided, and none refused.</summary>
    private static IEnumerable<Figure> Answers(LoadTotals totals)
    {
        yield return new Figure("requests that failed, were rejected or given up", "", totals.Tally.Failed + totals.GivenUp, Demand.AtMost, 0);
        yield return new Figure("requests refused, or declined because they do not fit the book", "", totals.Tally.Refused, Demand.AtMost, 0);
        yield return new Figure("offered requests decided", "ratio", totals.Tally.Completed / Math.Max(1.0, totals.Offered), Demand.AtLeast, OnTimeRatio);
    }

    private static IEnumerable<Figure> Queries(QueryTotals? queries)
    {
        var latency = queries?.Latency ?? new LatencyHistogram();
        yield return new Figure("queries answered", "", latency.Count);
        yield return new Figure("queries that were due and answered", "ratio", queries is null || queries.Due == 0 ? double.NaN : latency.Count / (double)queries.Due, Demand.AtLeast, OnTimeRatio);
        yield return new Figure("queries without an answer", "", queries?.Failed ?? double.NaN, Demand.AtMost, 0);
        yield return new Figure("p99 of queries", "ms", Millis(latency, 0.99), Demand.AtMost, 5);
    }

    /// <summary>Goodput in the middle part, and how long after it the tail is as before again.</summary>
    private static IEnumerable<Figure> AfterOverload(Scenario scenario, LoadTestSettings settings, double peak, IReadOnlyList<LoadSecond> seconds, LoadTotals totals)
    {
        var (from, to) = Scenario.Middle(settings.Seconds);
        // The first second of the middle has the rise in it.
        var middle = seconds.Where(s => s.AtSeconds > from + 1.5 && s.AtSeconds <= to).ToList();
        yield return Goodput($"goodput in the middle ÷ peak ({scenario.Name})", peak, middle);
        yield return Recovery(seconds, from, to);
        yield return new Figure("requests given up by their callers", "", totals.GivenUp, Note: "not sent within a second");
        var overloaded = totals.Tally.CountOf(Reason.Overloaded);
        yield return new Figure("requests rejected by the overloaded server", "", totals.OverloadedStatuses + overloaded);
        yield return new Figure("requests refused for another reason", "", totals.Tally.Refused - overloaded, Demand.AtMost, 0);
        yield return new Figure("errors that are no named rejection", "", totals.Tally.Failed - totals.OverloadedStatuses, Demand.AtMost, 0);
    }

    private static Figure Goodput(string name, double peak, List<LoadSecond> middle)
    {
        if (peak == 0) return Figure.Missing(name, "ratio", Demand.AtLeast, 0.8, "the peak was not measured; leave --rate out");
        if (middle.Count == 0) return Figure.Missing(name, "ratio", Demand.AtLeast, 0.8, "no whole second in the middle; give more --minutes");
        var goodput = middle.Average(s => s.Completed);
        var reachable = Math.Min(peak, middle.Average(s => s.Offered));
        return new Figure(name, "ratio", goodput / reachable, Demand.AtLeast, 0.8, string.Create(CultureInfo.InvariantCulture, $"{goodput:N0} of {reachable:N0} {PerSecond}"));
    }

    private static Figure Recovery(IReadOnlyList<LoadSecond> seconds, double from, double to)
    {
        const string name = "until the p99 is as before";
        var before = seconds.Where(s => s.AtSeconds > 2 && s.AtSeconds <= from && s.Completed > 0).Select(s => s.P99Ms).Order().ToList();
        var after = seconds.Where(s => s.AtSeconds > to).ToList();
        if (before.Count == 0 || after.Count == 0) return Figure.Missing(name, "s", Demand.AtMost, RecoverySecondsMax, "too few seconds before or after the middle; give more --minutes");
        var usual = before[before.Count / 2];
        // A second without a decision is not as before.
        var late = after.FindLastIndex(s => s.Completed == 0 || s.P99Ms > Math.Max(2 * usual, usual + 5) || s.GivenUp > 0);
        var note = string.Create(CultureInfo.InvariantCulture, $"p99 before {usual:F2} ms");
        if (late == after.Count - 1) return Figure.Missing(name, "s", Demand.AtMost, RecoverySecondsMax, $"{note}; not until the end of the run");
        return new Figure(name, "s", late < 0 ? 0 : after[late].AtSeconds - to, Demand.AtMost, RecoverySecondsMax, note);
    }

    private static IEnumerable<Figure> Restart(RestartTotals? restart)
    {
        var isBack = restart is { FirstAfterLoss: > 0 };
        yield return new Figure("from the start of the new process to its first decision", "s", restart?.SecondsToDecision ?? double.NaN, Demand.AtMost, 30, isBack ? "" : "no decision after the restart");
        yield return new Figure(
            "decisions seen by callers and lost", "", isBack ? Math.Max(0, restart!.SeenAtLoss - restart.FirstAfterLoss + 1) : double.NaN, Demand.AtMost, 0,
            restart is null ? "the server was not killed" : $"by number: newest seen {restart.SeenAtLoss}, first after it {restart.FirstAfterLoss}");
        yield return new Figure(
            "requests answered before the kill and answered otherwise after it", "", restart is { AskedAgain: > 0 } ? restart.NotTheSame : double.NaN, Demand.AtMost, 0,
            string.Create(CultureInfo.InvariantCulture, $"{restart?.AskedAgain ?? 0:N0} sent again"));
    }

    private static IEnumerable<Figure> BesideAbuse(AbuseTotals? abuse)
    {
        var (quiet, abused) = (Millis(abuse?.Quiet, 0.99), Millis(abuse?.Abused, 0.99));
        yield return new Figure("p99 of others beside rule-breakers ÷ without", "times", abused / quiet, Demand.AtMost, 2, string.Create(
            CultureInfo.InvariantCulture, $"{quiet:F2} and {abused:F2} ms; {abuse?.Text ?? "they did not come"}"));
        var asked = abuse?.SilentAsked ?? Abuse.SilentAsked(null);
        var isLimited = asked < Abuse.SilentAsked(null);
        yield return new Figure(
            "silent connections that joined", "", abuse?.SilentJoined ?? double.NaN, Demand.AtLeast, asked, isLimited ? "as many as the limit of open files (ulimit -n) allows here, not 10,000" : "");
        yield return new Figure("connections of rule-breakers open at the end", "", abuse?.StillOpen ?? double.NaN, Note: "silent, or never reading; the server may close them");
    }

    private static double Millis(LatencyHistogram? latency, double ratio) => latency is null or { Count: 0 } ? double.NaN : latency.Quantile(ratio) / 1e6;
}
