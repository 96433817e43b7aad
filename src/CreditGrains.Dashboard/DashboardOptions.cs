using CreditGrains.Dashboard.Pools;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Scoring;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Dashboard;

/// <summary>What the dashboard shows and how often.</summary>
public sealed record DashboardOptions
{
    /// <summary>The tenant whose book is shown to visitors of all tenants; default 1. A visitor of one tenant sees that.</summary>
    public ushort Tenant { get; init; } = 1;

    /// <summary>The legal entity of numbers typed into the search without one; default 1.</summary>
    public ushort LegalEntity { get; init; } = 1;

    /// <summary>How often pages are brought up to date; default 1 second. The engine is read once for all viewers, and not at all while nobody looks.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The deal on a live pool of the engine; null, and a null answer, for none.</summary>
    public Func<PoolState, DealTerms?>? LiveDeal { get; init; }

    /// <summary>Pools shown beside those of the engine; default none.</summary>
    public IPoolDesk Pools { get; init; } = FixedPools.None;

    /// <summary>The clock of the pages.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>What there is beside the engine, as far as there is any.</summary>
/// <param name="Pools">Live pools of the engine.</param>
/// <param name="Risk">Monitors, shadows, backtests.</param>
/// <param name="Alerts">Alerts.</param>
public sealed record DashboardSources(IPoolSource? Pools, IRiskDesk? Risk, IAlertDesk? Alerts)
{
    /// <summary>Nothing.</summary>
    public static DashboardSources None { get; } = new(null, null, null);
}
