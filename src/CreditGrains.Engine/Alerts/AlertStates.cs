using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Engine.Alerts;

/// <summary>What a rule looks at: a node, a trigger of a pool, a loan, or a whole tenant (a key of which only the tenant is set).</summary>
/// <param name="Key">The node, facility or pool.</param>
/// <param name="Trigger">Of a pool's trigger its name; else empty.</param>
/// <param name="Loan">Of a loan its reference, in a pool the servicer's number; else 0.</param>
public readonly record struct AlertSubject(NodeKey Key, string Trigger = "", long Loan = 0)
{
    /// <inheritdoc/>
    public override string ToString() => (Key.Kind, Trigger, Loan) switch
    {
        (NodeKind.None, _, _) => FormattableString.Invariant($"Tenant/{Key.Tenant}"),
        (_, { Length: > 0 } trigger, _) => $"{Key} {trigger}",
        (_, _, > 0 and var loan) => FormattableString.Invariant($"{Key} loan {loan}"),
        _ => Key.ToString(),
    };
}

/// <summary>An alert that stands.</summary>
/// <param name="Rule">Its rule.</param>
/// <param name="Subject">Of what.</param>
/// <param name="Figure">As last looked at.</param>
/// <param name="Currency">Of an amount; else unknown.</param>
/// <param name="SinceMicros">Event time at which it was raised.</param>
/// <param name="SinceSequence">Last event of the frame that raised it.</param>
public sealed record RaisedAlert(AlertRule Rule, AlertSubject Subject, double Figure, Currency Currency, long SinceMicros, long SinceSequence);

/// <summary>An alert that was raised or cleared.</summary>
/// <param name="Alert">With the figure that did it.</param>
/// <param name="IsRaised">Raised, else cleared.</param>
/// <param name="Sequence">Last event of the frame that did it.</param>
/// <param name="Micros">Its event time.</param>
public sealed record AlertChange(RaisedAlert Alert, bool IsRaised, long Sequence, long Micros);

/// <summary>How many alerts of a tenant stand.</summary>
internal readonly record struct TenantAlerts(ushort Tenant, int Info, int Warning, int Critical);

/// <summary>Alerts at one moment of the journal.</summary>
/// <param name="Rules">In force.</param>
/// <param name="Raised">The most severe first, then the newest; as many as were asked for.</param>
/// <param name="Info">How many of that severity stand.</param>
/// <param name="Warning">How many of that severity stand.</param>
/// <param name="Critical">How many of that severity stand.</param>
/// <param name="Changes">Raised and cleared since the process started.</param>
/// <param name="Unwatched">Subjects that were left out because a rule had too many; see <see cref="AlertBook.SubjectsMax"/>.</param>
/// <param name="Sequence">Event up to which the journal was looked at.</param>
/// <param name="Micros">Its event time.</param>
/// <param name="Fault">Why nothing is looked at any more; null while it is.</param>
public sealed record AlertView(AlertRules Rules, IReadOnlyList<RaisedAlert> Raised, int Info, int Warning, int Critical, long Changes, long Unwatched, long Sequence, long Micros, string? Fault)
{
    /// <summary>How many stand.</summary>
    public int Count => Info + Warning + Critical;
}

/// <summary>Alerts beside an engine. Any thread.</summary>
public interface IAlertDesk
{
    /// <summary>What stands.</summary>
    /// <param name="tenant">Only of this tenant; 0 is all.</param>
    /// <param name="take">Most alerts listed; all are counted.</param>
    AlertView Read(ushort tenant, int take);

    /// <summary>The newest changes, newest first.</summary>
    /// <param name="tenant">Only of this tenant; 0 is all.</param>
    /// <param name="take">At most so many.</param>
    IReadOnlyList<AlertChange> Newest(ushort tenant, int take);

    /// <summary>Begins to tell what is raised and cleared, for one reader of the feed.</summary>
    /// <param name="afterSequence">The event the reader has.</param>
    /// <param name="isFromNow">Whether it is the newest; else what came after it is told too.</param>
    ValueTask<IAlertReader> FollowAsync(long afterSequence, bool isFromNow);
}

/// <summary>Tells one reader of the feed what is raised and cleared, each once. One caller.</summary>
public interface IAlertReader
{
    /// <summary>What is to be told before an event, oldest first; completes once the journal was looked at up to it.</summary>
    /// <exception cref="EngineFaultException">It is not looked at any more.</exception>
    ValueTask<IReadOnlyList<AlertChange>> BeforeAsync(long sequence, CancellationToken cancellationToken);

    /// <summary>What can be told while no event comes. None on a standalone engine, where each change has its event.</summary>
    IReadOnlyList<AlertChange> Meanwhile();
}
