namespace CreditGrains.Securitisation.Pools;

/// <summary>A pool that is kept in parts, each by a ledger of its own: what each may hold, and how they add up.</summary>
public sealed partial class PoolLedger
{
    private static readonly PoolDimension[] Coded = [PoolDimension.Industry, PoolDimension.Region, PoolDimension.Vintage];
    private static readonly PoolDimension[] Banded = [PoolDimension.Bucket, PoolDimension.TermBand, PoolDimension.RateBand];

    /// <summary>Parts the pool is kept in; 1, the usual, is the whole pool here. Each part's sums stay below <see cref="BalanceMax"/> ÷ this, so that those of the pool cannot overflow.</summary>
    public int Parts { get; set; } = 1;

    /// <summary>Largest balance and largest sum here, minor units.</summary>
    public long SumMax => BalanceMax / Parts;

    /// <summary>
    /// Adds the parts of a pool up. A part whose open month is behind closes the months that another has closed, as they stand. Codes and vintages are in rising order; obligors are left out.
    /// </summary>
    /// <param name="parts">At least one, of the same terms; ledgers of the caller's own (<see cref="Freeze"/>, <see cref="RestoreWhole"/>), whose months are closed.</param>
    public static PoolLedger AddUp(IReadOnlyList<PoolLedger> parts)
    {
        var sum = new PoolLedger(parts[0].Terms);
        var last = parts.Max(part => part.open.Period);
        foreach (var part in parts)
            while (part.open.Period < last) part.Close();
        for (var month = 0; month < parts[0].history.Count; month++)
        {
            PoolFlows flows = default;
            var moves = new RollCounts(sum.Terms.Buckets.Count);
            foreach (var part in parts)
            {
                flows = flows.Plus(part.history[month]);
                moves.Add(part.rolls[month]);
            }

            sum.history.Add(flows);
            sum.rolls.Add(moves);
        }

        sum.open = default;
        foreach (var part in parts) sum.open = sum.open.Plus(part.open);
        foreach (var part in parts) sum.AddTotals(part);
        sum.AddGroups(parts);
        return sum;
    }

    private void AddTotals(PoolLedger part)
    {
        roll.Add(part.roll);
        balance = checked(balance + part.balance);
        loans += part.loans;
        DefaultedStock = checked(DefaultedStock + part.DefaultedStock);
        PurchasedTotal = checked(PurchasedTotal + part.PurchasedTotal);
        DefaultedTotal = checked(DefaultedTotal + part.DefaultedTotal);
        RecoveredTotal = checked(RecoveredTotal + part.RecoveredTotal);
        foreach (var dimension in Banded)
            for (var group = 0; group < part.By(dimension).Groups; group++) By(dimension).Add(group, part.By(dimension).Count(group), part.By(dimension).Balance(group));
    }

    private void AddGroups(IReadOnlyList<PoolLedger> parts)
    {
        foreach (var dimension in Coded)
        {
            var codes = CodesOf(dimension)!;
            foreach (var code in parts.SelectMany(part => Enumerable.Range(0, part.GroupsOf(dimension)).Select(place => part.CodeOf(dimension, place))).Distinct().Order())
                PlaceOf(dimension, codes, code);
            foreach (var part in parts)
                for (var place = 0; place < part.GroupsOf(dimension); place++)
                    By(dimension).Add(codes.PlaceOf(part.CodeOf(dimension, place)), part.By(dimension).Count(place), part.By(dimension).Balance(place));
        }

        for (var place = 0; place < origins.Count; place++) vintages.Add(new VintageCurve((int)origins[place], copies));
        foreach (var part in parts)
            foreach (var vintage in part.vintages) vintages[origins.PlaceOf(vintage.Period)].Add(vintage);
    }
}
