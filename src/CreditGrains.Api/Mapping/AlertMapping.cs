using CreditGrains.Engine.Alerts;

namespace CreditGrains.Api.Mapping;

/// <summary>Alerts as messages.</summary>
internal static class AlertMapping
{
    /// <summary>Most alerts of one list.</summary>
    public const int ListedMax = 1_000;

    /// <summary>What a server without alerts says.</summary>
    public const string NoAlerts = "This server has no alert rules; start it with --alerts FILE (docs/alerts.md).";

    public static V1.ListAlertsReply Write(AlertView view) => new()
    {
        Alerts = { view.Raised.Select(Write) },
        Info = view.Info,
        Warning = view.Warning,
        Critical = view.Critical,
        RulesName = view.Rules.Name,
        RuleCount = view.Rules.Rules.Length,
        Unwatched = view.Unwatched,
        AsOfDecisionId = view.Sequence,
        Fault = view.Fault ?? "",
    };

    /// <summary>An alert that stands.</summary>
    public static V1.Alert Write(RaisedAlert alert) => Write(alert, V1.AlertState.Standing, alert.SinceSequence, alert.SinceMicros);

    /// <summary>One that was raised or cleared.</summary>
    public static V1.Alert Write(AlertChange change) => Write(change.Alert, change.IsRaised ? V1.AlertState.Raised : V1.AlertState.Cleared, change.Sequence, change.Micros);

    private static V1.Alert Write(RaisedAlert alert, V1.AlertState state, long sequence, long micros) => new()
    {
        Rule = alert.Rule.Name,
        Severity = (V1.AlertSeverity)(int)alert.Rule.Severity,
        State = state,
        FigureName = char.ToLowerInvariant(alert.Rule.Figure.ToString()[0]) + alert.Rule.Figure.ToString()[1..],
        Subject = Keys.ToNode(alert.Subject.Key),
        Trigger = alert.Subject.Trigger,
        Loan = alert.Subject.Loan,
        Figure = alert.Figure,
        Threshold = alert.Rule.Raise,
        ClearAt = alert.Rule.Clear,
        Currency = alert.Currency.IsKnown ? alert.Currency.Code : "",
        SinceDecisionId = alert.SinceSequence,
        SinceMicros = alert.SinceMicros,
        DecisionId = sequence,
        Micros = micros,
        TextEn = AlertText.Of(alert, isChinese: false),
        TextZh = AlertText.Of(alert, isChinese: true),
    };
}
