using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Features;
using CreditGrains.Engine.Graph;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Execution;

/// <summary>
/// Decides control commands against the state. All checks come first, in the order of docs/rules.md "Graph"; a command that
/// passes them can be applied without fail.
/// </summary>
internal sealed class ControlDecider(
    PartitionState state, ExposureBook exposures, LimitCheck limits, LimitGraph graph, LimitSchedule schedule, EventApplier applier, Regraph regraph, FeatureBook features, RiskDecider risk,
    PoolDecider pools, EngineRules rules)
{
    private const int SubLimitsMax = 8;
    private const int VelocityLimitsMax = 4;

    /// <summary>Decides the command in the event.</summary>
    public void Decide(ref LedgerEvent e)
    {
        var reason = Check(ref e, e.Control!);
        e.Outcome = reason == Reason.None ? OutcomeKind.Posted : OutcomeKind.Declined;
        e.Reason = reason;
    }

    private Reason Check(ref LedgerEvent e, ControlCommand control) => control switch
    {
        OpenNode c => CheckOpenNode(ref e, c),
        OpenFacility c => CheckOpenFacility(ref e, c),
        LinkNode c => CheckLink(ref e, c.Key, c.Parent),
        UnlinkNode c => CheckUnlink(ref e, c.Key, c.Parent),
        MoveFacility c => CheckMove(ref e, c),
        TransferToPool c => CheckTransfer(ref e, c),
        SetLimit c => CheckSetLimit(ref e, c),
        SetSubLimit c => CheckSubLimit(c),
        SetVelocityLimit c => CheckVelocity(c),
        SetReviewThreshold c => Exists(c.Key, out _),
        Freeze c => CheckStatus(c.Key, NodeStatus.Active),
        Unfreeze c => CheckStatus(c.Key, NodeStatus.Frozen),
        Close c => CheckClose(ref e, c),
        SetFxRate => Reason.None,
        ActivateFeatures c => features.IsInForce(c.Catalogue) ? Reason.NoChange : Reason.None,
        AdvanceBusinessDate c => state.Small.BusinessDates.TryGetValue((c.Key.Tenant, c.Key.LegalEntity), out var day) && c.Day <= day
            ? Reason.DateNotLater : pools.CheckDate(ref e, c),
        ReportBankDebt c => CheckDebt(c),
        PoolCommand c => pools.Check(ref e, c),
        PutContent or RegisterModel or RegisterPolicy or ActivateModel or ActivatePolicy => risk.Check(control, e.RecordedAtMicros),
        _ => throw new InvalidOperationException($"{control.GetType().Name} is not decided here."),
    };

    private Reason CheckDebt(ReportBankDebt c)
    {
        if (state.FindNode(c.Key) == 0) return Reason.UnknownNode;
        state.Small.BankDebts.TryGetValue(SmallState.KeyOf(c.Key), out var known);
        return known == (c.Total, c.Over90Days) ? Reason.NoChange : Reason.None;
    }

    private Reason Exists(NodeKey key, out ChildRef owner)
    {
        var row = key.IsFacility ? state.FindFacility(key) : state.FindNode(key);
        owner = key.IsFacility ? ChildRef.Facility(row) : ChildRef.Node(row);
        return row != 0 ? Reason.None : key.IsFacility ? Reason.UnknownFacility : Reason.UnknownNode;
    }

    private Reason CheckOpenNode(ref LedgerEvent e, OpenNode c) => CheckParents(ref e, state.FindNode(c.Key) != 0, c.Parents);

    private Reason CheckOpenFacility(ref LedgerEvent e, OpenFacility c)
    {
        var parents = CheckParents(ref e, state.FindFacility(c.Key) != 0, c.Parents);
        if (parents != Reason.None) return parents;
        var balances = default(FacilityBalances) with { Principal = c.OpeningPrincipal };
        e.Balances = balances;
        e.Headroom = c.Limit - Contribution.Of(c.Basis, balances, c.Limit);
        var path = graph.ClosureOfParents([.. c.Parents.Select(p => (state.FindNode(p.Parent), p.SharePpm))], PathRow.PathMax)!;
        var reason = CheckCommitted(ref e, path, c.Currency, default, 0, balances, c.Limit);
        if (reason != Reason.None)
        {
            e.Balances = default;
            e.Headroom = 0;
        }
        else if (c.OpeningPrincipal > 0 && e.Headroom < 0)
        {
            e.Limits = [new FailingLimit(c.Key, LimitKind.Node, c.Limit, e.Headroom, 0), .. e.Limits ?? []];
        }
        return reason;
    }

    private Reason CheckParents(ref LedgerEvent e, bool exists, IReadOnlyList<ParentShare> parents)
    {
        var rows = new List<(int Row, int SharePpm)>(parents.Count);
        var pools = 0;
        NodeKey? closed = null;
        foreach (var parent in parents)
        {
            var row = state.FindNode(parent.Parent);
            if (row == 0) return Blocked(ref e, parent.Parent, Reason.UnknownNode);
            if (state.Nodes.Read(row).Status == NodeStatus.Closed) closed ??= parent.Parent;
            if (parent.Parent.Kind == NodeKind.Pool) pools++;
            rows.Add((row, parent.SharePpm));
        }
        if (exists) return Reason.AlreadyExists;
        if (closed is { } key) return Blocked(ref e, key, Reason.InvalidParent);
        // A node itself takes one of its facilities' sixteen places.
        var ancestorsMax = PathRow.PathMax - (e.Key.IsFacility ? 0 : 1);
        if (graph.ClosureOfParents(rows, ancestorsMax) is null) return Reason.TooManyAncestors;
        return e.Key.IsFacility && pools > 1 ? Reason.AlreadyInPool : Reason.None;
    }

    private Reason CheckParent(ref LedgerEvent e, NodeKey parent, out int row)
    {
        row = state.FindNode(parent);
        if (row != 0 && state.Nodes.Read(row).Status != NodeStatus.Closed) return Reason.None;
        return Blocked(ref e, parent, row == 0 ? Reason.UnknownNode : Reason.InvalidParent);
    }

    private static Reason Blocked(ref LedgerEvent e, NodeKey by, Reason reason)
    {
        e.Limits = [new FailingLimit(by, LimitKind.Blocked, 0, 0, 0)];
        return reason;
    }

    private Reason CheckLink(ref LedgerEvent e, NodeKey key, ParentShare parent)
    {
        var reason = Exists(key, out var child);
        if (reason != Reason.None) return reason;
        reason = CheckParent(ref e, parent.Parent, out var parentRow);
        if (reason != Reason.None) return reason;
        if (graph.FindLink(child, parentRow) != 0) return Reason.AlreadyLinked;
        return CheckNewParent(child, parentRow, 0);
    }

    private Reason CheckNewParent(ChildRef child, int parent, int lostLink)
    {
        if (child.IsNode && graph.IsSelfOrAncestor(child.Row, parent)) return Reason.Cycle;
        if (!graph.FitsPathBound(child, parent, lostLink, rules.AtomicRegraphMax)) return Reason.TooManyAncestors;
        if (lostLink == 0 && graph.ParentCountOf(child) >= CommandValidation.ParentsMax) return Reason.ParentCount;
        var pool = child.IsNode || state.Nodes.Read(parent).Kind != NodeKind.Pool ? 0 : graph.FindPoolLink(child.Row);
        if (pool != 0 && pool != lostLink) return Reason.AlreadyInPool;
        return regraph.IsActive ? Reason.RegraphInProgress : Reason.None;
    }

    private Reason CheckUnlink(ref LedgerEvent e, NodeKey key, NodeKey parent)
    {
        var reason = Exists(key, out var child);
        if (reason != Reason.None) return reason;
        if (FindParentLink(ref e, child, parent, out reason) == 0) return reason;
        if (!child.IsNode && graph.ParentCountOf(child) == 1) return Reason.ParentCount;
        return regraph.IsActive ? Reason.RegraphInProgress : Reason.None;
    }

    private int FindParentLink(ref LedgerEvent e, ChildRef child, NodeKey parent, out Reason reason)
    {
        var parentRow = state.FindNode(parent);
        var link = parentRow == 0 ? 0 : graph.FindLink(child, parentRow);
        reason = parentRow == 0 ? Reason.UnknownNode : link == 0 ? Reason.NotLinked : Reason.None;
        if (reason != Reason.None) Blocked(ref e, parent, reason);
        return link;
    }

    private Reason CheckMove(ref LedgerEvent e, MoveFacility c)
    {
        var reason = Exists(c.Key, out var child);
        if (reason != Reason.None) return reason;
        var lost = FindParentLink(ref e, child, c.From, out var fromReason);
        if (fromReason == Reason.UnknownNode) return fromReason;
        reason = CheckParent(ref e, c.To.Parent, out var to);
        if (reason != Reason.None) return reason;
        e.Limits = null;
        if (graph.FindLink(child, to) != 0) return Reason.AlreadyLinked;
        if (lost == 0) return Blocked(ref e, c.From, fromReason);
        return CheckNewParent(child, to, lost);
    }

    private Reason CheckTransfer(ref LedgerEvent e, TransferToPool c)
    {
        var reason = Exists(c.Key, out var child);
        if (reason != Reason.None) return reason;
        var link = graph.FindPoolLink(child.Row);
        var current = link == 0 ? 0 : state.Links.Read(link).Parent;
        if (c.Pool == default)
        {
            if (link == 0) return Reason.NoChange;
            if (graph.ParentCountOf(child) == 1) return Reason.ParentCount;
            return regraph.IsActive ? Reason.RegraphInProgress : Reason.None;
        }
        reason = CheckParent(ref e, c.Pool, out var pool);
        if (reason != Reason.None) return reason;
        if (c.Loan != 0 && pool == current) return pools.CheckEntry(ref e, child.Row, c);
        if (pool == current || c.Loan != 0) return Reason.NoChange;
        reason = CheckNewParent(child, pool, link);
        return reason != Reason.None ? reason : pools.CheckTransfer(ref e, child.Row, c);
    }

    private Reason CheckSetLimit(ref LedgerEvent e, SetLimit c)
    {
        var reason = Exists(c.Key, out var owner);
        if (reason != Reason.None) return reason;
        var now = e.RecordedAtMicros;
        if (c.UntilMicros != 0 && c.UntilMicros <= now) return Reason.NoChange;
        var isDated = c.UntilMicros != 0 || c.FromMicros > now;
        if (isDated && !schedule.HasRoomFor(owner, c.FromMicros == 0 ? now : c.FromMicros, c.UntilMicros)) return Reason.TooManyRules;
        if (owner.IsNode || c.FromMicros > now) return Reason.None;
        ref readonly var facility = ref state.Facilities.Read(owner.Row);
        if (c.Limit <= facility.Limit) return Reason.None;
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        var path = state.PathOf(facility, buffer);
        return CheckCommitted(ref e, [.. path], facility.Currency, facility.Balances, facility.Limit, facility.Balances, c.Limit);
    }

    /// <summary>Nodes that count committed or undrawn amounts must have room; others that end above their limit are listed.</summary>
    private Reason CheckCommitted(
        ref LedgerEvent e, List<PathEntry> path, Domain.Money.Currency currency, in FacilityBalances before, long limitBefore, in FacilityBalances after,
        long limitAfter)
    {
        var failing = new List<FailingLimit>();
        var excess = new List<FailingLimit>();
        var isOverGrant = false;
        foreach (var entry in path)
        {
            ref readonly var node = ref state.Nodes.Read(entry.Node);
            var was = limitBefore == 0 && before == default ? 0 : Contribution.Of(node.Basis, before, limitBefore);
            var delta = Contribution.Of(node.Basis, after, limitAfter) - was;
            if (delta <= 0) continue;
            var rate = exposures.TryGet(node, currency, (Int128)delta * entry.SharePpm, e.RecordedAtMicros, out var exposure);
            if (rate != Reason.None && node.Basis.DependsOnLimit)
            {
                e.Limits = [new FailingLimit(node.Key, LimitKind.Blocked, 0, 0, 0)];
                return rate;
            }
            if (rate != Reason.None || exposure <= node.Limit) continue;
            exposures.TryGet(node, currency, 0, e.RecordedAtMicros, out var current);
            if (node.Basis.DependsOnLimit && limits.IsGrant(node.Kind)) isOverGrant = true;
            else if (node.Basis.DependsOnLimit) failing.Add(new FailingLimit(node.Key, LimitKind.Node, node.Limit, node.Limit - current, 0));
            else excess.Add(new FailingLimit(node.Key, LimitKind.Node, node.Limit, node.Limit - exposure, 0));
        }
        if (isOverGrant) limits.NameWithoutRoom(failing);
        if (failing.Count == 0)
        {
            if (excess.Count > 0) e.Limits = [.. excess];
            return Reason.None;
        }
        e.Limits = [.. failing];
        return Reason.LimitExceeded;
    }

    private Reason CheckSubLimit(SetSubLimit c)
    {
        var reason = Exists(c.Key, out var owner);
        if (reason != Reason.None) return reason;
        var rulesRow = state.Facilities.Read(owner.Row).Rules;
        var found = rulesRow == 0 ? 0 : applier.FindSubLimit(rulesRow, c, out _);
        if (found != 0) return Reason.None;
        if (c.Limit < 0) return Reason.NoChange;
        var count = 0;
        for (var row = rulesRow == 0 ? 0 : state.FacilityRules.Read(rulesRow).FirstSubLimit; row != 0; row = state.SubLimits.Read(row).Next) count++;
        return count < SubLimitsMax ? Reason.None : Reason.TooManyRules;
    }

    private Reason CheckVelocity(SetVelocityLimit c)
    {
        var reason = Exists(c.Key, out var owner);
        if (reason != Reason.None) return reason;
        var count = 0;
        for (var row = applier.FirstVelocityOf(owner); row != 0; row = state.Velocities.Read(row).Next, count++)
            if (state.Velocities.Read(row).Window.WindowSeconds == c.WindowSeconds) return Reason.None;
        if (c is { AmountMax: < 0, CountMax: < 0 }) return Reason.NoChange;
        return count < VelocityLimitsMax ? Reason.None : Reason.TooManyRules;
    }

    private Reason CheckStatus(NodeKey key, NodeStatus needed)
    {
        var reason = Exists(key, out var owner);
        if (reason != Reason.None) return reason;
        var status = owner.IsNode ? state.Nodes.Read(owner.Row).Status : state.Facilities.Read(owner.Row).Status;
        if (status >= NodeStatus.Closing) return owner.IsNode ? Reason.InvalidParent : Reason.FacilityClosed;
        return status == needed ? Reason.None : Reason.NoChange;
    }

    private Reason CheckClose(ref LedgerEvent e, Close c)
    {
        var reason = Exists(c.Key, out var owner);
        if (reason != Reason.None) return reason;
        if (owner.IsNode)
        {
            ref readonly var node = ref state.Nodes.Read(owner.Row);
            e.StatusAfter = NodeStatus.Closed;
            return node.Status == NodeStatus.Closed ? Reason.NoChange : node.ChildCount > 0 ? Reason.NodeNotEmpty : Reason.None;
        }
        ref readonly var facility = ref state.Facilities.Read(owner.Row);
        if (facility.Status >= NodeStatus.Closing) return Reason.NoChange;
        e.StatusAfter = facility.Balances.IsClear && facility.OpenItems == 0 ? NodeStatus.Closed : NodeStatus.Closing;
        return Reason.None;
    }
}
