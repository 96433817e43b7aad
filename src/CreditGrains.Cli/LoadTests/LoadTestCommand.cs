using System.CommandLine;
using CreditGrains.Cli.Bench;
using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.LoadTests.Reporting;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.LoadTests;

/// <summary>creditgrains load: runs a scenario against a server and writes its report; compares two reports. Docs: loadtests/README.md.</summary>
internal static class LoadTestCommand
{
    private const string Name = "load";

    /// <summary>How long an interrupted scenario may take to end: answers under way are waited for, the report is written, the server that was started closes its journal.</summary>
    public static TimeSpan StopsWithin { get; } = TimeSpan.FromSeconds(120);

    /// <summary>Whether a command is a scenario.</summary>
    public static bool IsScenario(Command command) => command.Parents.Any(parent => parent.Name == Name) && Scenario.All.Any(scenario => scenario.Name == command.Name);

    /// <summary>The command, for the root.</summary>
    public static Command Create(Shell shell)
    {
        var command = new Command(Name, "Load-test a server: an open loop at a fixed rate, with a report as a page and as JSON");
        foreach (var scenario in Scenario.All) command.Add(Run(shell, scenario));
        command.Add(Compare(shell));
        return command;
    }

    private static Command Run(Shell shell, Scenario scenario)
    {
        var options = new LoadTestOptions(scenario);
        var command = new Command(scenario.Name, $"{char.ToUpperInvariant(scenario.Description[0])}{scenario.Description[1..]}");
        foreach (var option in options.All) command.Add(option);
        command.SetAction(async (parse, cancellation) =>
        {
            try
            {
                var settings = options.Read(parse);
                // Off this thread, so that an interrupt is seen while the load runs.
                var report = await Task.Run(() => ScenarioRun.RunAsync(scenario, settings, shell, Baselines.Measure, cancellation), cancellation);
                if (settings.Bench.IsJson) shell.Out.WriteLine(ReportFiles.JsonOf(report));
                else ReportText.Print(report, shell);
                var (page, json) = ReportFiles.PathsOf(report, settings.OutputDirectory);
                if (report.IsInterrupted)
                {
                    throw new CommandFault(ExitCode.Unavailable, "Interrupted", FormattableString.Invariant(
                        $"stopped after {report.Seconds[^1].AtSeconds:F0} of {settings.Seconds:F0} s; {page} and {json} have what was seen and judge nothing; run it again"));
                }

                shell.Note($"report: {page} and {json}");
                return report.Figures.Any(figure => figure.IsMissed) ? (int)ExitCode.Differences : (int)ExitCode.Ok;
            }
            catch (BenchFault fault)
            {
                throw CommandFault.Usage(fault.Name, fault.Message);
            }
            catch (Http2Exception fault)
            {
                throw new CommandFault(ExitCode.Unavailable, "ServerGone", $"the server is gone: {fault.Message}", fault);
            }
        });
        return command;
    }

    private static Command Compare(Shell shell)
    {
        var before = new Argument<string>("before") { Description = "JSON report" };
        var after = new Argument<string>("after") { Description = "JSON report of the same scenario" };
        var output = new Option<string?>("--out") { Description = "Page to write; left out: the text only" };
        var command = new Command("compare", "Compare two reports, figure by figure") { before, after, output };
        command.SetAction(parse =>
        {
            var first = ReportFiles.Read(parse.GetRequiredValue(before));
            var second = ReportFiles.Read(parse.GetRequiredValue(after));
            Comparison.CheckScenario(first, second);
            var differences = Comparison.Differences(first, second).ToList();
            if (differences.Count == 0) shell.Line($"what was run is the same in both");
            else shell.Table("what differs beside the figures", ["setting", "before", "after"], differences);
            ReportText.PrintComparison(first, second, shell);
            if (parse.GetValue(output) is { } file) File.WriteAllText(file, ComparisonPage.Of(first, second));
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
