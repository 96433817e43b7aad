using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Nodes;

/// <summary>
/// Deals the velocity limits of a shared node to partitions (docs/leases.md, "Velocity limits"): the parts of a window add up to at most its limit, a part is stored before it is told, and
/// it becomes less only by what its partition has journaled. When a demand does not fit, all others give back what they have not used, and only then the answer is no.
/// </summary>
internal sealed class NodeVelocities(NodeKey node, NodeLedger ledger, IClusterGrains grains, Func<Task<NodeView?>> terms) : IDisposable
{
    /// <summary>On top of what is asked for goes this part of what is free, so that not every request asks.</summary>
    private const int ExtraDivisor = 8;

    private readonly SemaphoreSlim one = new(1);

    /// <summary>Answers a partition.</summary>
    /// <returns>Null when there is no such velocity limit.</returns>
    public async Task<VelocityShare?> AskAsync(VelocityAsk ask)
    {
        await one.WaitAsync();
        try
        {
            if (await LimitAsync(ask.WindowSeconds) is not { } limit) return null;
            if (!Fits(limit, ask)) await TakeBackAsync(ask.WindowSeconds, ask.Partition);
            var (amount, count) = Free(limit, ask.WindowSeconds, ask.Partition);
            var isEnough = Fits(limit, ask);
            var mine = ledger.Velocities.FirstOrDefault(p => p.WindowSeconds == ask.WindowSeconds && p.Partition == ask.Partition);
            // Never less than before: an answer to an earlier question may be on its way.
            var part = new VelocityPart(ask.WindowSeconds, ask.Partition,
                limit.AmountMax < 0 ? -1 : Math.Max(mine?.Amount ?? 0, Math.Min(amount, ask.Amount + Math.Max(0, amount - ask.Amount) / ExtraDivisor)),
                limit.CountMax < 0 ? -1 : Math.Max(mine?.Count ?? 0, Math.Min(count, ask.Count + Math.Max(0, count - ask.Count) / ExtraDivisor)));
            // Also when nothing changed: another activation may have stored since, and then this one knows nothing.
            await StoreAsync([part]);
            return new VelocityShare(part.Amount, part.Count, isEnough);
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>After a change of a velocity limit that every partition has been told: takes back what is not used, so that a lower limit is in force.</summary>
    public async Task SettleAsync(int windowSeconds, IEnumerable<int> mirrors)
    {
        await one.WaitAsync();
        try
        {
            if (await LimitAsync(windowSeconds) is null) await ledger.VelocitiesAsync([.. ledger.Velocities.Where(p => p.WindowSeconds != windowSeconds)]);
            else await TakeBackAsync(windowSeconds, mirrors);
        }
        finally
        {
            one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => one.Dispose();

    private async Task<VelocityLimitView?> LimitAsync(int windowSeconds)
    {
        foreach (var limit in (await terms())?.VelocityLimits ?? [])
            if (limit.WindowSeconds == windowSeconds) return limit;
        return null;
    }

    private bool Fits(VelocityLimitView limit, VelocityAsk ask)
    {
        var (amount, count) = Free(limit, ask.WindowSeconds, ask.Partition);
        return ask.Amount <= amount && ask.Count <= count;
    }

    /// <summary>What one partition may have in all; the most a number holds where there is no bound.</summary>
    private (long Amount, long Count) Free(VelocityLimitView limit, int windowSeconds, int partition)
    {
        Int128 amount = 0, count = 0;
        foreach (var part in ledger.Velocities)
        {
            if (part.WindowSeconds != windowSeconds || part.Partition == partition) continue;
            amount += Math.Max(0, part.Amount);
            count += Math.Max(0, part.Count);
        }
        return (limit.AmountMax < 0 ? long.MaxValue : (long)Int128.Max(0, limit.AmountMax - amount), limit.CountMax < 0 ? long.MaxValue : (long)Int128.Max(0, limit.CountMax - count));
    }

    private Task TakeBackAsync(int windowSeconds, int except) =>
        TakeBackAsync(windowSeconds, [.. ledger.Velocities.Where(p => p.WindowSeconds == windowSeconds && p.Partition != except && (p.Amount > 0 || p.Count > 0)).Select(p => p.Partition)]);

    /// <exception cref="Exception">A partition does not answer: what it has is not known to be free.</exception>
    private async Task TakeBackAsync(int windowSeconds, IEnumerable<int> partitions)
    {
        var parts = await Task.WhenAll(partitions.Select(async p =>
            ViewWire.Read<VelocityPart>(await grains.Partition(p).GiveBackVelocityAsync(ViewWire.Write(new VelocityAsk(node, p, windowSeconds, 0, 0))))!));
        if (parts.Length > 0) await StoreAsync(parts);
    }

    private Task StoreAsync(VelocityPart[] parts) =>
        ledger.VelocitiesAsync([.. ledger.Velocities.Where(p => !Array.Exists(parts, n => n.WindowSeconds == p.WindowSeconds && n.Partition == p.Partition)), .. parts]);
}
