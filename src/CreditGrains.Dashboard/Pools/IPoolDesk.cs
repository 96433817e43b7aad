using System.Collections.Immutable;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Dashboard.Pools;

/// <summary>A pool as the pages see it.</summary>
/// <param name="Id">Names it in addresses: letters, digits and hyphens.</param>
/// <param name="Name">As shown.</param>
/// <param name="Currency">Of its amounts.</param>
/// <param name="Ledger">What it has done; changed by nobody. Null when only its loans are known.</param>
/// <param name="Lines">Its performing loans, alike ones put together.</param>
/// <param name="Deal">The deal on it, with the lines and what was collected; null when there is none.</param>
/// <param name="Version">Another number when any of this is another.</param>
public sealed record PoolSight(string Id, string Name, Currency Currency, PoolLedger? Ledger, ImmutableArray<LoanLine> Lines, DealTerms? Deal, long Version)
{
    /// <summary>Why there is no deal or projection though one is wanted; empty when there is nothing to say.</summary>
    public string Note { get; init; } = "";

    /// <summary>Whether its loans are still being read: state is shown, projections follow.</summary>
    public bool IsReading { get; init; }
}

/// <summary>A pool that can be chosen.</summary>
public sealed record PoolEntry(string Id, string Name);

/// <summary>Where the pages find asset pools. What it gives may be kept and read by any number of viewers.</summary>
public interface IPoolDesk
{
    /// <summary>The pools, in the order they are offered.</summary>
    ValueTask<IReadOnlyList<PoolEntry>> ListAsync();

    /// <summary>A pool; null when there is none of that id. The same object as before while nothing has changed.</summary>
    ValueTask<PoolSight?> ReadAsync(string id);
}

/// <summary>Pools that do not change.</summary>
public sealed class FixedPools(IReadOnlyList<PoolSight> pools) : IPoolDesk
{
    /// <summary>None at all.</summary>
    public static FixedPools None { get; } = new([]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PoolEntry>> ListAsync() => ValueTask.FromResult<IReadOnlyList<PoolEntry>>([.. pools.Select(pool => new PoolEntry(pool.Id, pool.Name))]);

    /// <inheritdoc/>
    public ValueTask<PoolSight?> ReadAsync(string id) => ValueTask.FromResult(pools.FirstOrDefault(pool => pool.Id == id));
}

/// <summary>Several desks as one, in their order.</summary>
public sealed class JoinedPools(params IReadOnlyList<IPoolDesk> desks) : IPoolDesk
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PoolEntry>> ListAsync()
    {
        var entries = new List<PoolEntry>();
        foreach (var desk in desks) entries.AddRange(await desk.ListAsync());
        return entries;
    }

    /// <inheritdoc/>
    public async ValueTask<PoolSight?> ReadAsync(string id)
    {
        foreach (var desk in desks)
            if (await desk.ReadAsync(id) is { } pool) return pool;
        return null;
    }
}
