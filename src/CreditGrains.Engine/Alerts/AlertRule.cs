using System.Collections.Immutable;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Alerts;

/// <summary>What an alert looks at.</summary>
public enum AlertFigure
{
    /// <summary>Exposure ÷ limit of a node or facility, a ratio.</summary>
    Utilisation = 0,

    /// <summary>Requests decided within the window.</summary>
    Decisions = 1,

    /// <summary>Requests declined within the window.</summary>
    Declines = 2,

    /// <summary>What exposure has grown by within the window, major units of the node's currency.</summary>
    ExposureGrowth = 3,

    /// <summary>How far a trigger of a pool is from its level on the good side, a ratio; negative when breached. Low is bad.</summary>
    TriggerDistance = 4,

    /// <summary>Days past due of a loan, or of the worst loan of an account.</summary>
    DaysPastDue = 5,

    /// <summary>Delinquency bucket of a loan, or of the worst loan of an account; 0 is M0.</summary>
    Bucket = 6,
}

/// <summary>How much an alert matters.</summary>
public enum AlertSeverity
{
    /// <summary>Good to know.</summary>
    Info = 0,

    /// <summary>Somebody should look.</summary>
    Warning = 1,

    /// <summary>Somebody must act.</summary>
    Critical = 2,
}

/// <summary>Where a rule looks: exactly one of the three.</summary>
/// <param name="Tenant">The whole book of a tenant; 0 when it is one of the others.</param>
/// <param name="Kind">Every node of a kind, each for itself.</param>
/// <param name="Node">One node or facility.</param>
public readonly record struct AlertScope(ushort Tenant, NodeKind Kind, NodeKey Node)
{
    /// <summary>Whether it is every node of a kind.</summary>
    public bool IsKind => Kind != NodeKind.None;

    /// <summary>Whether it is one node.</summary>
    public bool IsNode => Node != default;

    /// <inheritdoc/>
    public override string ToString() => IsNode ? Node.ToString() : IsKind ? $"every {Kind}" : $"tenant {Tenant}";
}

/// <summary>One rule, checked. A figure of a subject raises an alert at <see cref="Raise"/> and clears it beyond <see cref="Clear"/>: in between nothing changes.</summary>
public sealed record AlertRule
{
    /// <summary>Names the rule in its file.</summary>
    public required string Name { get; init; }

    /// <summary>What is looked at.</summary>
    public required AlertFigure Figure { get; init; }

    /// <summary>How much it matters.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>Where it looks.</summary>
    public required AlertScope Of { get; init; }

    /// <summary>Seconds of event time a velocity is counted over; 0 for other figures.</summary>
    public int WindowSeconds { get; init; }

    /// <summary>Of trigger distance: only this trigger; empty is every one.</summary>
    public string Trigger { get; init; } = "";

    /// <summary>Of lateness: whether each loan is a subject, else each account by its worst loan.</summary>
    public bool IsPerLoan { get; init; }

    /// <summary>At this figure and worse the alert is raised.</summary>
    public required double Raise { get; init; }

    /// <summary>Better than this the alert is cleared.</summary>
    public required double Clear { get; init; }

    /// <summary>English text; {subject}, {figure} and {threshold} are filled in.</summary>
    public required string English { get; init; }

    /// <summary>Chinese text, with the same places.</summary>
    public required string Chinese { get; init; }

    /// <summary>Whether a low figure is the bad one.</summary>
    public bool IsBadBelow => Figure == AlertFigure.TriggerDistance;

    /// <summary>Whether it counts over a window.</summary>
    public bool IsVelocity => Figure is AlertFigure.Decisions or AlertFigure.Declines or AlertFigure.ExposureGrowth;

    internal bool IsRaisedBy(double figure) => IsBadBelow ? figure <= Raise : figure >= Raise;

    internal bool IsClearedBy(double figure) => IsBadBelow ? figure > Clear : figure < Clear;
}

/// <summary>The rules of a file.</summary>
/// <param name="Name">Of the file.</param>
/// <param name="Rules">At least one, at most <see cref="RulesMax"/>; names differ.</param>
public sealed record AlertRules(string Name, ImmutableArray<AlertRule> Rules)
{
    /// <summary>Most rules.</summary>
    public const int RulesMax = 256;
}
