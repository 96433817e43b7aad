using CreditGrains.Api.V1;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.Alerts;

/// <summary>Alerts of a server as lines.</summary>
internal static class AlertView
{
    /// <summary>One line of a feed.</summary>
    public static void WriteLine(Shell shell, Alert alert, string cursor) =>
        shell.Line($"{cursor} {alert.DecisionId} {TimeText.Of(alert.Micros)} alert {alert.State} {alert.Severity} {alert.Rule}: {alert.TextEn}");

    /// <summary>Those that stand.</summary>
    public static void Write(Shell shell, ListAlertsReply reply, bool isChinese)
    {
        if (reply.Alerts.Count > 0)
            shell.Table("", ["severity", "rule", "since (UTC)", "#figure", "#threshold", "text"], reply.Alerts.Select(alert => new[]
            {
                alert.Severity.ToString(), alert.Rule, TimeText.Of(alert.SinceMicros), Number(alert.Figure), Number(alert.Threshold), isChinese ? alert.TextZh : alert.TextEn,
            }));
        shell.Line($"{reply.Critical + reply.Warning + reply.Info} alerts stand ({reply.Critical} critical, {reply.Warning} warning, {reply.Info} info) by {reply.RuleCount} rules of '{reply.RulesName}', as of decision {reply.AsOfDecisionId}");
        if (reply.Unwatched > 0) shell.Note($"creditgrains: {reply.Unwatched} subjects were left out: a rule has more than it can keep; narrow it");
        if (reply.Fault.Length > 0) shell.Note($"creditgrains: {reply.Fault}");
    }

    private static string Number(double value) => value.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture);
}
