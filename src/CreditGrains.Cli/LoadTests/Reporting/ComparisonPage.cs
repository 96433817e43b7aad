namespace CreditGrains.Cli.LoadTests.Reporting;

/// <summary>Two reports of a scenario beside each other, as a page.</summary>
internal static class ComparisonPage
{
    /// <summary>Writes it.</summary>
    public static string Of(LoadReport before, LoadReport after)
    {
        var page = new Page();
        page.Paragraph($"Before: {before.Commits}, {before.StartedAt:yyyy-MM-dd HH:mm} UTC. After: {after.Commits}, {after.StartedAt:yyyy-MM-dd HH:mm} UTC.");
        var differences = Comparison.Differences(before, after).ToList();
        if (differences.Count == 0) page.Paragraph("Nothing else that the reports say differs.");
        else page.Table(["what differs", "before", "after"], differences.Select(cells => (cells, false)));
        page.Table(["figure", "#before", "#after", "#after ÷ before", "unit"], Comparison.Rows(before, after).Select(row => (row.Cells, false)));
        var seconds = (before.Seconds.Count > after.Seconds.Count ? before : after).Seconds.Select(second => second.AtSeconds).ToList();
        page.Chart(SvgChart.Draw("Decided", "requests/s", seconds, [Line("before", before, s => s.Completed), Line("after", after, s => s.Completed)]));
        page.Chart(SvgChart.Draw("p99, logarithmic", "ms", seconds, [Line("before", before, s => s.P99Ms), Line("after", after, s => s.P99Ms)], isLogarithmic: true));
        page.Chart(SvgChart.Draw("Resident memory of the server", "GiB", seconds, [Line("before", before, s => s.ResidentGiB), Line("after", after, s => s.ResidentGiB)]));
        page.Paragraph($"Before: {before.Machine}");
        page.Paragraph($"After: {after.Machine}");
        return page.Finish($"Load test compared: {before.Scenario}");
    }

    private static ChartLine Line(string name, LoadReport report, Func<LoadSecond, double> value) => new(name, [.. report.Seconds.Select(value)]);
}
