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
    private const int ReferralRowsMax = 10_000;

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
            SubLimits(facility), facility.LastSequence, executor.LastRecordedAtMicros) { Loans = new LoanReader(state, executor).Of(facility) };
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

    /// <summary>Models and policies of a legal entity.</summary>
    public RiskView Risk(NodeKey entity)
    {
        var risk = state.Small.Risk;
        return new RiskView(
            [.. risk.Versions.Where(one => one.Entity == entity).Select(one => new VersionView(one.IsPolicy, one.Name, one.Content, one.Reasons, one.Detail, one.RegisteredAtMicros))],
            [.. risk.Scopes.Where(pair => Scoring.RiskState.EntityOf(pair.Key) == entity).SelectMany(pair => pair.Value.Select(one =>
                new ActivationView(pair.Key, one.IsPolicy, one.Name, one.Role, one.SharePpm, one.FromMicros, one.Maker, one.Checker, one.Sequence)))]);
    }

    /// <summary>Referrals of a legal entity among the open items from a place; looks at a bounded number of rows, so that decisions never wait long.</summary>
    public ReferralPage Referrals(NodeKey entity, long place, int take)
    {
        var found = new List<ReferralView>();
        var row = (int)Math.Clamp(place, 1, int.MaxValue);
        var end = (int)Math.Min((long)row + ReferralRowsMax, state.Items.End);
        for (; row < end && found.Count < take; row++)
        {
            ref readonly var item = ref state.Items.Read(row);
            if (item.Facility == 0 || item.Kind != OpenItemKind.Referral) continue;
            ref readonly var facility = ref state.Facilities.Read(item.Facility);
            if (facility.Tenant != entity.Tenant || facility.LegalEntity != entity.LegalEntity) continue;
            found.Add(new ReferralView(NodeKey.Facility(facility.Tenant, facility.LegalEntity, facility.Id), item.Reference, item.RequestKind, item.Amount, facility.Currency, item.ExpiresAtSeconds * 1_000_000));
        }
        return new ReferralPage(found, row < state.Items.End ? row : 0);
    }

    /// <summary>The bytes of a file whose hash begins so; null when it is not whole.</summary>
    public byte[]? Content(NodeKey entity, ulong hashFirst, ulong hashSecond) =>
        state.Small.Risk.Contents.FirstOrDefault(one => one.Entity == entity && one.Hash.A == hashFirst && one.Hash.B == hashSecond && one.IsWhole) is { } content
            ? Scoring.ContentStore.Read(state, content) : null;

    /// <summary>Nodes other than borrowers among the rows from a place.</summary>
    public NodeSweep Sweep(ushort tenant, long place, int rowsMax)
    {
        var views = new List<NodeView>();
        var row = (int)Math.Clamp(place, 1, int.MaxValue);
        var end = (int)Math.Min((long)row + rowsMax, state.Nodes.End);
        for (; row < end; row++)
        {
            ref readonly var node = ref state.Nodes.Read(row);
            if (node.Tenant == tenant && node.Kind != NodeKind.Borrower) views.Add(Node(row, Share.WholePpm));
        }
        return new NodeSweep(views, row < state.Nodes.End ? row : 0);
    }

    /// <summary>Direct children, the newest link first; null when the node is unknown.</summary>
    public ChildrenPage? Children(NodeKey key, NodeKey after, int take)
    {
        var parent = key.IsFacility ? 0 : state.FindNode(key);
        if (parent == 0) return null;
        ref readonly var node = ref state.Nodes.Read(parent);
        var last = after == default ? 0 : LinkTo(after, parent);
        var views = new List<NodeView>();
        for (var link = last == 0 ? node.FirstChild : state.Links.Read(last).NextChild; link != 0 && views.Count < take; link = state.Links.Read(link).NextChild)
        {
            ref readonly var row = ref state.Links.Read(link);
            views.Add(row.Child.IsNode ? Node(row.Child.Row, row.SharePpm) : FacilityNode(row.Child.Row) with { SharePpm = row.SharePpm });
        }
        return new ChildrenPage(node.ChildCount, views);
    }

    private int LinkTo(NodeKey child, int parent)
    {
        var row = child.IsFacility ? state.FindFacility(child) : state.FindNode(child);
        return row == 0 ? 0 : executor.Graph.FindLink(child.IsFacility ? ChildRef.Facility(row) : ChildRef.Node(row), parent);
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
        var rules = facility.HasRules ? state.FacilityRules.Read(facility.Rules) : new FacilityRulesRow { ReviewThreshold = -1 };
        return new NodeView(
            facility.Key, facility.Currency, facility.Status, state.BasisOf(facility), facility.Limit, exposure, facility.Limit - exposure, Share.WholePpm,
            rules.ReviewThreshold, 1, executor.Graph.ParentsOf(ChildRef.Facility(row)), DatedLimits(rules.FirstDatedLimit),
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
        if (!facility.HasRules) return views;
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
