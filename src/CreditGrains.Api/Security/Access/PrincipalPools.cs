using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;

namespace CreditGrains.Api.Security.Access;

/// <summary>The pools as one principal may read them: of its tenant and legal entities only.</summary>
internal sealed class PrincipalPools(IPoolSource pools, Principal principal) : IPoolSource
{
    private const int PageMax = 1_000;

    /// <inheritdoc/>
    public ValueTask<PoolState?> GetPoolAsync(NodeKey key)
    {
        Reading.Demand(principal, key);
        return pools.GetPoolAsync(key);
    }

    /// <summary>Pools it may read; reads on until the page is full or there is no more.</summary>
    public async ValueTask<IReadOnlyList<NodeKey>> ListPoolsAsync(ushort tenant, NodeKey after, int take)
    {
        Reading.Demand(principal, tenant);
        if (principal.HasWholeTenant) return await pools.ListPoolsAsync(tenant, after, take);
        var own = new List<NodeKey>(take);
        while (true)
        {
            var page = await pools.ListPoolsAsync(tenant, after, PageMax);
            own.AddRange(page.Where(principal.Covers).Take(take - own.Count));
            if (own.Count == take || page.Count < PageMax) return own;
            after = page[^1];
        }
    }

    /// <inheritdoc/>
    public Task<LivePoolLoans?> CopyPoolAsync(NodeKey key, Action<double>? progress, CancellationToken cancellationToken)
    {
        Reading.Demand(principal, key);
        return pools.CopyPoolAsync(key, progress, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<PoolLines?> ReadLinesAsync(NodeKey key, Action<double>? progress, CancellationToken cancellationToken)
    {
        Reading.Demand(principal, key);
        return pools.ReadLinesAsync(key, progress, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<PoolForecasts?> ProjectPoolAsync(NodeKey key, PoolAssumptions assumptions, string conventions, Action<double>? progress, CancellationToken cancellationToken)
    {
        Reading.Demand(principal, key);
        return pools.ProjectPoolAsync(key, assumptions, conventions, progress, cancellationToken);
    }
}
