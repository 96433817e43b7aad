using CreditGrains.Domain.Commands;
using CreditGrains.Engine.Events;

namespace CreditGrains.Engine.Alerts;

/// <summary>Distances of pool triggers, looked at after each frame that may have moved a pool.</summary>
internal sealed class TriggerAlerts(AlertSight sight, AlertRules rules, Func<AlertRule, bool> which, IAlertFigures book)
{
    private readonly ScopedRules scoped = new(rules, rule => rule.Figure == AlertFigure.TriggerDistance && which(rule));
    // Journals of partitions begin at multiples of this, so that what is left is small and adds up exactly.
    private const long SequencesOfJournal = 1L << 40;
    private bool isMoved;

    public void After(in LedgerEvent e)
    {
        if (scoped.Count == 0 || !e.HasEffect) return;
        isMoved |= e.Kind.IsPool() || e.Loans is not null || e.Kind is CommandKind.AdvanceBusinessDate or CommandKind.TransferToPool;
    }

    public void FrameEnd(long sequence, long micros)
    {
        if (isMoved) LookAtAll(sequence, micros);
        isMoved = false;
    }

    /// <summary>Looks at every pool.</summary>
    public void LookAtAll(long sequence, long micros)
    {
        if (scoped.Count == 0) return;
        foreach (var pool in sight.State.Pools.All)
        {
            var (ofKind, ofNode) = (scoped.OfKind(pool.Key.Kind), scoped.OfNode(pool.Key));
            if (ofKind.Count == 0 && ofNode.Count == 0) continue;
            if (book.TakesParts)
            {
                // A distance is of the whole pool: only that it may have moved is known here. The event that did it is the same in the next activation, and never comes twice.
                var moved = (double)(sequence % SequencesOfJournal);
                foreach (var rule in ofKind) book.Put(rule, new AlertSubject(pool.Key), moved, default, sequence, micros);
                foreach (var rule in ofNode) book.Put(rule, new AlertSubject(pool.Key), moved, default, sequence, micros);
                continue;
            }

            foreach (var trigger in pool.Ledger.Triggers())
            {
                if (trigger.Distance is not { } distance) continue;
                var subject = new AlertSubject(pool.Key, trigger.Trigger.Name);
                foreach (var rule in ofKind) Put(rule, subject, distance, sequence, micros);
                foreach (var rule in ofNode) Put(rule, subject, distance, sequence, micros);
            }
        }
    }

    private void Put(int rule, in AlertSubject subject, double distance, long sequence, long micros)
    {
        var wanted = rules.Rules[rule].Trigger;
        if (wanted.Length == 0 || wanted == subject.Trigger) book.Put(rule, subject, distance, default, sequence, micros);
    }
}
