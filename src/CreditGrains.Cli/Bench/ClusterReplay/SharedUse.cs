namespace CreditGrains.Cli.Bench.ClusterReplay;

/// <summary>The exposure of a shared node along the feed, and the most it was within the time that a request may wait.</summary>
internal sealed class SharedUse(long limit)
{
    /// <summary>A cluster lets a request wait for headroom at most 2.5 s; recalls answered meanwhile count usage as it was then. Half a second for clocks and flushes.</summary>
    private const long WaitMicrosMax = 3_000_000;

    private readonly LinkedList<(long At, long Exposure)> peaks = new();

    /// <summary>Exposure after the last event.</summary>
    public long Exposure { get; private set; }

    /// <summary>Headroom that may lie idle with other partitions at a decline: a 1,024th of the limit (docs/leases.md, StrandedDivisor). Shares are whole and there is one currency, so nothing is rounded.</summary>
    public long IdleMax => limit / 1_024;

    /// <summary>An event changed the exposure.</summary>
    public void Move(long at, long change)
    {
        Forget(at);
        // What stood until now was seen until now.
        Note(at, Exposure);
        Exposure += change;
        Note(at, Exposure);
    }

    /// <summary>Whether a decline of an amount is within the bound: more was asked than the least headroom that partitions may have seen, less what may lie idle.</summary>
    public bool MayDecline(long at, long amount)
    {
        Forget(at);
        var most = Math.Max(Exposure, peaks.First?.Value.Exposure ?? long.MinValue);
        return amount > limit - most - IdleMax;
    }

    private void Note(long at, long exposure)
    {
        while (peaks.Last is { } last && last.Value.Exposure <= exposure) peaks.RemoveLast();
        peaks.AddLast((at, exposure));
    }

    private void Forget(long at)
    {
        while (peaks.First is { } first && first.Value.At < at - WaitMicrosMax) peaks.RemoveFirst();
    }
}
