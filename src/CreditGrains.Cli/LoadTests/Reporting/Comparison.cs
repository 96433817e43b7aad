using System.Globalization;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.CommandLine;

namespace CreditGrains.Cli.LoadTests.Reporting;

/// <summary>Two reports, figure by figure. Figures that only one has are left out of the ratio.</summary>
internal static class Comparison
{
    private const string NotSaid = "not said";

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

    /// <summary>Two scenarios have nothing to compare.</summary>
    /// <exception cref="CommandFault">OtherScenario.</exception>
    public static void CheckScenario(LoadReport before, LoadReport after)
    {
        if (before.Scenario != after.Scenario)
            throw CommandFault.Usage("OtherScenario", $"the report before is of '{before.Scenario}', the one after of '{after.Scenario}'; give two reports of one scenario");
    }

    /// <summary>What was not the same: name, before, after. What an older report does not say is "not said".</summary>
    public static IEnumerable<string[]> Differences(LoadReport before, LoadReport after)
    {
        var first = Facts(before).ToDictionary(fact => fact.Name, fact => fact.Value, StringComparer.Ordinal);
        var second = Facts(after).ToList();
        foreach (var (name, value) in second)
        {
            var was = first.Remove(name, out var text) ? text : NotSaid;
            if (was != value) yield return [name, was, value];
        }

        foreach (var (name, value) in Facts(before).Where(fact => first.ContainsKey(fact.Name))) yield return [name, value, NotSaid];
    }

    private static IEnumerable<NamedText> Facts(LoadReport report) =>
    [
        new("accounts", report.Accounts.ToString("N0", CultureInfo.InvariantCulture)),
        new("accounts with a loan", report.Loans.ToString("N0", CultureInfo.InvariantCulture)),
        new("transport", report.Transport),
        .. report.Settings,
        new("interrupted", report.IsInterrupted ? "yes" : "no"),
        new("processor", report.Machine.Processor),
        new("cores", report.Machine.Cores.ToString(CultureInfo.InvariantCulture)),
        new("memory", string.Create(CultureInfo.InvariantCulture, $"{report.Machine.MemoryGiB:F0} GiB")),
        new("system", report.Machine.System),
        new("runtime", report.Machine.Runtime),
        new("commit of the generator", report.Machine.Commit),
        new("commit of the server", report.ServerCommit.Length == 0 ? NotSaid : report.ServerCommit),
    ];

    private static IEnumerable<Figure> Values(LoadReport report) =>
        report.Figures.Concat(report.Percentiles.Select(value => new Figure($"latency {value.Name}", "ms", value.Value))).DistinctBy(value => value.Name);

    private static (string Name, string[] Cells) Row(string name, double before, double after, string unit) =>
        (name, [name, Number(before), Number(after), double.IsFinite(after / before) ? (after / before).ToString("F2", CultureInfo.InvariantCulture) : "", unit]);

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString(Math.Abs(value) >= 100 ? "N0" : "N3", CultureInfo.InvariantCulture);
}
