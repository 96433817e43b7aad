using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using Google.Protobuf;

namespace CreditGrains.Cli.Queries;

/// <summary>Journaled events for people.</summary>
internal static class EventView
{
    private static readonly string[] Columns = ["#decision", "writer time", "facility or node", "command", "outcome", "reason", "#amount", "#principal", "#held", "#headroom"];

    /// <summary>Shows one event, or says why there is none.</summary>
    public static int Show(Shell shell, JournalEvent? e, string otherwise, bool json)
    {
        if (e is null) throw CommandFault.Usage("NotFound", otherwise);
        if (json) shell.Message(e);
        else Write(shell, e);
        return (int)ExitCode.Ok;
    }

    /// <summary>A table of events.</summary>
    public static void WriteTable(Shell shell, string title, IEnumerable<JournalEvent> events) => shell.Table(title, Columns, events.Select(Cells));

    /// <summary>One event on one line, for streams that have no end.</summary>
    public static void WriteLine(Shell shell, JournalEvent e, string cursor)
    {
        var reason = e.ReasonName.Length == 0 ? "" : $" {e.ReasonName}";
        var amount = e.Amount == 0 && e.AmountAsked == 0 ? "" : $" {AmountText.Of(e.Amount == 0 ? e.AmountAsked : e.Amount, e.Currency)} {e.Currency}";
        shell.Line($"{cursor} {e.DecisionId} {TimeText.Of(e.RecordedAtMicros)} {NodeText.Of(e.Key)} {e.Command} {e.Outcome}{reason}{amount}");
    }

    private static void Write(Shell shell, JournalEvent e)
    {
        WriteTable(shell, "", [e]);
        if (e.RequestUuid.Length > 0) shell.Line($"request {e.RequestUuid}, caller's time {TimeText.Of(e.OccurredAtMicros)}");
        if (e.Reference != 0) shell.Line($"refers to decision {e.Reference}");
        if (e.PreviousDecisionId != 0) shell.Line($"the facility's decision before: {e.PreviousDecisionId}");
        if (e.Limits.Count > 0) DecisionView.PrintLimits(shell, "limits in the way, or left in excess", e.Limits, e.Currency);
        LoanPrint.Write(shell, e);
        if (e.Control is { } control) shell.Line($"control: {JsonFormatter.Default.Format(control)}");
    }

    private static string[] Cells(JournalEvent e) =>
    [
        e.DecisionId.ToString(System.Globalization.CultureInfo.InvariantCulture),
        TimeText.Of(e.RecordedAtMicros),
        NodeText.Of(e.Key),
        e.Command.ToString(),
        e.Outcome.ToString(),
        e.ReasonName,
        e.Currency.Length == 0 ? "" : $"{AmountText.Of(e.Amount == 0 ? e.AmountAsked : e.Amount, e.Currency)} {e.Currency}",
        Balance(e, balances => balances.Principal),
        Balance(e, balances => balances.Held),
        e.Balances is null || e.Currency.Length == 0 ? "" : AmountText.Of(e.Headroom, e.Currency),
    ];

    private static string Balance(JournalEvent e, Func<Balances, long> part) =>
        e.Balances is null || e.Currency.Length == 0 ? "" : AmountText.Of(part(e.Balances), e.Currency);
}
