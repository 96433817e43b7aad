using CreditGrains.Cli.Bench;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.LoadTests;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Cli.Tests.LoadTests;

/// <summary>Runs as they are told to the figures, made by hand.</summary>
internal static class RunsOfTheTests
{
    private const long Milli = 1_000_000;

    public static Scenario Named(string name) => Scenario.All.Single(scenario => scenario.Name == name);

    public static LoadTestSettings Settings(double seconds = 30, Transport transport = Transport.Stream, long accounts = 1_000_000) => new()
    {
        Bench = new BenchSettings { Shape = new PopulationShape(accounts, 1_000, 10, 1), Seconds = 1, WarmUpSeconds = 1, DataDirectory = "data", PostgresFacilities = 1 },
        RatePerSecond = 0, Seconds = seconds, Transport = transport, StreamConnections = 4, OutputDirectory = "out", HasBaselines = false,
    };

    /// <summary>Seconds in which everything offered is decided.</summary>
    public static List<LoadSecond> Seconds(int count, Func<LoadSecond, LoadSecond>? change = null) =>
        [.. Enumerable.Range(1, count).Select(at => new LoadSecond(at, 1_000, 1_000, 1_000, 0, 0, 0, 1, 2, 3, 4, 5, 6, 1, 0.5, 2, 1, 100, 10)).Select(second => change?.Invoke(second) ?? second)];

    /// <summary>Decisions of a millisecond each, and what else is counted.</summary>
    public static LoadTotals Totals(long decided, long offered = 0, long givenUp = 0, Action<Tally>? also = null)
    {
        var tally = new Tally();
        for (var i = 0L; i < decided; i++) tally.Complete(OutcomeKind.Approved, Reason.None, false, 0, Ticks(1), i + 1);
        also?.Invoke(tally);
        return new LoadTotals(tally, offered == 0 ? decided : offered, givenUp);
    }

    public static LatencyHistogram Latencies(int count, long millis)
    {
        var latency = new LatencyHistogram();
        latency.Record(millis * Milli, count);
        return latency;
    }

    public static List<Figure> Of(string scenario, IReadOnlyList<LoadSecond> seconds, LoadTotals totals, ScenarioEvents? events = null, double peak = 2_000, LoadTestSettings? settings = null) =>
        ScenarioFigures.Of(Named(scenario), settings ?? Settings(seconds.Count), peak, seconds, totals, events ?? new ScenarioEvents());

    public static Figure Called(this IEnumerable<Figure> figures, string name) => Assert.Single(figures, figure => figure.Name == name);

    private static long Ticks(double millis) => (long)(millis / 1_000 * System.Diagnostics.Stopwatch.Frequency);
}
