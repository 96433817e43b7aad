using System.Globalization;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;

namespace CreditGrains.Cli.Output;

/// <summary>A decision for people.</summary>
internal static class DecisionView
{
    /// <summary>Prints a decision and says what the process returns.</summary>
    /// <param name="shell">Where to.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="currency">Of its amounts; empty for control commands.</param>
    /// <param name="json">For machines.</param>
    public static ExitCode Print(Shell shell, Decision decision, string currency, bool json)
    {
        if (json) shell.Message(decision);
        else PrintRows(shell, decision, currency);
        return CodeOf(decision);
    }

    /// <summary>Approved and posted are Ok; refused as malformed is Usage; the rest are Differences.</summary>
    public static ExitCode CodeOf(Decision decision) => decision.Kind switch
    {
        OutcomeKind.Approved or OutcomeKind.ApprovedInPart or OutcomeKind.Posted => ExitCode.Ok,
        OutcomeKind.Refused => decision.Reason < Reason.InvalidKind ? ExitCode.Unavailable : ExitCode.Usage,
        _ => ExitCode.Differences,
    };

    private static void PrintRows(Shell shell, Decision decision, string currency)
    {
        var repeated = decision.Duplicate ? " (answered before)" : "";
        var why = decision.Reason == Reason.None ? "" : $": {decision.ReasonName}";
        shell.Line($"{decision.Kind}{why}{repeated}");
        if (decision.Message.Length > 0) shell.Line($"  {decision.Message}");
        if (decision.DecisionId != 0) shell.Line($"  decision {decision.DecisionId} at {TimeText.Of(decision.RecordedAtMicros)}");
        if (currency.Length > 0 && decision.DecisionId != 0)
        {
            if (decision.Amount != 0) shell.Line($"  amount {AmountText.Of(decision.Amount, currency)} {currency}");
            if (decision.HoldId != 0) shell.Line($"  hold {decision.HoldId} until {TimeText.Of(decision.ExpiresAtMicros)}");
            // In these two there is none to show: of a facility that is not there, or in a currency that is not its own.
            if (decision.Reason is not (Reason.UnknownFacility or Reason.CurrencyMismatch))
                shell.Line($"  headroom {AmountText.Of(decision.Headroom, currency)} {currency}");
        }

        if (decision.Model.Length > 0) shell.Line($"  score {decision.Score:0.####} by {decision.Model}@{decision.ModelVersion}{(decision.IsChallenger ? ", a challenger" : "")}");
        if (decision.Policy.Length > 0) shell.Line($"  policy {decision.Policy}@{decision.PolicyVersion}");
        foreach (var reason in decision.Reasons) shell.Line($"  {reason.Code} {reason.English} / {reason.Chinese}");
        if (decision.Limits.Count > 0) PrintLimits(shell, "", decision.Limits, currency);
    }

    /// <summary>Prints failing limits, or limits in excess, as a table.</summary>
    public static void PrintLimits(Shell shell, string title, IEnumerable<FailingLimit> limits, string currency) =>
        shell.Table(title, ["node", "limit of", "#limit", "#headroom", "#detail"], limits.Select(limit => new[]
        {
            NodeText.Of(limit.Node),
            limit.Kind.ToString(),
            AmountText.Of(limit.Limit, currency),
            AmountText.Of(limit.Headroom, currency),
            limit.Detail == 0 ? "" : limit.Detail.ToString(CultureInfo.InvariantCulture),
        }));
}
