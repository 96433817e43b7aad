using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Orleans.Partitions;

namespace CreditGrains.Orleans.Front;

/// <summary>Where a command goes.</summary>
internal enum RouteKind
{
    /// <summary>To one partition.</summary>
    Partition,

    /// <summary>To the grain of a shared node.</summary>
    Node,

    /// <summary>A loan, or a facility with its loans, that enters a pool with concentration rules: to the pool's grain, which looks at them.</summary>
    Pool,

    /// <summary>To every partition.</summary>
    Everywhere,

    /// <summary>To the register, and to every other partition once it took effect there or had before.</summary>
    EverywhereInTurn,

    /// <summary>To the partition that has what it undoes, or to all.</summary>
    Reversal,

    /// <summary>A facility whose borrower points elsewhere than its own number: a signpost goes up first.</summary>
    Signposted,

    /// <summary>Nowhere: it cannot be done in a cluster.</summary>
    Refused,
}

/// <summary>A command's way.</summary>
internal readonly record struct Route(RouteKind Kind, int Partition = 0, Reason Reason = Reason.None, string? Message = null);

/// <summary>
/// Which way commands go. A borrower's number points to its partition. A facility lives with its borrower; when its own number points elsewhere, a signpost
/// stands in the partition it points to, and front doors remember what they were told.
/// </summary>
internal sealed class Routing(PartitionMap map, int keptMax, KnownPools pools)
{
    private readonly KnownHomes homes = new(keptMax);

    /// <summary>The way of a valid command.</summary>
    public Route Of(in Command command) => command.Kind switch
    {
        CommandKind.Reverse => command.Facility.Id > 0 ? new Route(RouteKind.Partition, HomeOf(command.Facility)) : new Route(RouteKind.Reversal),
        CommandKind.SetFxRate or CommandKind.AdvanceBusinessDate or CommandKind.ActivateFeatures => new Route(RouteKind.Everywhere),
        >= CommandKind.PutContent and <= CommandKind.ActivatePolicy => new Route(RouteKind.EverywhereInTurn),
        CommandKind.OpenNode when PartitionMap.IsShared(command.Facility.Kind) => OfSharedOpening((OpenNode)command.Control!),
        CommandKind.OpenFacility => OfOpening((OpenFacility)command.Control!),
        CommandKind.PutLoanInPool or CommandKind.TransferToPool when pools.AsksPool(KnownPools.EnteredBy(command)) => new Route(RouteKind.Pool),
        CommandKind.PutLoanInPool => OfLoan(command.Facility, ((PutLoanInPool)command.Control!).Loan),
        CommandKind.TakeLoanFromPool => OfLoan(command.Facility, ((TakeLoanFromPool)command.Control!).Loan),
        CommandKind.ReportLoan => OfLoan(command.Facility, ((ReportLoan)command.Control!).Loan),
        CommandKind.LinkNode => OfLink(command, ((LinkNode)command.Control!).Parent.Parent),
        CommandKind.MoveFacility => OfLink(command, ((MoveFacility)command.Control!).To.Parent),
        _ => OfKey(command.Facility),
    };

    /// <summary>The partition of a borrower or facility, as far as is known here.</summary>
    public int HomeOf(NodeKey key) => key.IsFacility && homes.Find(key) is var home and not 0 ? home : map.PointedBy(key);

    /// <summary>Remembers where a facility lives.</summary>
    public void Note(NodeKey facility, int home) => homes.Note(facility, home);

    private Route OfLoan(NodeKey pool, long loan) => new(RouteKind.Partition, map.OfLoan(pool, loan));

    private Route OfKey(NodeKey key) => PartitionMap.IsShared(key.Kind) ? new Route(RouteKind.Node) : new Route(RouteKind.Partition, HomeOf(key));

    private Route OfOpening(OpenFacility opening)
    {
        var pointed = map.PointedBy(opening.Key);
        var home = pointed;
        var isFirst = true;
        foreach (var parent in opening.Parents)
        {
            if (parent.Parent.Kind != NodeKind.Borrower) continue;
            var of = map.PointedBy(parent.Parent);
            if (!isFirst && of != home) return OtherPartition(parent.Parent);
            (home, isFirst) = (of, false);
        }
        return home == pointed && homes.Find(opening.Key) == 0 ? new Route(RouteKind.Partition, home) : new Route(RouteKind.Signposted, home);
    }

    private Route OfLink(in Command command, NodeKey parent)
    {
        var route = OfKey(command.Facility);
        if (parent.Kind != NodeKind.Borrower) return route;
        return route.Kind == RouteKind.Partition && map.PointedBy(parent) == route.Partition ? route : OtherPartition(parent);
    }

    private static Route OfSharedOpening(OpenNode opening)
    {
        foreach (var parent in opening.Parents)
            if (parent.Parent.Kind == NodeKind.Borrower) return OtherPartition(parent.Parent);
        return new Route(RouteKind.Partition, PartitionMap.Register);
    }

    private static Route OtherPartition(NodeKey borrower) => new(RouteKind.Refused, 0, Reason.InvalidField,
        $"{borrower} lives in another partition of the cluster than what would hang under it; close it and open it anew under that borrower");
}
