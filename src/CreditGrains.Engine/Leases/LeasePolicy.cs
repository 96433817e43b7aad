using CreditGrains.Domain.Commands;

namespace CreditGrains.Engine.Leases;

/// <summary>
/// The bounds by which a node sizes grants and recalls them. None of them carries safety; they trade messages for headroom that lies idle.
/// </summary>
public sealed record LeasePolicy
{
    /// <summary>Largest amount, minor units.</summary>
    public const long AmountMax = Command.AmountMax;

    /// <summary>Most partitions of one node's book.</summary>
    public const int HoldersMax = 65_536;

    /// <summary>A grant holds up to this many times what was asked on top. Default 8; 0 grants what is asked.</summary>
    public int GrowthFactor { get; init; } = 8;

    /// <summary>A grant also grows by usage over this, so that a busy holder asks log(usage) times. Default 8, from 1.</summary>
    public int UsageDivisor { get; init; } = 8;

    /// <summary>What a grant holds on top is at most the free amount × its part of all demand ÷ this. Default 2, from 1.</summary>
    public int FreeDivisor { get; init; } = 2;

    /// <summary>
    /// A grant may also hold on top what is free ÷ (this × partitions in the book), whatever was asked: with ample headroom the first grant then lasts long. Default 0: it may not.
    /// </summary>
    public int ShareDivisor { get; init; }

    /// <summary>
    /// At a decline, at most limit ÷ this lies unused with all holders together. Default 1,024; 0 means nothing may (each decline then recalls every last unit).
    /// </summary>
    public int StrandedDivisor { get; init; } = 1_024;

    /// <summary>Most recalls open for one waiting demand. Default 256, from 1.</summary>
    public int RecallsOpenMax { get; init; } = 256;

    /// <summary>What one holder may keep unused when recalled, minor units.</summary>
    /// <param name="limit">Limit in force.</param>
    /// <param name="holders">Partitions in the book.</param>
    public long Tolerance(long limit, int holders) => StrandedDivisor == 0 || holders == 0 ? 0 : limit / StrandedDivisor / holders;

    /// <summary>
    /// The bound on false declines: with recalls answered, a request is declined only if its amount is more than limit − Σ usage − this.
    /// </summary>
    /// <param name="limit">Limit in force, minor units.</param>
    public long StrandedMax(long limit) => StrandedDivisor == 0 ? 0 : limit / StrandedDivisor;

    /// <summary>The grant for a demand that fits.</summary>
    /// <param name="room">Free amount beyond <paramref name="least"/>, minor units, 0 or more.</param>
    /// <param name="usage">The holder's usage.</param>
    /// <param name="least">What the grant must be.</param>
    /// <param name="wanted">What would serve all its waiting requests.</param>
    /// <param name="asked">Weight of this demand, from 1.</param>
    /// <param name="askedSum">Weights of all demands with this one.</param>
    /// <param name="isContended">True when other demands wait: nothing on top, so that what was recalled for them is not stranded.</param>
    /// <param name="holders">Partitions in the book, from 1.</param>
    /// <returns>From <paramref name="least"/> to least + room.</returns>
    public long Size(long room, long usage, long least, long wanted, long asked, Int128 askedSum, bool isContended, int holders)
    {
        if (isContended || room <= 0) return least;
        var growth = (Int128)(wanted - least) + (Int128)asked * GrowthFactor + usage / UsageDivisor;
        if (ShareDivisor > 0) growth = Int128.Max(growth, room / ((long)ShareDivisor * holders));
        var part = (Int128)room * asked / (Int128.Max(asked, askedSum) * FreeDivisor);
        var top = Int128.Min(AmountMax - least, Int128.Min(growth, part));
        return least + (long)Int128.Max(0, top);
    }

    /// <summary>Throws when a bound is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the bound and its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(GrowthFactor);
        ArgumentOutOfRangeException.ThrowIfLessThan(UsageDivisor, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FreeDivisor, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(ShareDivisor);
        ArgumentOutOfRangeException.ThrowIfNegative(StrandedDivisor);
        ArgumentOutOfRangeException.ThrowIfLessThan(RecallsOpenMax, 1);
    }
}
