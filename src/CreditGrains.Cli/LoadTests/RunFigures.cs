using System.Globalization;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.LoadTests;

/// <summary>The numbers of a report that are not of one second.</summary>
internal static class RunFigures
{
    /// <summary>What the scenario is asked, then the peak and the disk where they were measured.</summary>
    public static IReadOnlyList<Figure> Of(ScenarioPlan plan, ScenarioStart start, IReadOnlyList<LoadSecond> seconds, LoadTotals totals, ScenarioEvents events) =>
    [
        .. ScenarioFigures.Of(plan.Scenario, plan.Settings, start.PeakPerSecond, seconds, totals, events),
        .. start.Closed is { } closed ? (Figure[])[PeakFaults(closed)] : [],
        .. start.Sync is { } sync ? (Figure[])[sync] : [],
    ];

    /// <summary>Latency by quantile, milliseconds; 0 where nothing was decided.</summary>
    public static IReadOnlyList<NamedValue> Percentiles(Tally tally) =>
    [
        .. new (string Name, double Ratio)[] { ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("p99.99", 0.9999) }
            .Select(p => new NamedValue(p.Name, tally.Latency.Count == 0 ? 0 : tally.Latency.Quantile(p.Ratio) / 1e6)),
        new NamedValue("max", tally.Latency.Max / 1e6),
    ];

    /// <summary>A peak that was not answered is no peak.</summary>
    private static Figure PeakFaults(LoadResult peak) => new(
        "requests of the peak that failed or were refused", "", peak.Tally.Failed + peak.Tally.Refused, Demand.AtMost, 0,
        string.Join(", ", peak.Tally.Errors.Select(error => string.Create(CultureInfo.InvariantCulture, $"{error.Key} {error.Value:N0}")).Prepend(peak.ErrorNote).Where(text => text.Length > 0)));
}
