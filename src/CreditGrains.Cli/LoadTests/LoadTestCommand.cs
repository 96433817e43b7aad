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
    /// <summary>The command, for the root.</summary>
    public static Command Create(Shell shell)
    {
        var command = new Command("load", "Load-test a server: an open loop at a fixed rate, with a report as a page and as JSON");
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
                var report = await Task.Run(() => ScenarioRun.RunAsync(scenario, settings, shell, cancellation), cancellation);
                var (page, json) = ReportFiles.Write(report, settings.OutputDirectory);
                if (settings.Bench.IsJson) shell.Out.WriteLine(ReportFiles.JsonOf(report));
                else ReportText.Print(report, shell);
                shell.Note($"report: {page} and {json}");
                return report.Figures.Any(figure => figure.IsMissed) ? (int)ExitCode.Differences : (int)ExitCode.Ok;
            }
            catch (BenchFault fault)
            {
                throw CommandFault.Usage("LoadTest", fault.Message);
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
            ReportText.PrintComparison(first, second, shell);
            if (parse.GetValue(output) is { } file) File.WriteAllText(file, ComparisonPage.Of(first, second));
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
