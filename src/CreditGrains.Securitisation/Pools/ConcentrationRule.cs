namespace CreditGrains.Securitisation.Pools;

/// <summary>What balances are added up by.</summary>
public enum PoolDimension
{
    Bucket = 0,
    TermBand = 1,
    RateBand = 2,
    Industry = 3,
    Region = 4,
    Vintage = 5,
    Obligor = 6,
}

/// <summary>The largest part of the pool that one group may have after a loan enters.</summary>
/// <param name="Name">As refusals name it.</param>
/// <param name="By">What makes a group: term band, rate band, industry, region or obligor.</param>
/// <param name="MaxPpm">Parts per million, included.</param>
/// <param name="Floor">The pool counts as at least so large, minor units: a pool that is being filled needs it.</param>
public sealed record ConcentrationRule(string Name, PoolDimension By, int MaxPpm, long Floor)
{
    private const int WholePpm = 1_000_000;

    /// <summary>Whether a group of a balance is too large a part of a pool.</summary>
    public bool IsAbove(long group, long pool) => (Int128)group * WholePpm > (Int128)Math.Max(pool, Floor) * MaxPpm;
}
