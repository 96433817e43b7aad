using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;

namespace CreditGrains.Engine.Standalone;

/// <summary>Pools: states from what is at hand, loans copied in slices, and jobs on a copy beside decisions.</summary>
public sealed partial class CreditEngine
{
    /// <inheritdoc/>
    public ValueTask<PoolState?> GetPoolAsync(NodeKey key)
    {
        if (writer.IsServing && writer.Pools.Find(key, partition.EventJournal.DurableSequence) is { } state) return ValueTask.FromResult<PoolState?>(state);
        return Look(p =>
        {
            if (p.State.Pools.Find(key) is not { } pool) return null;
            writer.Pools.Watch(pool);
            return PoolReader.Read(p, pool);
        });
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<NodeKey>> ListPoolsAsync(ushort tenant, NodeKey after, int take)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 1_000);
        return Look(p => PoolReader.List(p, tenant, after, take));
    }

    /// <inheritdoc/>
    public Task<LivePoolLoans?> CopyPoolAsync(NodeKey key, Action<double>? progress, CancellationToken cancellationToken) =>
        PoolReader.CopyAsync(this, key, progress, cancellationToken);

    /// <inheritdoc/>
    public async Task<PoolLines?> ReadLinesAsync(NodeKey key, Action<double>? progress, CancellationToken cancellationToken) =>
        await CopyPoolAsync(key, progress, cancellationToken) is { } pool
            ? await SideThreads.Run(() => new PoolLines(pool.State, LiveCollateral.Lines(pool, LiveCollateral.StartOf(pool.State.Ledger))), cancellationToken)
            : null;

    /// <inheritdoc/>
    public async Task<PoolForecasts?> ProjectPoolAsync(NodeKey key, PoolAssumptions assumptions, string conventions, Action<double>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(assumptions);
        ArgumentNullException.ThrowIfNull(conventions);
        return await CopyPoolAsync(key, progress: null, cancellationToken) is { } pool
            ? await SideThreads.Run(() => PoolRuns.Project(pool, assumptions, conventions, progress, cancellationToken), cancellationToken)
            : null;
    }
}
