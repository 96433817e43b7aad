using System.CommandLine;
using CreditGrains.Cli.Cashflows;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Output;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Files;

namespace CreditGrains.Cli.Deals;

/// <summary>creditgrains deal: a whole deal from a file, without an engine. Docs: docs/deals.md.</summary>
internal static class DealCommand
{
    public static Command Create(Shell shell) => new("deal", "Run a securitisation from a file; the format is in docs/deals.md") { Run(shell) };

    private static Command Run(Shell shell)
    {
        var file = new Argument<string>("file") { Description = "Deal, JSON" };
        var assumptions = new Option<string?>("--assumptions") { Description = "One scenario, JSON; stands before the deal's own", HelpName = "FILE" };
        var report = new Option<bool>("--report") { Description = "The trustee's report of each period instead of the tranche table" };
        var period = new Option<int?>("--period") { Description = "This period only", HelpName = "NUMBER" };
        var csv = new Option<bool>("--csv") { Description = "CSV with a header, amounts in minor units" };
        var json = new Option<bool>("--json") { Description = "One JSON object a period, amounts in minor units" };
        var command = new Command("run", "Run a deal to its end and print the tranches by period") { file, assumptions, report, period, csv, json };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var format = (parse.GetValue(json), parse.GetValue(csv)) switch
            {
                (true, true) => throw CommandFault.Usage("Usage", "give --json or --csv, not both"),
                (true, false) => PrintFormat.Json,
                (false, true) => PrintFormat.Csv,
                _ => PrintFormat.Table,
            };
            var terms = await CashflowInputs.ReadAsync(parse.GetRequiredValue(file), DealFile.Parse, cancellationToken);
            if (parse.GetValue(assumptions) is { } path)
            {
                var sets = await CashflowInputs.ReadAsync(path, ScenarioFile.Parse, cancellationToken);
                if (sets.Length != 1) throw CommandFault.Usage("TooManyScenarios", $"{path} has {sets.Length} scenarios; a deal runs one, leave the others out");
                terms = terms with { Scenarios = sets[0] };
            }

            var run = DealRunner.Run(terms);
            var periods = run.Periods.Where(one => parse.GetValue(period) is not { } only || one.Period == only).ToArray();
            if (periods.Length == 0) throw CommandFault.Usage("PeriodUnknown", $"the deal has periods 1 to {run.Periods.Count}; name one of them");
            DealView.Print(shell, run, periods, format, parse.GetValue(report));
            shell.Note($"{DealSummary.Of(run)}");
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
