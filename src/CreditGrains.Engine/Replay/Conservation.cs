using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Graph;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Replay;

/// <summary>
/// Adds everything up again from the facilities: node sums per currency and facility counts from the stored paths, held and
/// uncleared from the open items, loans from their instalments, paths from the links, pools from their loans. Reads the state, changes nothing.
/// </summary>
internal sealed class Conservation(PartitionState state, ExposureBook exposures, LimitGraph graph)
{
    private readonly Dictionary<(int Node, Currency Currency), Int128> sums = [];
    private readonly Int128[] ownSums = new Int128[state.Nodes.End];
    private readonly long[] counts = new long[state.Nodes.End];
    private readonly LoanConservation loans = new(state);

    /// <summary>The first thing that does not add up; null when all does.</summary>
    /// <param name="withPaths">Whether to hold paths against links; they may differ while a sliced change of the graph is under way.</param>
    public string? FindBreach(bool withPaths)
    {
        for (var row = 1; row < state.Facilities.End; row++)
        {
            ref readonly var facility = ref state.Facilities.Read(row);
            if (facility.Id == 0) continue;
            if ((BreachOfItems(row, facility) ?? loans.BreachOf(row, facility) ?? (withPaths ? BreachOfPath(row, facility) : null)) is { } breach) return breach;
            Count(facility);
        }
        for (var row = 1; row < state.Nodes.End; row++)
        {
            if (state.Nodes.Read(row).Id != 0 && BreachOfNode(row) is { } breach) return breach;
        }
        if (PoolConservation.FindBreach(state) is { } pool) return pool;
        foreach (var ((node, currency), sum) in sums)
        {
            if (sum != exposures.SumOf(state.Nodes.Read(node), currency)) return Differs(state.Nodes.Read(node), currency, sum);
        }
        return loans.BreachOfCounts();
    }

    private void Count(in FacilityRow facility)
    {
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        foreach (var entry in state.PathOf(facility, buffer))
        {
            ref readonly var node = ref state.Nodes.Read(entry.Node);
            var weighted = (Int128)Contribution.Of(node.Basis, facility.Balances, facility.Limit) * entry.SharePpm;
            counts[entry.Node]++;
            if (node.Currency == facility.Currency) ownSums[entry.Node] += weighted;
            else sums[(entry.Node, facility.Currency)] = sums.GetValueOrDefault((entry.Node, facility.Currency)) + weighted;
        }
    }

    private string? BreachOfItems(int row, in FacilityRow facility)
    {
        long held = 0, uncleared = 0;
        var count = 0;
        for (var item = facility.FirstItem; item != 0; item = state.Items.Read(item).NextOfFacility)
        {
            ref readonly var open = ref state.Items.Read(item);
            if (open.Facility != row || ++count > facility.OpenItems) return $"the open items of {facility.Key} are not linked as they should be";
            if (open.Kind == OpenItemKind.Hold) held += open.Remaining;
            else if (open.Kind == OpenItemKind.Float) uncleared += open.Remaining;
        }
        if (count != facility.OpenItems) return $"{facility.Key} counts {facility.OpenItems} open items and has {count}";
        if (held != facility.Held) return $"{facility.Key} holds {facility.Held} and its open holds add up to {held}";
        return uncleared == facility.Uncleared ? null : $"{facility.Key} has {facility.Uncleared} uncleared and its open repayments add up to {uncleared}";
    }

    private string? BreachOfPath(int row, in FacilityRow facility)
    {
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        var closure = graph.ClosureOf(ChildRef.Facility(row), PathRow.PathMax);
        return closure is not null && state.PathOf(facility, buffer).SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(closure))
            ? null : $"{facility.Key} counts in other nodes than its links lead to";
    }

    private string? BreachOfNode(int row)
    {
        ref readonly var node = ref state.Nodes.Read(row);
        if (node.FacilityCount != counts[row]) return $"{node.Key} counts {node.FacilityCount} facilities and has {counts[row]}";
        if (node.OwnSum != ownSums[row]) return Differs(node, node.Currency, ownSums[row]);
        for (var foreign = node.FirstForeign; foreign != 0; foreign = state.Foreign.Read(foreign).Next)
        {
            ref readonly var kept = ref state.Foreign.Read(foreign);
            if (kept.Sum != sums.GetValueOrDefault((row, kept.Currency))) return Differs(node, kept.Currency, sums.GetValueOrDefault((row, kept.Currency)));
        }
        return null;
    }

    private string Differs(in NodeRow node, Currency currency, Int128 sum) =>
        $"{node.Key} holds {exposures.SumOf(node, currency)} of {currency} (minor units times a million) and its facilities add up to {sum}";
}
