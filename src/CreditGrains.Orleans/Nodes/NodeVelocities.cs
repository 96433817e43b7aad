using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Nodes;

/// <summary>
/// Deals the velocity limits of a shared node to partitions (docs/leases.md, "Velocity limits"): the parts of a window add up to at most its limit, a part is stored before it is told, and
/// it becomes less only by what its partition has journaled. When a demand does not fit, all others give back what they have not used, and only then the answer is no.
/// </summary>
internal sealed class NodeVelocities(NodeKey node, NodeLedger ledger, IClusterGrains grains, Func<Task<NodeView?>> readTerms) : IDisposable
{
    /// <summary>On top of what is asked for goes at most this part of what is free, or half of an even share, so that not every request asks.</summary>
    private const int ExtraDivisor = 8;

    private readonly SemaphoreSlim one = new(1);

    // Old terms do no harm: whoever changes them stores this node's state first, and with an older one nothing more can be stored here, so nothing is told.
    private NodeView? terms;

    /// <summary>Answers a partition.</summary>
    /// <returns>Null when there is no such velocity limit.</returns>
    public Task<VelocityShare?> AskAsync(VelocityAsk ask) => AloneAsync(async () =>
    {
        if (await LimitAsync(ask.WindowSeconds) is not { } limit) return null;
        if (!Fits(limit, ask)) await TakeBackAsync([.. PartsOf(ask.WindowSeconds).Where(p => p.Partition != ask.Partition && (p.Amount > 0 || p.Count > 0)).Select(p => p.Partition)], ask.WindowSeconds, isAll: false);
        var (amount, count) = Free(limit, ask);
        var mine = PartOf(ask.WindowSeconds, ask.Partition);
        var share = new VelocityShare(Sized(limit.AmountMax, amount, ask.Amount), Sized(limit.CountMax, count, ask.Count), limit.AmountMax, limit.CountMax, ask.Amount > amount, ask.Count > count);
        // Never less than before: an answer to an earlier question may be on its way. What facts brought is in the part, and gives no right to approve as much again.
        // Stored also when nothing changed: another activation may have stored since, and then this one knows nothing.
        await StoreAsync([mine with { Amount = Part(share.Amount, mine.Amount), Count = Part(share.Count, mine.Count), Answered = Math.Max(mine.Answered, ask.Number) }]);
        return share;
    });

    /// <summary>The register has other terms.</summary>
    public void TermsChanged() => terms = null;

    /// <summary>After a change of a velocity limit that every partition has been told: takes back what is not used, so that a lower limit is in force.</summary>
    public Task SettleAsync(int windowSeconds, IEnumerable<int> mirrors) => AloneAsync(async () =>
    {
        TermsChanged();
        // Removed: what was answered stays known, or an answer on its way would count when there is a limit of this window again.
        if (await LimitAsync(windowSeconds) is null) await StoreAsync([.. PartsOf(windowSeconds).Select(p => p with { Amount = 0, Count = 0 })]);
        else await TakeBackAsync([.. mirrors], windowSeconds, isAll: true);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose() => one.Dispose();

    private async Task<T> AloneAsync<T>(Func<Task<T>> act)
    {
        await one.WaitAsync();
        try
        {
            return await act();
        }
        finally
        {
            one.Release();
        }
    }

    private async Task<VelocityLimitView?> LimitAsync(int windowSeconds)
    {
        terms ??= await readTerms();
        foreach (var limit in terms?.VelocityLimits ?? [])
            if (limit.WindowSeconds == windowSeconds) return limit;
        // The partition has heard of one that these terms do not have.
        terms = null;
        return null;
    }

    private IEnumerable<VelocityPart> PartsOf(int windowSeconds) => ledger.Velocities.Where(p => p.WindowSeconds == windowSeconds);

    private VelocityPart PartOf(int windowSeconds, int partition) => PartsOf(windowSeconds).FirstOrDefault(p => p.Partition == partition) ?? new VelocityPart(windowSeconds, partition, 0, 0);

    private bool Fits(VelocityLimitView limit, VelocityAsk ask)
    {
        var (amount, count) = Free(limit, ask);
        return ask.Amount <= amount && ask.Count <= count;
    }

    /// <summary>What the partition that asks may have in all; the most a number holds where there is no bound.</summary>
    private (long Amount, long Count) Free(VelocityLimitView limit, VelocityAsk ask)
    {
        Int128 amount = 0, count = 0;
        foreach (var part in PartsOf(ask.WindowSeconds))
        {
            if (part.Partition == ask.Partition) continue;
            amount += Math.Max(0, part.Amount);
            count += Math.Max(0, part.Count);
        }
        return (limit.AmountMax < 0 ? long.MaxValue : (long)Int128.Max(0, limit.AmountMax - amount), limit.CountMax < 0 ? long.MaxValue : (long)Int128.Max(0, limit.CountMax - count));
    }

    private static long Part(long given, long before) => given < 0 ? -1 : Math.Max(given, before);

    /// <summary>What is asked for and something on top, if that is free; else all that is.</summary>
    private long Sized(long max, long free, long asked)
    {
        if (max < 0) return -1;
        return asked > free ? free : asked + (free - asked) / Math.Max(ExtraDivisor, 2 * ledger.Velocities.Count);
    }

    /// <exception cref="Exception">A partition does not answer: what it has is not known to be free.</exception>
    private async Task TakeBackAsync(int[] partitions, int windowSeconds, bool isAll)
    {
        var parts = await Task.WhenAll(partitions.Select(async p =>
        {
            var answered = PartOf(windowSeconds, p).Answered;
            var left = ViewWire.Read<VelocityPart>(await grains.Partition(p).GiveBackVelocityAsync(ViewWire.Write(new VelocityRecall(node, windowSeconds, answered, isAll))))!;
            return left with { Answered = answered };
        }));
        if (parts.Length > 0) await StoreAsync(parts);
    }

    private Task StoreAsync(VelocityPart[] parts) =>
        ledger.VelocitiesAsync([.. ledger.Velocities.Where(p => !Array.Exists(parts, n => n.WindowSeconds == p.WindowSeconds && n.Partition == p.Partition)), .. parts]);
}
