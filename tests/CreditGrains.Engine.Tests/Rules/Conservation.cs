using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>
/// Recounts every node from the facilities and links alone and compares it with the sums the engine keeps: distinct ancestors, shares
/// multiplied along links and added over ways up to the whole, contributions by the node's basis. Open items add up to Held and Uncleared.
/// </summary>
internal static class Conservation
{
    public static void Check(Partition partition)
    {
        CheckItems(partition);
        // While a large change of the graph is under way, facilities in line count as before.
        if (partition.Executor.IsRegraphing) return;
        var state = partition.State;
        var sums = new Dictionary<(int Node, ushort Currency), Int128>();
        var counts = new Dictionary<int, long>();
        for (var row = 1; row < state.Facilities.End; row++)
        {
            ref readonly var facility = ref state.Facilities.Read(row);
            foreach (var (node, share) in Ancestors(partition, row))
            {
                var contribution = Contribution.Of(state.Nodes.Read(node).Basis, facility.Balances, facility.Limit);
                var key = (node, facility.Currency.Numeric);
                sums[key] = sums.GetValueOrDefault(key) + (Int128)contribution * share;
                counts[node] = counts.GetValueOrDefault(node) + 1;
            }
        }
        for (var node = 1; node < state.Nodes.End; node++)
        {
            Assert.Equal(counts.GetValueOrDefault(node), state.Nodes.Read(node).FacilityCount);
            var kept = new Dictionary<ushort, Int128> { [state.Nodes.Read(node).Currency.Numeric] = state.Nodes.Read(node).OwnSum };
            for (var foreign = state.Nodes.Read(node).FirstForeign; foreign != 0; foreign = state.Foreign.Read(foreign).Next)
                kept.Add(state.Foreign.Read(foreign).Currency.Numeric, state.Foreign.Read(foreign).Sum);
            foreach (var (currency, sum) in kept) Assert.Equal(sums.GetValueOrDefault((node, currency)), sum);
            Assert.All(sums.Keys.Where(k => k.Node == node && sums[k] != 0), k => Assert.Contains(k.Currency, kept.Keys));
        }
    }

    private static Dictionary<int, int> Ancestors(Partition partition, int facility)
    {
        var graph = partition.Executor.Graph;
        var above = new HashSet<int>();
        void Climb(ChildRef child)
        {
            foreach (var parent in graph.ParentsOf(child))
            {
                var row = partition.State.FindNode(parent.Parent);
                if (above.Add(row)) Climb(ChildRef.Node(row));
            }
        }

        var start = ChildRef.Facility(facility);
        Climb(start);
        var shares = new Dictionary<int, int>();
        int ShareOf(int node)
        {
            if (shares.TryGetValue(node, out var known)) return known;
            var key = partition.State.Nodes.Read(node).Key;
            long share = graph.ParentsOf(start).Where(p => p.Parent == key).Sum(p => (long)p.SharePpm);
            foreach (var below in above)
            {
                foreach (var link in graph.ParentsOf(ChildRef.Node(below)).Where(p => p.Parent == key))
                    share += ((long)ShareOf(below) * link.SharePpm + 999_999) / 1_000_000;
            }
            return shares[node] = (int)Math.Min(1_000_000, share);
        }

        return above.ToDictionary(node => node, ShareOf);
    }

    private static void CheckItems(Partition partition)
    {
        var state = partition.State;
        for (var row = 1; row < state.Facilities.End; row++)
        {
            ref readonly var facility = ref state.Facilities.Read(row);
            long held = 0, uncleared = 0;
            var count = 0;
            for (var item = facility.FirstItem; item != 0; item = state.Items.Read(item).NextOfFacility, count++)
            {
                ref readonly var open = ref state.Items.Read(item);
                Assert.True(open.Remaining > 0);
                if (open.Kind == Queries.OpenItemKind.Hold) held += open.Remaining;
                else if (open.Kind == Queries.OpenItemKind.Float) uncleared += open.Remaining;
            }
            Assert.Equal((facility.Held, facility.Uncleared, facility.OpenItems), (held, uncleared, count));
        }
    }
}
