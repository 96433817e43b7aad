using CreditGrains.Engine.Events;

namespace CreditGrains.Engine.Alerts;

/// <summary>
/// Alerts beside a standalone engine: watches the second book that follows the durable journal, so the decision path knows nothing of it. What is raised follows from rules and journal alone: figures are looked at
/// at the end of each frame, and time is the writer's as journaled. Give it to <see cref="Standalone.CreditEngine.StartRiskDesk"/>.
/// </summary>
/// <param name="rules">At first.</param>
public sealed class AlertDesk(AlertRules rules) : IAlertDesk, IBookObserver
{
    private readonly Lock gate = new();
    private readonly AlertBook book = new();
    private AlertRules wanted = rules;
    private AlertSight? sight;
    private NodeAlerts? nodes;
    private VelocityAlerts? velocities;
    private LatenessAlerts? lateness;
    private TriggerAlerts? triggers;
    private TaskCompletionSource? moved;
    private long followed;
    private long followedMicros;
    private string? fault;

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
    public IReadOnlyList<AlertChange> ChangesAfter(long sequence)
    {
        lock (gate) return book.ChangesAfter(sequence);
    }

    /// <inheritdoc/>
    public IReadOnlyList<AlertChange> Newest(ushort tenant, int take)
    {
        lock (gate) return book.Newest(tenant, take);
    }

    /// <inheritdoc/>
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
        var now = sight;
        if (now is null)
        {
            wanted = rules;
            return;
        }
        now.Between(() =>
        {
            lock (gate)
            {
                wanted = rules;
                Watch(now);
            }
        });
    }

    void IBookObserver.Begin(AlertSight begun)
    {
        lock (gate)
        {
            sight = begun;
            (followed, followedMicros) = (begun.Executor.LastSequence, begun.Executor.LastRecordedAtMicros);
            Watch(begun);
        }
    }

    void IBookObserver.Before(in LedgerEvent e) => nodes!.Before(e);

    void IBookObserver.After(in LedgerEvent e)
    {
        nodes!.After(e);
        velocities!.After(e);
        lateness!.After(e);
        triggers!.After(e);
    }

    void IBookObserver.FrameEnd(long sequence, long recordedAtMicros)
    {
        TaskCompletionSource? told;
        lock (gate)
        {
            var isNewSecond = recordedAtMicros / 1_000_000 != followedMicros / 1_000_000;
            nodes!.FrameEnd(sequence, recordedAtMicros, isNewSecond);
            velocities!.FrameEnd(sequence, recordedAtMicros, isNewSecond);
            lateness!.FrameEnd(sequence, recordedAtMicros);
            triggers!.FrameEnd(sequence, recordedAtMicros);
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
            (told, moved) = (moved, null);
        }
        told?.TrySetResult();
    }

    private void Watch(AlertSight now)
    {
        book.Use(wanted, followed, followedMicros);
        nodes = new NodeAlerts(now, wanted, book);
        velocities = new VelocityAlerts(now, wanted, book);
        lateness = new LatenessAlerts(now, wanted, book);
        triggers = new TriggerAlerts(now, wanted, book);
        nodes.LookAtAll(followed, followedMicros);
        lateness.LookAtAll(followed, followedMicros);
        triggers.LookAtAll(followed, followedMicros);
    }
}
