using System.Runtime.CompilerServices;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Execution;

/// <summary>
/// The nodes' exposures: exact share-weighted sums per currency, kept as facilities change and converted when they are looked at.
/// Invariant: a node's sums equal the sum over the facilities whose path holds it (checked by <c>Conservation</c>).
/// </summary>
internal sealed class ExposureBook(PartitionState state)
{
    /// <summary>Moves every node of a path from what a facility contributed to what it contributes now.</summary>
    public void Move(
        ReadOnlySpan<PathEntry> path, Currency currency, in FacilityBalances before, long limitBefore, in FacilityBalances after, long limitAfter)
    {
        foreach (var entry in path)
        {
            ref readonly var node = ref state.Nodes.Read(entry.Node);
            var basis = node.Basis;
            var delta = Contribution.Of(basis, after, limitAfter) - Contribution.Of(basis, before, limitBefore);
            if (delta != 0) Add(entry.Node, currency, (Int128)delta * entry.SharePpm);
        }
    }

    /// <summary>Counts a facility in a node it was not counted in, or stops counting it.</summary>
    /// <param name="node">The node's row.</param>
    /// <param name="facility">The facility.</param>
    /// <param name="sharePpm">Its share; negative to stop counting.</param>
    public void Count(int node, in FacilityRow facility, int sharePpm)
    {
        var contribution = Contribution.Of(state.Nodes.Read(node).Basis, facility.Balances, facility.Limit);
        Add(node, facility.Currency, (Int128)contribution * sharePpm);
        state.Nodes.Write(node).FacilityCount += Math.Sign(sharePpm);
    }

    /// <summary>Share-weighted sum of one currency on a node.</summary>
    public Int128 SumOf(in NodeRow node, Currency currency)
    {
        if (node.Currency == currency) return node.OwnSum;
        for (var row = node.FirstForeign; row != 0; row = state.Foreign.Read(row).Next)
            if (state.Foreign.Read(row).Currency == currency) return state.Foreign.Read(row).Sum;
        return 0;
    }

    /// <summary>
    /// A node's exposure in its currency, with something more in one currency.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="currency">Currency of what is added.</param>
    /// <param name="added">Minor units × ppm to add, may be 0.</param>
    /// <param name="nowMicros">Writer time, for the validity of rates.</param>
    /// <param name="exposure">Minor units, rounded up per currency; saturates.</param>
    /// <returns>None, FxRateMissing or FxRateStale.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Reason TryGet(in NodeRow node, Currency currency, Int128 added, long nowMicros, out long exposure)
    {
        if (node.FirstForeign != 0 || node.Currency != currency) return TryGetForeign(node, currency, added, nowMicros, out exposure);
        exposure = Saturate(FxConversion.RoundUp(node.OwnSum + added));
        return Reason.None;
    }

    /// <summary>Converts a share-weighted amount to a node's currency, rounded up.</summary>
    /// <param name="node">The node.</param>
    /// <param name="currency">Currency of the amount.</param>
    /// <param name="weighted">Minor units × ppm.</param>
    /// <param name="nowMicros">Writer time.</param>
    /// <param name="converted">Minor units of the node's currency; saturates. −1 when no rate was ever set.</param>
    /// <returns>None, FxRateMissing, or FxRateStale (converted at the stale rate).</returns>
    public Reason Convert(in NodeRow node, Currency currency, Int128 weighted, long nowMicros, out long converted)
    {
        if (node.Currency == currency)
        {
            converted = Saturate(FxConversion.RoundUp(weighted));
            return Reason.None;
        }
        converted = -1;
        if (!state.Small.Rates.TryGetValue(new FxKey(node.Tenant, node.LegalEntity, currency.Numeric, node.Currency.Numeric), out var rate))
            return Reason.FxRateMissing;
        converted = Saturate(FxConversion.Convert(weighted, rate.RateNano, currency, node.Currency));
        return rate.ValidUntilMicros >= nowMicros ? Reason.None : Reason.FxRateStale;
    }

    private Reason TryGetForeign(in NodeRow node, Currency currency, Int128 added, long nowMicros, out long exposure)
    {
        var own = node.OwnSum + (node.Currency == currency ? added : 0);
        var total = FxConversion.RoundUp(own);
        var worst = Reason.None;
        var addedIsIn = node.Currency == currency;
        for (var row = node.FirstForeign; row != 0;)
        {
            ref readonly var foreign = ref state.Foreign.Read(row);
            var sum = foreign.Sum;
            if (foreign.Currency == currency)
            {
                sum += added;
                addedIsIn = true;
            }
            row = foreign.Next;
            if (sum == 0) continue;
            worst = Worse(worst, Convert(node, foreign.Currency, sum, nowMicros, out var converted));
            total += Math.Max(0, converted);
        }
        if (!addedIsIn && added != 0)
        {
            worst = Worse(worst, Convert(node, currency, added, nowMicros, out var converted));
            total += Math.Max(0, converted);
        }
        exposure = Saturate(total);
        return worst;
    }

    private static Reason Worse(Reason first, Reason second) =>
        first == Reason.FxRateMissing || second == Reason.None ? first : second;

    private static long Saturate(Int128 amount) => (long)Int128.Min(amount, long.MaxValue);

    private void Add(int nodeRow, Currency currency, Int128 weighted)
    {
        ref var node = ref state.Nodes.Write(nodeRow);
        if (node.Currency == currency)
        {
            node.OwnSum += weighted;
            return;
        }
        for (var row = node.FirstForeign; row != 0; row = state.Foreign.Read(row).Next)
        {
            if (state.Foreign.Read(row).Currency != currency) continue;
            state.Foreign.Write(row).Sum += weighted;
            return;
        }
        var added = state.Foreign.Add();
        ref var foreign = ref state.Foreign.Write(added);
        foreign.Next = node.FirstForeign;
        foreign.Owner = nodeRow;
        foreign.Currency = currency;
        foreign.Sum = weighted;
        node.FirstForeign = added;
    }
}
