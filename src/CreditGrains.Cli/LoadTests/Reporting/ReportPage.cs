using System.Globalization;

namespace CreditGrains.Cli.LoadTests.Reporting;

/// <summary>A report as a page: figures first, then what happened over time, then where it was measured.</summary>
internal static class ReportPage
{
    /// <summary>Writes it.</summary>
    public static string Of(LoadReport report)
    {
        var page = new Page();
        if (report.IsInterrupted) page.Paragraph(string.Create(CultureInfo.InvariantCulture, $"Interrupted after {report.Seconds[^1].AtSeconds:F0} s: these are the figures of a part of the run, and nothing is judged by them."));
        page.Paragraph(string.Create(CultureInfo.InvariantCulture,
            $"{char.ToUpperInvariant(report.Description[0])}{report.Description[1..]}. {report.Population}; {report.Transport}; {report.StartedAt:yyyy-MM-dd HH:mm} UTC."));
        page.Paragraph(report.PeakPerSecond > 0
            ? string.Create(CultureInfo.InvariantCulture, $"The closed loop before the run reached {report.PeakPerSecond:N0} decisions a second; {(report.AskedPerSecond > 0 ? "the rate was given" : "the offered rate is a part of that")}.")
            : "The rate was given.");
        page.Figures(report.Figures);
        var seconds = report.Seconds.Select(second => second.AtSeconds).ToList();
        Draw("Offered against achieved", "requests/s", ("offered", s => s.Offered), ("decided", s => s.Completed), ("approved", s => s.Approved));
        page.Chart(SvgChart.Draw("Latency from when a request was due, logarithmic", "ms", seconds, Lines(
            report, ("p50", s => s.P50Ms), ("p99", s => s.P99Ms), ("p99.9", s => s.P999Ms), ("p99.99", s => s.P9999Ms), ("max", s => s.MaxMs)), isLogarithmic: true));
        Draw("Requests without a decision", "requests/s", ("failed", s => s.Failed), ("overloaded", s => s.Rejected), ("refused", s => s.Refused), ("given up", s => s.GivenUp));
        Draw("Processor", "cores", ("server", s => s.ServerCores), ("generator", s => s.GeneratorCores));
        Draw("Resident memory of the server", "GiB", ("resident", s => s.ResidentGiB));
        Draw("Collector pauses of the server, and the longest time without an answer", "ms in a second", ("collector", s => s.CollectorMs), ("no answer", s => s.GapMs));
        Draw("Journal syncs", "a second", ("syncs", s => s.Flushes));
        Draw("Journal growth", "MiB/s", ("written", s => s.JournalMiB));
        page.Heading("Whole run");
        page.Table(["latency", "#ms"], report.Percentiles.Select(value => (new[] { value.Name, value.Value.ToString("F3", CultureInfo.InvariantCulture) }, false)));
        page.Counts("outcome", report.Outcomes);
        page.Counts("reason", report.Reasons);
        page.Counts("error", report.Errors);
        if (report.Settings.Count > 0)
        {
            page.Heading("What was asked for");
            page.Table(["setting", "value"], report.Settings.Select(setting => (new[] { setting.Name, setting.Value }, false)));
        }

        page.Heading("Where");
        page.Paragraph($"{report.Machine}{(report.ServerCommit.Length > 0 ? $"; commit of the server {report.ServerCommit}" : "")}");
        page.Paragraph("Latency counts from the time a request was due by the rate, so a server that stands still makes late every request that came due meanwhile. The generator looks at its clock about every millisecond.");
        return page.Finish($"Load test: {report.Scenario}{(report.IsInterrupted ? ", interrupted" : "")}");

        void Draw(string title, string unit, params (string Name, Func<LoadSecond, double> Value)[] lines) => page.Chart(SvgChart.Draw(title, unit, seconds, Lines(report, lines)));
    }

    private static ChartLine[] Lines(LoadReport report, params (string Name, Func<LoadSecond, double> Value)[] lines) =>
        [.. lines.Select(line => new ChartLine(line.Name, [.. report.Seconds.Select(line.Value)]))];
}
