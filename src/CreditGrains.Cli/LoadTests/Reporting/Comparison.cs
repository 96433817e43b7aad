using System.Globalization;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.LoadTests.Reporting;

/// <summary>Two reports, figure by figure. Figures that only one has are left out of the ratio.</summary>
internal static class Comparison
{
    /// <summary>A row for each figure and percentile of either report, in the order of the later one.</summary>
    public static IEnumerable<(string Name, string[] Cells)> Rows(LoadReport before, LoadReport after)
    {
        var first = Values(before).ToDictionary(value => value.Name, StringComparer.Ordinal);
        foreach (var value in Values(after))
        {
            first.Remove(value.Name, out var earlier);
            yield return Row(value.Name, earlier?.Measured ?? double.NaN, value.Measured, value.Unit);
        }

        foreach (var value in Values(before).Where(value => first.ContainsKey(value.Name))) yield return Row(value.Name, value.Measured, double.NaN, value.Unit);
    }

    private static IEnumerable<Figure> Values(LoadReport report) =>
        report.Figures.Concat(report.Percentiles.Select(value => new Figure($"latency {value.Name}", "ms", value.Value))).DistinctBy(value => value.Name);

    private static (string Name, string[] Cells) Row(string name, double before, double after, string unit) =>
        (name, [name, Number(before), Number(after), double.IsFinite(after / before) ? (after / before).ToString("F2", CultureInfo.InvariantCulture) : "", unit]);

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString(Math.Abs(value) >= 100 ? "N0" : "N3", CultureInfo.InvariantCulture);
}
