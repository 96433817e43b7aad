using System.CommandLine;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Cli.Deals;

/// <summary>creditgrains deal: a whole deal from a file, without an engine. Docs: docs/deals.md.</summary>
internal static class DealCommand
{
    public static Command Create(Shell shell) => new("deal", "Run and measure a securitisation from a file; the format is in docs/deals.md")
    {
        Run(shell),
        DealMeasuresCommand.Create(shell),
        DealGridCommand.Create(shell),
        DealMonteCarloCommand.Create(shell),
        DealLoansCommand.Create(shell),
    };

    private static Command Run(Shell shell)
    {
        var inputs = new DealInputs();
        var report = new Option<bool>("--report") { Description = "The trustee's report of each period instead of the tranche table" };
        var period = new Option<int?>("--period") { Description = "This period only", HelpName = "NUMBER" };
        var command = new Command("run", "Run a deal to its end and print the tranches by period") { report, period };
        inputs.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var format = inputs.FormatOf(parse);
            var terms = await inputs.ReadOneAsync(parse, shell, cancellationToken);
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
