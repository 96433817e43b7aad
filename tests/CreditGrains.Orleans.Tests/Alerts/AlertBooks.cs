using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Alerts;
using CreditGrains.Orleans.Wire;
using static CreditGrains.Orleans.Tests.Alerts.WatchedSilos;

namespace CreditGrains.Orleans.Tests.Alerts;

/// <summary>Alerts and what silos tell each other of them, without silos.</summary>
internal static class AlertBooks
{
    public const long Second = 1_000_000;

    public static readonly AlertRules Rules = RulesOf(Rule("line", "utilisation", """{ "kind": "facility" }""", "\"raise\": 0.9, \"clear\": 0.5"));

    public static AlertBook New()
    {
        var book = new AlertBook();
        book.Use(Rules, 0, 0);
        return book;
    }

    public static AlertSubject Account(long id) => new(NodeKey.Facility(1, 1, id));

    /// <summary>Takes a figure of an account.</summary>
    public static void Put(this AlertBook book, long account, double figure, long sequence) => book.Put(0, Account(account), figure, default, sequence, sequence * Second);

    /// <summary>What a desk tells, over the wire and back.</summary>
    public static AlertReport Report(this AlertBook book, AlertAsk ask, long desk, long sequence, string stamp = "s") =>
        ViewWire.Read<AlertReport>(ViewWire.Write(AlertReport.Of(new AlertDeskState(desk, stamp, sequence, sequence * Second, null), book, ask)))!;

    /// <summary>A change in short.</summary>
    public static string Text(AlertChange change) => FormattableString.Invariant($"{(change.IsRaised ? "raised" : "cleared")} {change.Alert.Subject.Key.Id}");
}
