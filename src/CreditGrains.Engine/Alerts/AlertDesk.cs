using CreditGrains.Engine.Events;

namespace CreditGrains.Engine.Alerts;

/// <summary>
/// Alerts beside a standalone engine: watches the second book that follows the durable journal, so the decision path knows nothing of it. What is raised follows from rules and journal alone: figures are looked at
/// at the end of each frame, and time is the writer's as journaled. Give it to <see cref="Standalone.CreditEngine.StartRiskDesk"/>.
/// </summary>
public sealed class AlertDesk : IAlertDesk, IBookObserver
{
    private readonly Func<AlertRule, bool>? isPart;
    private readonly Lock gate = new();
    private readonly AlertBook book = new();
    private readonly AlertParts parts = new();
    private AlertRules wanted;
    private AlertSight? sight;
    private AlertWatch? whole;
    private AlertWatch? partly;
    private TaskCompletionSource? moved;
    private long followed;
    private long followedMicros;
    private long agedMicros;
    private string? fault;
    private bool isLost;

    /// <param name="rules">At first.</param>
    public AlertDesk(AlertRules rules)
        : this(rules, isPart: null)
    {
    }

    /// <param name="rules">At first.</param>
    /// <param name="isPart">Rules of which only a part is known here: no alert is raised by them, their figures are told by <see cref="Report"/>. Null: none.</param>
    internal AlertDesk(AlertRules rules, Func<AlertRule, bool>? isPart) => (wanted, this.isPart) = (rules, isPart);

    /// <summary>The rules in force, or to be.</summary>
    internal AlertRules Rules => wanted;

    /// <inheritdoc/>
    public AlertView Read(ushort tenant, int take)
    {
        lock (gate)
        {
            var (info, warning, critical) = book.CountOf(tenant);
            return new AlertView(wanted, book.Standing(tenant, take), info, warning, critical, book.Changes, book.Unwatched, followed, followedMicros, fault);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IAlertReader> FollowAsync(long afterSequence, bool isFromNow) => new(new AlertReader(this, afterSequence));

    /// <summary>What was raised and cleared by frames that end after a sequence, oldest first.</summary>
    public IReadOnlyList<AlertChange> ChangesAfter(long sequence)
    {
        lock (gate) return book.ChangesAfter(sequence);
    }

    /// <inheritdoc/>
    public IReadOnlyList<AlertChange> Newest(ushort tenant, int take)
    {
        lock (gate) return book.Newest(tenant, take);
    }

    /// <summary>Completes once the journal was looked at up to a sequence.</summary>
    /// <exception cref="EngineFaultException">It is not looked at any more.</exception>
    public async ValueTask FollowedAsync(long sequence, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (fault is not null) throw new EngineFaultException(fault, null);
                if (followed >= sequence) return;
                next = (moved ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Puts other rules in force at once. Alerts of rules that are the same stand on; windows begin anew.</summary>
    public void Use(AlertRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        while (true)
        {
            AlertSight? now;
            lock (gate)
            {
                now = sight;
                if (now is null)
                {
                    // A book that begins later is looked at by these.
                    wanted = rules;
                    return;
                }
            }
            // False: that book is no more. Whether there is another one is looked at again.
            if (now.Between(() => Watch(now, rules))) return;
        }
    }

    void IBookObserver.Begin(AlertSight begun)
    {
        TaskCompletionSource? told;
        lock (gate)
        {
            (sight, isLost) = (begun, false);
            (followed, followedMicros) = (begun.Executor.LastSequence, begun.Executor.LastRecordedAtMicros);
            Watch(begun, wanted);
            (told, moved) = (moved, null);
        }
        told?.TrySetResult();
    }

    void IBookObserver.Lose()
    {
        lock (gate) (sight, whole, partly, isLost) = (null, null, null, true);
    }

    /// <summary>What there is now, for who puts the desks of several partitions together.</summary>
    /// <param name="asOfMicros">Event time of the newest event anywhere: windows run on to it where nothing is journaled here, once all that is durable here was looked at.</param>
    /// <param name="nowMicros">The own clock: windows run no further, whatever the clocks of others say; and when figures alone are told.</param>
    /// <param name="look">Looks at the alerts and the parts, and keeps none of the two.</param>
    internal T Report<T>(long asOfMicros, long nowMicros, Func<AlertBook, AlertParts, AlertMoment, T> look)
    {
        AlertSight? now;
        lock (gate) now = sight;
        var seen = default(T)!;
        return now is not null && now.Between(() => seen = LookNow(Math.Min(asOfMicros, nowMicros), nowMicros, look)) ? seen : LookNow(0, nowMicros, look);
    }

    private T LookNow<T>(long asOfMicros, long nowMicros, Func<AlertBook, AlertParts, AlertMoment, T> look)
    {
        lock (gate)
        {
            if (asOfMicros > agedMicros && IsCaughtUp)
            {
                agedMicros = asOfMicros;
                whole?.Age(followed, asOfMicros);
                partly?.Age(followed, asOfMicros);
            }
            book.TellFigures(nowMicros);
            return look(book, parts, new AlertMoment(wanted, followed, followedMicros, fault ?? (isLost ? "its journal is read again from a snapshot" : null)));
        }
    }

    // Events of old that are still to come, or the rest of a frame, would count as of the newer time.
    private bool IsCaughtUp => sight is not null && followed == sight.Executor.LastSequence && followed >= sight.DurableSequence();

    void IBookObserver.Before(in LedgerEvent e)
    {
        whole!.Before(e);
        partly?.Before(e);
    }

    void IBookObserver.After(in LedgerEvent e)
    {
        whole!.After(e);
        partly?.After(e);
    }

    void IBookObserver.FrameEnd(long sequence, long recordedAtMicros)
    {
        TaskCompletionSource? told;
        lock (gate)
        {
            var isNewSecond = recordedAtMicros / 1_000_000 != followedMicros / 1_000_000;
            whole!.FrameEnd(sequence, recordedAtMicros, isNewSecond);
            partly?.FrameEnd(sequence, recordedAtMicros, isNewSecond);
            (followed, followedMicros) = (sequence, recordedAtMicros);
            (told, moved) = (moved, null);
        }
        told?.TrySetResult();
    }

    void IBookObserver.End(string why)
    {
        TaskCompletionSource? told;
        lock (gate)
        {
            fault ??= why;
            // Nothing of the book is read any more: it may be given back.
            (sight, whole, partly) = (null, null, null);
            (told, moved) = (moved, null);
        }
        told?.TrySetResult();
    }

    private void Watch(AlertSight now, AlertRules rules)
    {
        lock (gate)
        {
            book.Use(rules, followed, followedMicros);
            whole = new AlertWatch(now, rules, rule => isPart is null || !isPart(rule), book);
            if (isPart is not null)
            {
                parts.Clear();
                partly = new AlertWatch(now, rules, isPart, parts);
            }
            whole.LookAtAll(followed, followedMicros);
            partly?.LookAtAll(followed, followedMicros);
            // Last: whoever sees that others are wanted tries again.
            wanted = rules;
        }
    }
}
