using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.Uci;

/// <summary>What a replay found, for people and machines.</summary>
internal sealed class UciReport(UciAccount[] accounts, UciReplay replay, IReadOnlyList<(string Label, NodeUse Use)> nodes, TimeSpan elapsed, string place)
{
    private readonly UciTally tally = replay.Tally;

    /// <summary>Accounts that bill above their limit at least once, by the file alone.</summary>
    private readonly int billedAboveLimit = accounts.Count(account => account.BillsAboveLimit);

    /// <summary>Ok when every balance equals its bill and the engine saw the same accounts above their limit as the file.</summary>
    public ExitCode Code => replay.MismatchCount == 0 && replay.OverLimitCount == billedAboveLimit ? ExitCode.Ok : ExitCode.Differences;

    private double Seconds => Math.Max(0.001, elapsed.TotalSeconds);

    public void Print(Shell shell)
    {
        shell.Line($"UCI data set 350: {accounts.Length:N0} accounts, April to September 2005, on {place}");
        shell.Table("", ["replay", "#", "#"], Rows());
        shell.Table("utilisation after September 2005", ["node", "#accounts", "#limit TWD", "#exposure TWD", "#used %"], nodes.Select(node => new[]
        {
            node.Label,
            Number(node.Use.FacilityCount),
            AmountText.Of(node.Use.Limit, node.Use.Currency),
            node.Use.Exposure is { } exposure ? AmountText.Of(exposure, node.Use.Currency) : "",
            node.Use.Exposure is { } used ? UtilisationText.Of(used, node.Use.Limit) : "",
        }));
        PrintChecks(shell);
    }

    public void PrintJson(Shell shell) => shell.Record(new
    {
        Accounts = accounts.Length,
        tally.Commands,
        tally.Repeated,
        Changed = tally.Repeated < tally.Commands,
        tally.Opened,
        tally.OpeningCredits,
        tally.Payments,
        tally.Refunds,
        tally.Requests,
        tally.Approved,
        tally.Declined,
        Declines = tally.Declines.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value),
        tally.FailingLimits,
        PostedAsFact = tally.Forced,
        tally.Excesses,
        ExcessMinorUnits = tally.ExcessAmount.ToString(CultureInfo.InvariantCulture),
        AccountsOverLimit = replay.OverLimitCount,
        AccountsBilledAboveLimit = billedAboveLimit,
        BalancesCompared = replay.Compared,
        replay.MismatchCount,
        replay.Mismatches,
        Nodes = nodes.Select(node => new { Node = node.Label, Key = node.Use.Key.ToString(), node.Use.FacilityCount, node.Use.Limit, node.Use.Exposure }),
        Seconds = Math.Round(elapsed.TotalSeconds, 3),
        CommandsPerSecond = Math.Round(tally.Commands / Seconds),
    });

    private IEnumerable<string[]> Rows()
    {
        yield return ["commands decided", Number(tally.Commands), ""];
        yield return ["  nodes, borrowers and facilities opened", Number(tally.Opened), ""];
        yield return ["  credits at the opening posted (negative first bills)", Number(tally.OpeningCredits), ""];
        yield return ["  payments posted", Number(tally.Payments), ""];
        yield return ["  refunds posted (negative drawdowns)", Number(tally.Refunds), Percent(tally.Refunds, (long)accounts.Length * UciAccount.MovementCount) + " of movements"];
        yield return ["  drawdowns asked", Number(tally.Requests), ""];
        yield return ["    approved", Number(tally.Approved), Percent(tally.Approved, tally.Requests)];
        yield return ["    declined", Number(tally.Declined), Percent(tally.Declined, tally.Requests)];
        foreach (var (reason, count) in tally.Declines) yield return [$"      {reason}", Number(count), ""];
        foreach (var (node, count) in tally.FailingLimits) yield return [$"      limit in the way: {node}", Number(count), ""];
        yield return ["  declined drawdowns posted as facts", Number(tally.Forced), ""];
        yield return ["    leaving the account above its limit", Number(tally.Excesses), Percent(tally.Excesses, tally.Forced)];
        yield return ["    sum of those excesses, TWD", AmountText.Of((long)tally.ExcessAmount, UciBook.Currency), ""];
        yield return ["accounts above their limit after any of the six bills", Number(replay.OverLimitCount), Percent(replay.OverLimitCount, accounts.Length)];
        yield return ["seconds", elapsed.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture), ""];
        yield return ["commands per second", Number((long)(tally.Commands / Seconds)), ""];
    }

    private void PrintChecks(Shell shell)
    {
        shell.Line($"Exposure is what is owed; what the bank owes on one account does not offset another.");
        shell.Line($"Balances equal to the bill: {replay.Compared - replay.MismatchCount:N0} of {replay.Compared:N0} (each account after each month, and once more read from the engine)");
        foreach (var wrong in replay.Mismatches)
            shell.Line($"  account {wrong.AccountId}, {UciCalendar.NameOf(wrong.Month)}: bill {AmountText.Of(wrong.Bill, UciBook.Currency)}, balance {AmountText.Of(wrong.Balance, UciBook.Currency)}");
        if (replay.OverLimitCount != billedAboveLimit) shell.Line($"The file bills {billedAboveLimit:N0} accounts above their limit, the engine had {replay.OverLimitCount:N0}.");
        if (tally.Repeated == tally.Commands) shell.Line($"Nothing changed: this file was replayed before, every command was answered as then.");
        else if (tally.Repeated > 0) shell.Line($"{tally.Repeated:N0} commands were answered from an earlier run, {tally.Commands - tally.Repeated:N0} are new.");
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(long part, long whole) => whole == 0 ? "" : (100.0 * part / whole).ToString("F2", CultureInfo.InvariantCulture) + " %";
}
