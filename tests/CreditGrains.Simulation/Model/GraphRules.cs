using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Simulation.Model;

/// <summary>docs/rules.md "Graph": opening, linking, moving. Of several faults the reason listed first is given.</summary>
/// <param name="world">The graph.</param>
/// <param name="regraph">The large change under way, if any.</param>
/// <param name="hint">The reason the journal gives: a change above many facilities may be judged by a bound above the exact number of ancestors.</param>
/// <param name="now">Writer time.</param>
internal sealed class GraphRules(World world, Regraph regraph, Reason hint, long now)
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
        if (world.Node(open.Key) is not null) return Verdict.Declined(Reason.AlreadyExists);
        if (ClosedParent(open.Parents) is { } closed) return closed;
        // A node takes one of the places of the facilities below it.
        if (Graph.Above(world, open.Parents).Count >= ModelNode.AncestorsMax) return Verdict.Declined(Reason.TooManyAncestors);
        world.Nodes.Add(open.Key, new ModelNode(open.Key, open.Currency, open.Basis, new Ceiling(open.Limit, now)) { Parents = [.. open.Parents] });
        return Verdict.Posted();
    }

    private Verdict Open(OpenFacility open)
    {
        Verdict? unknown = UnknownParent(open.Parents);
        if (unknown is not null) return unknown;
        if (world.Node(open.Key) is not null) return Verdict.Declined(Reason.AlreadyExists);
        if (ClosedParent(open.Parents) is { } closed) return closed;
        if (Graph.Above(world, open.Parents).Count > ModelNode.AncestorsMax) return Verdict.Declined(Reason.TooManyAncestors);
        if (open.Parents.Count(link => link.Parent.Kind == NodeKind.Pool) > 1) return Verdict.Declined(Reason.AlreadyInPool);
        var facility = new ModelFacility(open.Key, open.Currency, open.Basis, new Ceiling(open.Limit, now), open.CreditAddsHeadroom)
        {
            Parents = [.. open.Parents],
        };
        facility.Purse.Principal = open.OpeningPrincipal;
        Exposures before = Exposures.BeforeOpening(world, facility, now);
        world.Nodes.Add(open.Key, facility);
        if (ControlRules.CommittedAbove(world, facility, before, now) is { } refused)
        {
            world.Nodes.Remove(open.Key);
            return refused;
        }
        return new Verdict { Kind = OutcomeKind.Posted, Limits = before.Excess() };
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
        if (to is { } open && ClosedParent([open]) is { } closed) return closed;
        if (to is { } again && node.Parents.Exists(link => link.Parent == again.Parent)) return Verdict.Declined(Reason.AlreadyLinked);
        if (from is { } old && !node.Parents.Exists(link => link.Parent == old)) return Verdict.Declined(Reason.NotLinked);
        if (to is { } above && Graph.Above(world, [above]).Contains(key)) return Verdict.Declined(Reason.Cycle);
        List<ParentShare> parents = [.. node.Parents.Where(link => link.Parent != from)];
        if (to is { } added) parents.Add(added);
        return Apply(node, parents);
    }

    private Verdict Apply(ModelNode node, List<ParentShare> parents)
    {
        List<ModelFacility> below = Graph.FacilitiesBelow(world, node);
        List<ParentShare> before = node.Parents;
        regraph.Keep(below);
        bool mayRefuse = hint == Reason.TooManyAncestors && below.Count > regraph.FacilitiesMax;
        node.Parents = parents;
        Reason fault = mayRefuse || HasTooManyAncestors(node) ? Reason.TooManyAncestors
            : parents.Count > ModelNode.ParentsMax || (node is ModelFacility && parents.Count == 0) ? Reason.ParentCount
            : node is ModelFacility && parents.Count(link => link.Parent.Kind == NodeKind.Pool) > 1 ? Reason.AlreadyInPool
            : regraph.IsUnderWay ? Reason.RegraphInProgress
            : Reason.None;
        if (fault != Reason.None)
        {
            node.Parents = before;
            return Verdict.Declined(fault);
        }
        regraph.Start(below);
        return Verdict.Posted();
    }

    // A facility may have 16 ancestors; a node takes one of the places of the facilities below it, whether there are any or not.
    private bool HasTooManyAncestors(ModelNode changed) => world.Nodes.Values.Any(node =>
        (node == changed || Graph.Above(world, node.Parents).Contains(changed.Key))
        && Graph.Above(world, node.Parents).Count + (node is ModelFacility ? 0 : 1) > ModelNode.AncestorsMax);

    private Verdict? ClosedParent(IReadOnlyList<ParentShare> parents) =>
        parents.Any(link => world.Nodes[link.Parent].Status == NodeStatus.Closed) ? Verdict.Declined(Reason.InvalidParent) : null;

    private Verdict? UnknownParent(IReadOnlyList<ParentShare> parents)
    {
        foreach (ParentShare link in parents)
        {
            if (world.Node(link.Parent) is null) return Verdict.Blocked(Reason.UnknownNode, link.Parent);
        }
        return null;
    }
}
