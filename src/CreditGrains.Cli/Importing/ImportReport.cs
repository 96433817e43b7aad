using System.Globalization;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Cli.Portfolio;

namespace CreditGrains.Cli.Importing;

/// <summary>A row not taken, for people and machines.</summary>
/// <param name="Row">Row number, from 1, without the header.</param>
/// <param name="Field">The column at fault; empty when the row as a whole was declined.</param>
/// <param name="Reason">Stable English name.</param>
/// <param name="Message">How to mend it; may be empty.</param>
internal sealed record RejectedRow(long Row, string Field, string Reason, string Message);

/// <summary>What an import did.</summary>
internal static class ImportReport
{
    /// <summary>Prints it and says what the process returns.</summary>
    /// <param name="shell">Where to.</param>
    /// <param name="reply">What the server says.</param>
    /// <param name="faults">Rows that could not be read here.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="json">For machines.</param>
    public static ExitCode Print(Shell shell, ImportReply reply, IReadOnlyDictionary<long, RowFault> faults, TimeSpan elapsed, bool json)
    {
        var rejected = reply.FirstErrors.Select(error => Rejected(error, faults)).ToArray();
        if (json) PrintJson(shell, reply, rejected, elapsed);
        else PrintTables(shell, reply, rejected, elapsed);
        return reply.Malformed > 0 || reply.Declined.Count > 0 || reply.Stopped ? ExitCode.Differences : ExitCode.Ok;
    }

    private static RejectedRow Rejected(ImportError error, IReadOnlyDictionary<long, RowFault> faults) =>
        faults.TryGetValue(error.Row, out var fault)
            ? new RejectedRow(error.Row, fault.Field, error.ReasonName == "InvalidKind" ? "Unreadable" : error.ReasonName, fault.Message)
            : new RejectedRow(error.Row, error.Message.Split(' ', 2)[0], error.ReasonName, error.Message);

    private static void PrintJson(Shell shell, ImportReply reply, RejectedRow[] rejected, TimeSpan elapsed)
    {
        foreach (var row in rejected) shell.Record(row);
        shell.Record(new
        {
            reply.Rows,
            reply.Applied,
            reply.Repeated,
            Declined = reply.Declined.ToDictionary(count => count.ReasonName, count => count.Count),
            reply.Malformed,
            reply.Changed,
            reply.Stopped,
            Seconds = Math.Round(elapsed.TotalSeconds, 3),
        });
    }

    private static void PrintTables(Shell shell, ImportReply reply, RejectedRow[] rejected, TimeSpan elapsed)
    {
        if (rejected.Length > 0)
        {
            shell.Table("rows not taken (the first)", ["#row", "field", "reason", "message"], rejected.Select(row => new[]
            {
                row.Row.ToString(CultureInfo.InvariantCulture), row.Field, row.Reason, row.Message,
            }));
        }

        var declined = reply.Declined.Sum(count => count.Count);
        shell.Line($"{reply.Rows:N0} rows in {elapsed.TotalSeconds:F1} s ({reply.Rows / Math.Max(0.001, elapsed.TotalSeconds):N0}/s): {reply.Applied:N0} applied, {reply.Repeated:N0} imported before, {declined:N0} declined, {reply.Malformed:N0} malformed");
        if (reply.Stopped) shell.Line($"Stopped: too many rows are malformed. Mend them, or raise --malformed-max; what was applied stays and is not applied again.");
        else if (!reply.Changed && reply.Malformed == 0) shell.Line($"Nothing changed: this file was imported before.");
    }
}
