using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Simulation.Model;

/// <summary>docs/rules.md "Graph": opening, linking, moving. Of several faults the reason listed first is given.</summary>
internal sealed class GraphRules(World world, Regraph regraph, long now)
{
    public Verdict Execute(ControlCommand control) => control switch
    {
        OpenNode open => Open(open),
        OpenFacility open => Open(open),
        LinkNode link => Change(link.Key, null, link.Parent),
        UnlinkNode link => Change(link.Key, link.Parent, null),
        MoveFacility move => Change(move.Key, move.From, move.To),
        TransferToPool transfer => Transfer(transfer),
        _ => throw new ModelMismatchException($"{control.Kind} does not change the graph"),
    };

    public static Verdict Unknown(NodeKey key) =>
        key.Kind == NodeKind.Facility ? Verdict.Declined(Reason.UnknownFacility) : Verdict.Blocked(Reason.UnknownNode, key);

    private Verdict Open(OpenNode open)
    {
        Verdict? unknown = UnknownParent(open.Parents);
        if (unknown is not null) return unknown;
        if (world.Node(open.Key) is { } known) return Verdict.Declined(IsSame(known, open) ? Reason.NoChange : Reason.AlreadyExists);
        if (ParentFault(open.Key, open.Parents) is { } fault) return Verdict.Declined(fault);
        if (open.Parents.Count > ModelNode.ParentsMax) return Verdict.Declined(Reason.ParentCount);
        world.Nodes.Add(open.Key, new ModelNode(open.Key, open.Currency, open.Basis, new Ceiling(open.Limit, now)) { Parents = [.. open.Parents] });
        return Verdict.Posted();
    }

    private Verdict Open(OpenFacility open)
    {
        Verdict? unknown = UnknownParent(open.Parents);
        if (unknown is not null) return unknown;
        if (world.Node(open.Key) is not null) return Verdict.Declined(Reason.AlreadyExists);
        if (ParentFault(open.Key, open.Parents) is { } fault) return Verdict.Declined(fault);
        if (Graph.Above(world, open.Parents).Count > ModelNode.AncestorsMax) return Verdict.Declined(Reason.TooManyAncestors);
        if (open.Parents.Count is 0 or > ModelNode.ParentsMax) return Verdict.Declined(Reason.ParentCount);
        if (open.Parents.Count(link => link.Parent.Kind == NodeKind.Pool) > 1) return Verdict.Declined(Reason.AlreadyInPool);
        var facility = new ModelFacility(open.Key, open.Currency, open.Basis, new Ceiling(open.Limit, now), open.CreditAddsHeadroom)
        {
            Parents = [.. open.Parents],
        };
        facility.Purse.Principal = open.OpeningPrincipal;
        var book = new Book(world, open.Key.Tenant, now);
        List<(ModelNode Node, BigInteger? Exposure)> before =
            [(facility, 0), .. Graph.Path(world, facility).Keys.Select(key => (world.Nodes[key], book.Exposure(world.Nodes[key])))];
        world.Nodes.Add(open.Key, facility);
        if (new ControlRules(world, now).CommittedAbove(facility, before) is { } refused)
        {
            world.Nodes.Remove(open.Key);
            return refused;
        }
        return new Verdict { Kind = OutcomeKind.Posted, Limits = Effects.Excess(world, facility, before, now) };
    }

    private Verdict Transfer(TransferToPool transfer)
    {
        if (world.Facility(transfer.Key) is not { } facility) return Unknown(transfer.Key);
        ParentShare? current = facility.Parents.Where(link => link.Parent.Kind == NodeKind.Pool).Select(link => (ParentShare?)link).FirstOrDefault();
        if (transfer.Pool == default)
        {
            return current is { } left ? Change(transfer.Key, left.Parent, null) : Verdict.Declined(Reason.NoChange);
        }
        if (current?.Parent == transfer.Pool) return Verdict.Declined(Reason.NoChange);
        return Change(transfer.Key, current?.Parent, new ParentShare(transfer.Pool, (int)Exact.Million));
    }

    // Takes one parent away, adds another, or both in one step.
    private Verdict Change(NodeKey key, NodeKey? from, ParentShare? to)
    {
        if (world.Node(key) is not { } node) return Unknown(key);
        if (from is { } left && world.Node(left) is null) return Unknown(left);
        if (to is { } joined && UnknownParent([joined]) is { } unknown) return unknown;
        List<ParentShare> parents = [.. node.Parents];
        int index = from is { } old ? parents.FindIndex(link => link.Parent == old) : -1;
        if (index >= 0) parents.RemoveAt(index);
        if (to is { } added)
        {
            if (ParentFault(key, [.. parents, added]) is { } fault && fault != Reason.Cycle) return Verdict.Declined(fault);
            parents.Add(added);
        }
        if (from is not null && index < 0) return Verdict.Declined(Reason.NotLinked);
        if (to is { } above && (above.Parent == key || Graph.Above(world, [above]).Contains(key))) return Verdict.Declined(Reason.Cycle);
        return Apply(node, parents);
    }

    private Verdict Apply(ModelNode node, List<ParentShare> parents)
    {
        List<ModelFacility> below = Graph.FacilitiesBelow(world, node);
        List<ParentShare> before = node.Parents;
        regraph.Keep(below);
        node.Parents = parents;
        Reason? fault = below.Exists(facility => Graph.Above(world, facility.Parents).Count > ModelNode.AncestorsMax) ? Reason.TooManyAncestors
            : parents.Count > ModelNode.ParentsMax || (node is ModelFacility && parents.Count == 0) ? Reason.ParentCount
            : node is ModelFacility && parents.Count(link => link.Parent.Kind == NodeKind.Pool) > 1 ? Reason.AlreadyInPool
            : regraph.IsUnderWay && below.Count > regraph.FacilitiesMax ? Reason.RegraphInProgress
            : null;
        if (fault is { } reason)
        {
            node.Parents = before;
            regraph.Forget();
            return Verdict.Declined(reason);
        }
        regraph.Start(below);
        return Verdict.Posted();
    }

    private Verdict? UnknownParent(IReadOnlyList<ParentShare> parents)
    {
        foreach (ParentShare link in parents)
        {
            if (world.Node(link.Parent) is null) return Verdict.Blocked(Reason.UnknownNode, link.Parent);
        }
        return null;
    }

    private static Reason? ParentFault(NodeKey child, IReadOnlyList<ParentShare> parents)
    {
        if (parents.Any(link => link.Parent.Kind == NodeKind.Facility || link.Parent.Tenant != child.Tenant)) return Reason.InvalidParent;
        if (parents.DistinctBy(link => link.Parent).Count() < parents.Count) return Reason.AlreadyLinked;
        return parents.Any(link => link.Parent == child) ? Reason.Cycle : null;
    }

    private static bool IsSame(ModelNode known, OpenNode open) =>
        known.Currency == open.Currency && known.Basis == open.Basis && known.Ceiling.Counted == open.Limit && known.Parents.SequenceEqual(open.Parents);
}
