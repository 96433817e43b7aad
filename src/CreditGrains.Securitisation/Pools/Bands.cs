using System.Collections.Immutable;

namespace CreditGrains.Securitisation.Pools;

/// <summary>Bands of a figure that mostly stays in the one it was in: two compares tell, where the end of a search would be mispredicted at most loans.</summary>
/// <param name="between">The upper edges of all bands but the last, rising.</param>
internal readonly struct Bands(ImmutableArray<int> between)
{
    // Band b holds what is above edges[b] and at most edges[b + 1].
    private readonly int[] edges = [int.MinValue, .. between, int.MaxValue];

    /// <summary>The place of a value, first looked for in the band it is likely in.</summary>
    public int Of(int value, int likely) => (value > edges[likely]) & (value <= edges[likely + 1]) ? likely : PoolTerms.BandOf(between, value);
}
