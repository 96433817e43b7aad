using System.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Reconciliation;

/// <summary>creditgrains reconcile: the daily comparison with a core ledger's file.</summary>
internal static class ReconcileCommand
{
    public static Command Create(Shell shell)
    {
        var file = new Argument<string>("file") { Description = "CSV: tenant, legal_entity, facility, currency, principal, interest, fees, in minor units; principal is negative for a credit" };
        var tenant = new Option<ushort>("--tenant") { Description = "Tenant of the ledger", DefaultValueFactory = _ => 1 };
        var adjust = new Option<bool>("--adjust") { Description = "Post corrections, once for this file, so that the engine agrees with it" };
        var command = new Command("reconcile", "Compare with a core ledger's file. Exit code 0 when all agree (or was made to), 1 when something differs") { file, tenant, adjust };
        var options = new BookOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var path = parse.GetRequiredValue(file);
            var hash = await FileHash.OfAsync(path, cancellationToken);
            await using var book = await options.OpenAsync(parse, cancellationToken);
            var result = await LongWork.RunAsync(
                shell, "reconcile", total: 0, progress => new LedgerComparison(book, progress).RunAsync(LedgerFile.Read(path, parse.GetValue(tenant)), parse.GetValue(tenant), cancellationToken));
            var posted = parse.GetValue(adjust)
                ? await new Adjustment(book, parse.GetValue(tenant), hash).RunAsync(result.Differences, cancellationToken)
                : null;
            var report = new ReconciliationReport(result, posted);
            if (options.IsJson(parse)) report.PrintJson(shell);
            else report.Print(shell);
            return (int)report.Code;
        });
        return command;
    }
}
