using System.Diagnostics;
using System.Globalization;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.LoadTests;

/// <summary>What is asked of each scenario, beside what its seconds say.</summary>
internal static class ScenarioFigures
{
    private const string PerSecond = "decisions/s";
    private const double OnTimeRatio = 0.98;

    /// <summary>The figures of a run.</summary>
    /// <param name="scenario">What was run.</param>
    /// <param name="settings">How.</param>
    /// <param name="peak">The closed loop's rate; 0 when it was not measured.</param>
    /// <param name="seconds">What was seen; one at least.</param>
    /// <param name="run">Totals.</param>
    /// <param name="events">What happened when.</param>
    public static List<Figure> Of(Scenario scenario, LoadTestSettings settings, double peak, IReadOnlyList<LoadSecond> seconds, LoadRun run, ScenarioEvents events)
    {
        var length = seconds[^1].AtSeconds;
        var offered = seconds.Sum(second => second.Offered) / length;
        var figures = new List<Figure>
        {
            new("offered", "requests/s", offered),
            new("decided", PerSecond, seconds.Sum(second => second.Completed) / length),
            new("longest time without an answer", "ms", seconds.Max(second => second.GapMs)),
        };
        figures.AddRange(scenario.Name switch
        {
            "burst" or "overload" => AfterOverload(scenario, settings, peak, seconds),
            "restart" => Restart(run, events),
            "abuse" => Abuse(seconds, events),
            "query" => [.. Steady(settings, seconds, run), .. Queries(events.Queries!)],
            "soak" => [.. Steady(settings, seconds, run), MemoryGrowth(seconds)],
            _ => Steady(settings, seconds, run),
        });
        return figures;
    }

    private static IEnumerable<Figure> Steady(LoadTestSettings settings, IReadOnlyList<LoadSecond> seconds, LoadRun run)
    {
        var latency = run.Total.Latency;
        yield return new Figure("requests that failed, were rejected or given up", "", run.Total.Failed + run.GivenUp, Demand.AtMost, 0);
        yield return new Figure("offered requests decided", "ratio", seconds.Sum(s => s.Completed) / Math.Max(1.0, seconds.Sum(s => s.Offered)), Demand.AtLeast, OnTimeRatio);
        var isUnary = settings.Transport == Transport.Unary;
        yield return new Figure("p99", "ms", latency.Quantile(0.99) / 1e6, isUnary ? Demand.AtMost : Demand.None, 5);
        yield return new Figure("p99.9", "ms", latency.Quantile(0.999) / 1e6, isUnary ? Demand.AtMost : Demand.None, 20);
        yield return new Figure("slowest answer", "ms", latency.Max / 1e6, isUnary ? Demand.AtMost : Demand.None, 50);
        yield return new Figure("collector pauses of the server, most in one second", "ms", seconds.Max(s => s.CollectorMs), Demand.AtMost, 50);
    }

    private static IEnumerable<Figure> Queries(QueryLoad queries)
    {
        yield return new Figure("queries answered", "", queries.Latency.Count);
        yield return new Figure("queries without an answer", "", queries.Failed, Demand.AtMost, 0);
        yield return new Figure("p99 of queries", "ms", queries.Latency.Quantile(0.99) / 1e6, Demand.AtMost, 5);
    }

    /// <summary>Goodput in the middle part, and how long after it the tail is as before again.</summary>
    private static IEnumerable<Figure> AfterOverload(Scenario scenario, LoadTestSettings settings, double peak, IReadOnlyList<LoadSecond> seconds)
    {
        var (from, to) = Scenario.Middle(settings.Seconds);
        // The first second of the middle has the rise in it.
        var middle = seconds.Where(s => s.AtSeconds > from + 1.5 && s.AtSeconds <= to).ToList();
        var before = seconds.Where(s => s.AtSeconds > 2 && s.AtSeconds <= from).Select(s => s.P99Ms).Order().ToList();
        if (middle.Count == 0 || before.Count == 0) yield break;
        var goodput = middle.Average(s => s.Completed);
        if (peak > 0)
        {
            var reachable = Math.Min(peak, middle.Average(s => s.Offered));
            yield return new Figure($"goodput in the middle ÷ peak ({scenario.Name})", "ratio", goodput / reachable, Demand.AtLeast, 0.8, string.Create(CultureInfo.InvariantCulture, $"{goodput:N0} of {reachable:N0} {PerSecond}"));
        }

        var usual = before[before.Count / 2];
        var late = seconds.LastOrDefault(s => s.AtSeconds > to && (s.P99Ms > Math.Max(2 * usual, usual + 5) || s.GivenUp > 0));
        yield return new Figure("until the p99 is as before", "s", late is null ? 0 : late.AtSeconds - to, Demand.AtMost, 5, string.Create(CultureInfo.InvariantCulture, $"p99 before {usual:F2} ms"));
        yield return new Figure("requests given up by their callers", "", seconds.Sum(s => s.GivenUp), Note: "not sent within a second");
        yield return new Figure("errors that are no named rejection", "", seconds.Sum(s => s.Failed) - seconds.Sum(s => s.Rejected), Demand.AtMost, 0);
    }

    private static IEnumerable<Figure> Restart(LoadRun run, ScenarioEvents events)
    {
        var back = run.FirstAfterLoss > 0 ? Stopwatch.GetElapsedTime(events.RestartedAt, run.ReconnectedAt).TotalSeconds : double.NaN;
        yield return new Figure("from the start of the new process to its first decision", "s", back, Demand.AtMost, 30, run.FirstAfterLoss > 0 ? "" : "no decision after the restart");
        var lost = run.FirstAfterLoss > 0 ? Math.Max(0, run.SeenAtLoss - run.FirstAfterLoss + 1) : double.NaN;
        yield return new Figure("decisions seen by callers and lost", "", lost, Demand.AtMost, 0, $"newest seen {run.SeenAtLoss}, first after it {run.FirstAfterLoss}");
    }

    private static IEnumerable<Figure> Abuse(IReadOnlyList<LoadSecond> seconds, ScenarioEvents events)
    {
        var quiet = Median(seconds.Where(s => s.AtSeconds > 2 && s.AtSeconds <= events.AbuseFromSeconds));
        var abused = Median(seconds.Where(s => s.AtSeconds > events.AbuseFromSeconds));
        yield return new Figure("p99 of others beside rule-breakers ÷ without", "times", abused / quiet, Demand.AtMost, 2, string.Create(
            CultureInfo.InvariantCulture, $"medians of the seconds: {quiet:F2} and {abused:F2} ms; {events.AbuseText}"));
    }

    /// <summary>Growth of resident memory over the last two thirds.</summary>
    private static Figure MemoryGrowth(IReadOnlyList<LoadSecond> seconds)
    {
        var third = seconds[seconds.Count / 3].ResidentGiB;
        return new Figure("resident memory at the end", "GiB", seconds[^1].ResidentGiB, Demand.AtMost, 8, string.Create(CultureInfo.InvariantCulture, $"{third:F2} a third of the way in"));
    }

    private static double Median(IEnumerable<LoadSecond> seconds)
    {
        var sorted = seconds.Select(s => s.P99Ms).Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[sorted.Count / 2];
    }
}
