using CreditGrains.Cli.Bench;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.LoadTests.Reporting;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.LoadTests;

/// <summary>A scenario from an empty or filled server to its report: population, peak, open load, what happens meanwhile, baselines.</summary>
internal static class ScenarioRun
{
    /// <summary>Runs it. The report is written as soon as there is one, and again when the baselines are measured.</summary>
    /// <param name="scenario">What to run.</param>
    /// <param name="settings">How.</param>
    /// <param name="shell">For progress.</param>
    /// <param name="baselines">Measures what the engine is compared with, when that is asked for.</param>
    /// <param name="cancellation">An interrupt: while the load runs, what was seen until then becomes a report that judges nothing.</param>
    /// <exception cref="BenchFault">It cannot be run as asked.</exception>
    /// <exception cref="CommandFault">ReportNotWritable, NoCatalogue: the same, seen before a server is started.</exception>
    /// <exception cref="OperationCanceledException">Interrupted before the load or in the baselines.</exception>
    public static async Task<LoadReport> RunAsync(
        Scenario scenario, LoadTestSettings settings, Shell shell, Func<LoadTestSettings, EngineRate, Shell, CancellationToken, List<Figure>> baselines, CancellationToken cancellation)
    {
        var plan = ScenarioPlan.Of(scenario, settings);
        var report = await LoadAsync(plan, shell, cancellation);
        if (!settings.HasBaselines || report.IsInterrupted) return report;
        shell.Note($"report: {ReportFiles.PathsOf(report, settings.OutputDirectory).Page}; the baselines will be added");
        report = report with { Figures = [.. report.Figures, .. baselines(settings, new EngineRate(report.PeakPerSecond, plan.ScoredBy), shell, cancellation)] };
        ReportFiles.Write(report, settings.OutputDirectory);
        return report;
    }

    private static async Task<LoadReport> LoadAsync(ScenarioPlan plan, Shell shell, CancellationToken cancellation)
    {
        await using var running = await BeginAsync(plan, shell, cancellation);
        await running.LoadAsync(cancellation);
        await running.EndAsync();
        var report = running.Report();
        // Before the server is stopped, which takes its time and may fail.
        ReportFiles.Write(report, plan.Settings.OutputDirectory);
        return report;
    }

    private static async Task<RunningScenario> BeginAsync(ScenarioPlan plan, Shell shell, CancellationToken cancellation)
    {
        var start = await ScenarioStart.PrepareAsync(plan, shell, cancellation);
        try
        {
            return new RunningScenario(plan, start, shell);
        }
        catch
        {
            await start.Target.DisposeAsync();
            throw;
        }
    }
}
