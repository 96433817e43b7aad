using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Alerts;

/// <summary>Decisions and declines within a window of event time, of tenants, nodes and accounts. Windows that have run empty are forgotten once a minute of event time.</summary>
internal sealed class VelocityAlerts(AlertSight sight, AlertRules rules, Func<AlertRule, bool> which, IAlertFigures book)
{
    private const int ForgetSeconds = 60;
    private readonly ScopedRules scoped = new(rules, rule => rule.Figure is AlertFigure.Decisions or AlertFigure.Declines && which(rule));
    private readonly Dictionary<AlertSubject, SlidingCount>[] windows = [.. rules.Rules.Select(_ => new Dictionary<AlertSubject, SlidingCount>())];
    private readonly HashSet<(int Rule, AlertSubject Subject)> moved = [];
    private long forgottenAt;

    public void After(in LedgerEvent e)
    {
        if (scoped.Count == 0 || !e.Kind.IsRequest()) return;
        var isDecline = e.Outcome == OutcomeKind.Declined;
        var seconds = e.RecordedAtMicros / 1_000_000;
        foreach (var rule in scoped.OfTenant(e.Key.Tenant)) Add(rule, new AlertSubject(new NodeKey(0, e.Key.Tenant, 0, NodeKind.None)), isDecline, seconds);
        AddOf(e.Key, isDecline, seconds);
        var row = sight.State.FindFacility(e.Key);
        if (row == 0) return;
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        foreach (var entry in sight.State.PathOf(sight.State.Facilities.Read(row), buffer)) AddOf(sight.State.Nodes.Read(entry.Node).Key, isDecline, seconds);
    }

    public void FrameEnd(long sequence, long micros, bool isNewSecond)
    {
        if (scoped.Count == 0) return;
        foreach (var (rule, subject) in moved) Look(rule, subject, sequence, micros);
        moved.Clear();
        if (isNewSecond) Age(sequence, micros);
    }

    /// <summary>Looks again at what time alone takes back.</summary>
    public void Age(long sequence, long micros)
    {
        if (scoped.Count == 0) return;
        var seconds = micros / 1_000_000;
        for (var rule = 0; rule < windows.Length; rule++)
        {
            if (windows[rule].Count == 0) continue;
            foreach (var subject in book.Aging(rule)) Look(rule, subject, sequence, micros);
        }

        if (seconds - forgottenAt < ForgetSeconds) return;
        forgottenAt = seconds;
        foreach (var ofRule in windows)
            foreach (var (subject, window) in ofRule)
                if (window.At(seconds) == 0) ofRule.Remove(subject);
    }

    private void Look(int rule, in AlertSubject subject, long sequence, long micros) =>
        book.Put(rule, subject, windows[rule].TryGetValue(subject, out var window) ? window.At(micros / 1_000_000) : 0, default, sequence, micros);

    private void AddOf(NodeKey key, bool isDecline, long seconds)
    {
        foreach (var rule in scoped.OfKind(key.Kind)) Add(rule, new AlertSubject(key), isDecline, seconds);
        foreach (var rule in scoped.OfNode(key)) Add(rule, new AlertSubject(key), isDecline, seconds);
    }

    private void Add(int rule, AlertSubject subject, bool isDecline, long seconds)
    {
        if (!isDecline && rules.Rules[rule].Figure == AlertFigure.Declines) return;
        if (!windows[rule].TryGetValue(subject, out var window))
        {
            if (windows[rule].Count >= AlertBook.SubjectsMax)
            {
                book.LeaveOut();
                return;
            }
            windows[rule].Add(subject, window = new SlidingCount(rules.Rules[rule].WindowSeconds));
        }

        window.Add(seconds, 1);
        moved.Add((rule, subject));
    }
}
