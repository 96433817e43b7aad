using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Graph;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Queries;

/// <summary>Reads of the state as callers see it. Runs on the deciding thread, so each is one atomic look.</summary>
internal sealed class StateReader(PartitionState state, Executor executor)
{
    /// <summary>A facility with its path and open items; null when unknown.</summary>
    public FacilityView? Facility(NodeKey key)
    {
        var row = state.FindFacility(key);
        if (row == 0) return null;
        ref readonly var facility = ref state.Facilities.Read(row);
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        var path = state.PathOf(facility, buffer);
        var nodes = new NodeView[path.Length];
        for (var i = 0; i < path.Length; i++) nodes[i] = Node(path[i].Node, path[i].SharePpm);
        return new FacilityView(
            FacilityNode(row), facility.Balances, (facility.Flags & FacilityFlags.CreditAddsHeadroom) != 0, nodes, Items(facility),
            SubLimits(facility), facility.LastSequence, executor.LastRecordedAtMicros) { Loans = new LoanReader(state).Of(facility) };
    }

    /// <summary>A node, or a facility as a node; null when unknown.</summary>
    public NodeView? Node(NodeKey key)
    {
        var row = key.IsFacility ? state.FindFacility(key) : state.FindNode(key);
        if (row == 0) return null;
        return key.IsFacility ? FacilityNode(row) : Node(row, Share.WholePpm);
    }

    /// <summary>Nodes of a tenant after a key, in key order.</summary>
    public IReadOnlyList<NodeView> Nodes(ushort tenant, NodeKind kind, NodeKey after, int take)
    {
        // A bounded heap keeps the smallest keys after the cursor: one pass over the nodes, no copy of them.
        var order = Comparer<NodeKey>.Create((a, b) => LimitGraph.CompareKeys(b, a));
        var page = new PriorityQueue<int, NodeKey>(order);
        for (var row = 1; row < state.Nodes.End; row++)
        {
            ref readonly var node = ref state.Nodes.Read(row);
            if (node.Tenant != tenant || (kind != NodeKind.None && node.Kind != kind)) continue;
            var key = node.Key;
            if (after != default && LimitGraph.CompareKeys(key, after) <= 0) continue;
            if (page.Count < take) page.Enqueue(row, key);
            else page.EnqueueDequeue(row, key);
        }
        var views = new NodeView[page.Count];
        for (var i = page.Count - 1; i >= 0; i--) views[i] = Node(page.Dequeue(), Share.WholePpm);
        return views;
    }

    private NodeView Node(int row, int sharePpm)
    {
        ref readonly var node = ref state.Nodes.Read(row);
        var owner = ChildRef.Node(row);
        var isKnown = executor.Exposures.TryGet(node, node.Currency, 0, executor.LastRecordedAtMicros, out var exposure) == Reason.None;
        return new NodeView(
            node.Key, node.Currency, node.Status, node.Basis, node.Limit, isKnown ? exposure : null, isKnown ? node.Limit - exposure : null, sharePpm,
            node.ReviewThreshold, node.FacilityCount, executor.Graph.ParentsOf(owner), DatedLimits(node.FirstDatedLimit), Velocities(node.FirstVelocity));
    }

    private NodeView FacilityNode(int row)
    {
        ref readonly var facility = ref state.Facilities.Read(row);
        var exposure = executor.Limits.OwnExposure(facility, 0);
        var rules = facility.Rules == 0 ? default : state.FacilityRules.Read(facility.Rules);
        return new NodeView(
            facility.Key, facility.Currency, facility.Status, state.BasisOf(facility), facility.Limit, exposure, facility.Limit - exposure, Share.WholePpm,
            facility.Rules == 0 ? -1 : rules.ReviewThreshold, 1, executor.Graph.ParentsOf(ChildRef.Facility(row)), DatedLimits(rules.FirstDatedLimit),
            Velocities(rules.FirstVelocity));
    }

    private OpenItemView[] Items(in FacilityRow facility)
    {
        var items = new List<OpenItemView>(facility.OpenItems);
        for (var row = facility.FirstItem; row != 0; row = state.Items.Read(row).NextOfFacility)
        {
            ref readonly var item = ref state.Items.Read(row);
            items.Add(new OpenItemView(
                item.Reference, item.Kind, item.Amount, item.Remaining, item.ExpiresAtSeconds * 1_000_000, item.Channel, item.MerchantCategory));
        }
        items.Sort((a, b) => a.Reference.CompareTo(b.Reference));
        return [.. items];
    }

    private List<SubLimitView> SubLimits(in FacilityRow facility)
    {
        var views = new List<SubLimitView>();
        if (facility.Rules == 0) return views;
        for (var row = state.FacilityRules.Read(facility.Rules).FirstSubLimit; row != 0; row = state.SubLimits.Read(row).Next)
        {
            ref readonly var sub = ref state.SubLimits.Read(row);
            views.Add(new SubLimitView(sub.Channel, sub.CategoryFrom, sub.CategoryTo, sub.Limit, sub.Used));
        }
        return views;
    }

    private List<DatedLimitView> DatedLimits(int first)
    {
        var views = new List<DatedLimitView>();
        for (var row = first; row != 0; row = state.DatedLimits.Read(row).Next)
        {
            ref readonly var dated = ref state.DatedLimits.Read(row);
            if (!dated.IsBase) views.Add(new DatedLimitView(dated.Limit, dated.FromMicros, dated.UntilMicros));
        }
        views.Sort((a, b) => (a.FromMicros, a.UntilMicros).CompareTo((b.FromMicros, b.UntilMicros)));
        return views;
    }

    private List<VelocityLimitView> Velocities(int first)
    {
        var views = new List<VelocityLimitView>();
        for (var row = first; row != 0; row = state.Velocities.Read(row).Next)
        {
            ref readonly var velocity = ref state.Velocities.Read(row);
            var (amount, count, _) = velocity.Window.Sum(executor.LastRecordedAtMicros / 1_000_000);
            views.Add(new VelocityLimitView(velocity.Window.WindowSeconds, velocity.AmountMax, velocity.CountMax, amount, count));
        }
        return views;
    }
}
