using CreditGrains.Dashboard.Pools;

namespace CreditGrains.Dashboard;

/// <summary>What the dashboard shows and how often.</summary>
public sealed record DashboardOptions
{
    /// <summary>The tenant whose book is shown; default 1.</summary>
    public ushort Tenant { get; init; } = 1;

    /// <summary>The legal entity of numbers typed into the search without one; default 1.</summary>
    public ushort LegalEntity { get; init; } = 1;

    /// <summary>How often pages are brought up to date; default 1 second. The engine is read once for all viewers, and not at all while nobody looks.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The pools shown; default none.</summary>
    public IPoolDesk Pools { get; init; } = FixedPools.None;

    /// <summary>The clock of the pages.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
