using System.Globalization;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.LoadTests.Reporting;

/// <summary>Reports on a terminal.</summary>
internal static class ReportText
{
    public static void Print(LoadReport report, Shell shell)
    {
        shell.Table($"load {report.Scenario}: {report.Population}; {report.Transport}", ["figure", "#asked", "#measured", "unit", "met", "note"], report.Figures.Select(figure => new[]
        {
            figure.Name, figure.AskedText, figure.MeasuredText, figure.Unit, Page.MetText(figure), figure.Note,
        }));
        shell.Line($"latency ms: {string.Join(", ", report.Percentiles.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Name} {value.Value:F3}")))}");
        Counts("outcomes", report.Outcomes);
        Counts("reasons", report.Reasons);
        Counts("errors", report.Errors);
        shell.Line($"{report.Machine.ToString()}");

        void Counts(string name, IReadOnlyList<NamedValue> values)
        {
            if (values.Count > 0) shell.Line($"{name}: {string.Join(", ", values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Name} {value.Value:N0}")))}");
        }
    }

    public static void PrintComparison(LoadReport before, LoadReport after, Shell shell) =>
        shell.Table($"load {after.Scenario}: {before.Machine.Commit} and {after.Machine.Commit}", ["figure", "#before", "#after", "#after ÷ before", "unit"], Comparison.Rows(before, after).Select(row => row.Cells));
}
