using CreditGrains.Engine.Tables;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Pools;

/// <summary>Adds pools up again: balances, numbers and groups from the rows of their loans, each closed month from its flows.</summary>
internal static class PoolConservation
{
    private static readonly PoolDimension[] Dimensions = Enum.GetValues<PoolDimension>();

    /// <summary>The first thing that does not add up; null when all does.</summary>
    public static string? FindBreach(PartitionState state)
    {
        var sums = state.Pools.All.Select(_ => new Sums()).ToArray();
        for (var row = 1; row < state.PoolLoans.End; row++)
        {
            ref readonly var loan = ref state.PoolLoans.Read(row);
            if (loan.Member.Pool == 0) continue;
            if (loan.Member.Pool > sums.Length) return $"loan {loan.Id} is in pool {loan.Member.Pool} of {sums.Length}";
            sums[loan.Member.Pool - 1].Add(loan.Member);
        }

        foreach (var pool in state.Pools.All)
            if ((BreachOfRows(pool.Ledger, sums[pool.Place]) ?? BreachOfMonths(pool.Ledger)) is { } breach) return $"{pool.Key}: {breach}";
        return null;
    }

    private static string? BreachOfRows(PoolLedger pool, Sums sums)
    {
        if (pool.Balance != sums.Balance || pool.Loans != sums.Loans) return $"it holds {pool.Balance} in {pool.Loans} loans, which add up to {sums.Balance} in {sums.Loans}";
        if (pool.DefaultedStock != sums.Defaulted) return $"its loans in default owe {pool.DefaultedStock} and add up to {sums.Defaulted}";
        foreach (var dimension in Dimensions)
            for (var place = 0; place < pool.By(dimension).Groups; place++)
            {
                var (loans, balance) = sums.Of(dimension, place);
                if (pool.By(dimension).Count(place) != loans || pool.By(dimension).Balance(place) != balance)
                    return $"{dimension} {place} holds {pool.By(dimension).Balance(place)} in {pool.By(dimension).Count(place)} loans, which add up to {balance} in {loans}";
            }

        return null;
    }

    private static string? BreachOfMonths(PoolLedger pool)
    {
        long closing = 0;
        foreach (var month in pool.History.Append(pool.Open))
        {
            if (month.Opening != closing) return $"month {month.Period} opens with {month.Opening} after {closing}";
            if (month.ByFlows != month.Closing) return $"month {month.Period} closes with {month.Closing}, by its flows with {month.ByFlows}";
            closing = month.Closing;
        }

        return null;
    }

    private sealed class Sums
    {
        private readonly Dictionary<(PoolDimension, int), (long Loans, long Balance)> groups = [];

        public long Balance { get; private set; }

        public long Loans { get; private set; }

        public long Defaulted { get; private set; }

        public (long Loans, long Balance) Of(PoolDimension dimension, int place) => groups.GetValueOrDefault((dimension, place));

        public void Add(in PoolMember member)
        {
            if (member.State == MemberState.Defaulted) Defaulted += member.Principal;
            if (member.State != MemberState.Performing) return;
            Balance += member.Principal;
            Loans++;
            foreach (var dimension in Dimensions)
            {
                var key = (dimension, PlaceOf(member, dimension));
                var sum = groups.GetValueOrDefault(key);
                groups[key] = (sum.Loans + 1, sum.Balance + member.Principal);
            }
        }

        private static int PlaceOf(in PoolMember member, PoolDimension dimension) => dimension switch
        {
            PoolDimension.Bucket => member.Bucket,
            PoolDimension.TermBand => member.TermBand,
            PoolDimension.RateBand => member.RateBand,
            PoolDimension.Industry => member.Industry,
            PoolDimension.Region => member.Region,
            PoolDimension.Vintage => member.Vintage,
            _ => member.Obligor,
        };
    }
}
