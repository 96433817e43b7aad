using System.Collections.Immutable;
using CreditGrains.Dashboard.Pools;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Dashboard.Browser;

/// <summary>A deal on two thousand lines of different terms and rates.</summary>
internal static class MeasuredPool
{
    private const int Lines = 2_000;

    public static IPoolDesk Of(ReadOnlyMemory<byte> json)
    {
        var deal = DealFile.Parse(json);
        var like = deal.Lines[0];
        var lines = Enumerable.Range(0, Lines).Select(i => like with { Id = "", Balance = Math.Floor(like.Balance / Lines), RateAnnual = like.RateAnnual + i % 40 / 1_000.0, RemainingMonths = 6 + i % 55 }).ToImmutableArray();
        deal = deal with { Lines = lines };
        return new FixedPools([new PoolSight("measured", deal.Name, deal.Currency, null, lines, deal, 1)]);
    }
}
