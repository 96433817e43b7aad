using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Cli.Reconciliation;

/// <summary>The report of a reconciliation, for people and machines.</summary>
internal sealed class ReconciliationReport(ReconciliationResult result, AdjustmentResult? adjustment)
{
    private const int ShownMax = 50;

    /// <summary>Ok when both sides agree, or every difference was corrected now.</summary>
    public ExitCode Code => result.IsClean || IsCorrected ? ExitCode.Ok : ExitCode.Differences;

    private bool IsCorrected =>
        adjustment is { WasDone: false, Declined.Count: 0 } && adjustment.Posted == result.Differences.Count
        && result.MissingInEngine.Count + result.MissingInLedger.Count == 0;

    public void Print(Shell shell)
    {
        shell.Line($"{result.Rows:N0} rows: {result.Matches:N0} match, {result.Differences.Count:N0} differ, {result.MissingInEngine.Count:N0} missing in the engine, {result.MissingInLedger.Count:N0} missing in the ledger");
        if (result.Differences.Count > 0)
        {
            shell.Table("differences, ledger less engine", ["#row", "facility", "currency", "#principal", "#interest", "#fees"], result.Differences.Take(ShownMax).Select(Cells));
            More(shell, result.Differences.Count);
        }

        Missing(shell, "in the ledger and not in the engine", result.MissingInEngine);
        Missing(shell, "in the engine and not in the ledger", result.MissingInLedger);
        if (adjustment is null) return;
        if (adjustment.WasDone) shell.Line($"Nothing posted: this file has corrected the engine before.");
        else shell.Line($"{adjustment.Posted:N0} corrections posted, {adjustment.Declined.Count:N0} declined");
        foreach (var (facility, reason) in adjustment.Declined.Take(ShownMax)) shell.Line($"  {KeyText.Of(facility)}: {reason}");
    }

    public void PrintJson(Shell shell)
    {
        foreach (var difference in result.Differences)
        {
            shell.Record(new
            {
                difference.Ledger.Row,
                Facility = KeyText.Of(difference.Ledger.Facility),
                LedgerCurrency = difference.Ledger.Currency.Code,
                EngineCurrency = difference.Engine.Currency.Code,
                difference.Principal,
                difference.Interest,
                difference.Fees,
            });
        }

        shell.Record(new
        {
            result.Rows,
            result.Matches,
            Differences = result.Differences.Count,
            MissingInEngine = result.MissingInEngine.Select(KeyText.Of),
            MissingInLedger = result.MissingInLedger.Select(KeyText.Of),
            Adjustment = adjustment is null ? null : new
            {
                adjustment.WasDone,
                adjustment.Posted,
                Declined = adjustment.Declined.Select(declined => new { Facility = KeyText.Of(declined.Facility), Reason = declined.Reason.ToString() }),
            },
        });
    }

    private static string[] Cells(Difference difference) =>
    [
        difference.Ledger.Row.ToString(System.Globalization.CultureInfo.InvariantCulture),
        KeyText.Of(difference.Ledger.Facility),
        difference.IsCurrency ? $"{difference.Ledger.Currency.Code}, engine {difference.Engine.Currency.Code}" : difference.Ledger.Currency.Code,
        AmountText.Of(difference.Principal, difference.Ledger.Currency),
        AmountText.Of(difference.Interest, difference.Ledger.Currency),
        AmountText.Of(difference.Fees, difference.Ledger.Currency),
    ];

    private static void Missing(Shell shell, string title, List<NodeKey> keys)
    {
        if (keys.Count == 0) return;
        shell.Line($"{title}:");
        foreach (var key in keys.Take(ShownMax)) shell.Line($"  {KeyText.Of(key)}");
        More(shell, keys.Count);
    }

    private static void More(Shell shell, int count)
    {
        if (count > ShownMax) shell.Line($"  and {count - ShownMax:N0} more; --json lists all");
    }
}
