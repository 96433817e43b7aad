using CreditGrains.Engine.Events;

namespace CreditGrains.Engine.Alerts;

/// <summary>All that looks at the figures of some rules, in the second book.</summary>
/// <param name="sight">The second book.</param>
/// <param name="rules">In force.</param>
/// <param name="which">Those of them that are looked at here.</param>
/// <param name="figures">Takes what is seen.</param>
internal sealed class AlertWatch(AlertSight sight, AlertRules rules, Func<AlertRule, bool> which, IAlertFigures figures)
{
    private readonly NodeAlerts nodes = new(sight, rules, which, figures);
    private readonly VelocityAlerts velocities = new(sight, rules, which, figures);
    private readonly LatenessAlerts lateness = new(sight, rules, which, figures);
    private readonly TriggerAlerts triggers = new(sight, rules, which, figures);

    /// <summary>Looks at everything as it stands.</summary>
    public void LookAtAll(long sequence, long micros)
    {
        nodes.LookAtAll(sequence, micros);
        lateness.LookAtAll(sequence, micros);
        triggers.LookAtAll(sequence, micros);
    }

    public void Before(in LedgerEvent e) => nodes.Before(e);

    public void After(in LedgerEvent e)
    {
        nodes.After(e);
        velocities.After(e);
        lateness.After(e);
        triggers.After(e);
    }

    public void FrameEnd(long sequence, long micros, bool isNewSecond)
    {
        nodes.FrameEnd(sequence, micros, isNewSecond);
        velocities.FrameEnd(sequence, micros, isNewSecond);
        lateness.FrameEnd(sequence, micros);
        triggers.FrameEnd(sequence, micros);
    }

    /// <summary>Looks again at what time alone moves. Between two frames, and only once the book has all that is durable: what is counted later counts as of then.</summary>
    public void Age(long sequence, long micros)
    {
        nodes.Age(sequence, micros);
        velocities.Age(sequence, micros);
    }
}
