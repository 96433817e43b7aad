using CreditGrains.Api.Security.Access;
using CreditGrains.Dashboard.Pools;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Scoring;

namespace CreditGrains.Dashboard.Live;

/// <summary>
/// What one visitor sees. Pages reach the engine, pools, models and alerts through this alone, so what is not the visitor's cannot come onto a page: it is answered as unknown, or refused.
/// </summary>
public sealed class Sight
{
    private readonly DashboardOptions options;

    internal Sight(Principal visitor, DashboardOptions options)
    {
        this.options = options;
        Visitor = visitor;
    }

    /// <summary>Who looks, as of when the page was opened.</summary>
    public Principal Visitor { get; }

    /// <summary>The tenant whose book is shown: the visitor's own; of a visitor of all tenants the one of the options.</summary>
    public ushort Tenant => Visitor.Tenant == 0 ? options.Tenant : Visitor.Tenant;

    /// <summary>The legal entity of numbers without one.</summary>
    public ushort LegalEntity => Visitor.HasWholeTenant || Visitor.LegalEntities.Contains(options.LegalEntity) ? options.LegalEntity : Visitor.LegalEntities[0];

    /// <summary>Whether the visitor may see the engine as a whole: its health and its totals.</summary>
    public bool IsWhole => Visitor.Tenant == 0;

    /// <summary>The engine as the visitor may use it.</summary>
    public required ICreditEngine Engine { get; init; }

    /// <summary>The view of all who see the same part of the book.</summary>
    public required LiveBoard Board { get; init; }

    /// <summary>Pools the visitor may see.</summary>
    public required IPoolDesk Pools { get; init; }

    /// <summary>Monitors, shadows and backtests; null when there are none here.</summary>
    public required IRiskDesk? Risk { get; init; }

    /// <summary>Alerts the visitor may see; null when there are none here.</summary>
    public required IAlertDesk? Alerts { get; init; }

    /// <summary>The key of something of the visitor's; null when the numbers are none, or another's.</summary>
    public NodeKey? KeyOf(long entity, NodeKind kind, long id) =>
        entity is > 0 and <= ushort.MaxValue && new NodeKey(id, Tenant, (ushort)entity, kind) is { IsValid: true } key && Visitor.Covers(key) ? key : null;

    /// <summary>Whether somebody still is who this was made for, with the same rights.</summary>
    public bool IsOf(Principal? now) => now is not null
        && (ReferenceEquals(now, Visitor) || (now.Id == Visitor.Id && now.Roles == Visitor.Roles && now.Tenant == Visitor.Tenant && now.LegalEntities.SequenceEqual(Visitor.LegalEntities)));
}
