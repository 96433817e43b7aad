using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Pools;

/// <summary>Reads pools on the writer: a state at once, loans in slices that leave it free in between.</summary>
internal static class PoolReader
{
    /// <summary>Rows of a slice: some hundred microseconds of the writer's time.</summary>
    public const int SliceRows = 8_192;

    public static PoolState? Read(Partition partition, NodeKey key) => partition.State.Pools.Find(key) is { } pool ? Read(partition, pool) : null;

    public static PoolState Read(Partition partition, LivePool pool) =>
        new(pool.Key, pool.Terms, pool.TermsHashText, pool.Ledger.Freeze(), partition.Executor.LastSequence, partition.Executor.LastRecordedAtMicros);

    public static IReadOnlyList<NodeKey> List(Partition partition, ushort tenant, NodeKey after, int take) =>
    [
        .. partition.State.Pools.All.Select(pool => pool.Key).Where(key => key.Tenant == tenant && (after == default || (key.LegalEntity, key.Id).CompareTo((after.LegalEntity, after.Id)) > 0))
            .OrderBy(key => key.LegalEntity).ThenBy(key => key.Id).Take(take),
    ];

    /// <summary>Copies a pool with its loans.</summary>
    /// <param name="look">Runs something on the writer and gives what it gave, once that is durable.</param>
    /// <param name="key">The pool.</param>
    /// <param name="progress">Told the part done; may be null.</param>
    /// <param name="cancellationToken">Gives up between slices.</param>
    public static async Task<LivePoolLoans?> CopyAsync(IWriterLook look, NodeKey key, Action<double>? progress, CancellationToken cancellationToken)
    {
        PoolCopy? copy = null;
        var state = await look.RunAsync(p =>
        {
            if (p.State.Pools.Find(key) is not { } pool) return null;
            p.State.Pools.Begin(copy = new PoolCopy(p.State.Pools, pool));
            return Read(p, key);
        });
        if (copy is null || state is null) return null;
        var slices = new List<ReadOnlyMemory<LiveLoan>>();
        try
        {
            for (var isLeft = true; isLeft;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var slice = new LiveLoan[SliceRows];
                var count = 0;
                isLeft = await look.RunAsync(_ => copy.Step(slice, out count));
                if (count > 0) slices.Add(count < SliceRows / 2 ? slice.AsMemory(0, count).ToArray() : slice.AsMemory(0, count));
                progress?.Invoke(copy.Progress);
            }
        }
        finally
        {
            await look.RunAsync(p =>
            {
                p.State.Pools.End(copy);
                return true;
            });
        }

        return new LivePoolLoans(state, slices);
    }
}

/// <summary>Runs something on the writer.</summary>
internal interface IWriterLook
{
    /// <summary>Runs it, and completes once all it may have seen is durable.</summary>
    ValueTask<T> RunAsync<T>(Func<Partition, T> look);
}
