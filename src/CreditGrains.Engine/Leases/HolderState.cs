using System.Collections.Immutable;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Leases;

/// <summary>What a request adds to a shared node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Added">Minor units of the node's currency, rounded up: the most by which the partition's exposure there grows. 1 to 2^60.</param>
public readonly record struct LeaseNeed(NodeKey Node, long Added);

/// <summary>A request on its way through the nodes that lack headroom for it.</summary>
/// <param name="Id">The host's number for it.</param>
/// <param name="Needs">Its shared nodes in the order of <see cref="LeaseOrder"/>, each once.</param>
/// <param name="Position">Nodes before this one are pinned for it; at this one it waits, unless it is the end.</param>
/// <param name="Gained">By node, what was granted for it; goes back when it fails.</param>
/// <param name="Attempts">Times it was planned.</param>
public sealed record PathRequest(long Id, ImmutableArray<LeaseNeed> Needs, int Position, ImmutableArray<long> Gained, int Attempts);

/// <summary>The lease of one partition on one node, as its holder sees it. Lives in memory only: a new epoch starts from nothing.</summary>
public sealed record NodeLease
{
    /// <summary>The node.</summary>
    public required NodeKey Node { get; init; }

    /// <summary>The limit of the node's row in the partition, minor units: the grant as journaled by the acts so far.</summary>
    public long Limit { get; init; }

    /// <summary>Sequence of the last report; 0 none yet.</summary>
    public long Sequence { get; init; }

    /// <summary>The last report, to be sent again while <see cref="IsOpen"/>; null after that: there are millions of leases at rest, and each report is an object.</summary>
    public LeaseReport? LastReport { get; init; }

    /// <summary>What the last report said is charged to this partition: the larger of limit and usage, minor units.</summary>
    public long Reported { get; init; }

    /// <summary>Whether the last report waits for its final reply.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether the last report asks for more.</summary>
    public bool IsAsking { get; init; }

    /// <summary>How many of the waiting requests had come when the open demand began.</summary>
    public int Covered { get; init; }

    /// <summary>Number of the last recall seen.</summary>
    public long RecallSeen { get; init; }

    /// <summary>Number of the last recall carried out in full and reported.</summary>
    public long RecallAnswered { get; init; }

    /// <summary>What the last recall lets stay unused.</summary>
    public long RecallTolerance { get; init; }

    /// <summary>Whether the last recall wants everything.</summary>
    public bool RecallEverything { get; init; }

    /// <summary>Set aside for requests that have this node and wait for another or are about to run; minor units.</summary>
    public long Pinned { get; init; }

    /// <summary>A demand was turned down only because of what is set aside here: ask again when that has run or failed.</summary>
    public bool AwaitsPinned { get; init; }

    /// <summary>Requests that wait here, in order of arrival.</summary>
    public ImmutableList<long> Waiting { get; init; } = [];
}

/// <summary>All leases of one partition under one epoch. Immutable; owned by the partition's turn.</summary>
public sealed record HolderState
{
    /// <summary>Most shared nodes of a request: the ancestors of a facility.</summary>
    public const int NeedsMax = 16;

    /// <summary>Most times one request is planned before it is refused: each time local facts took what was set aside for it.</summary>
    public const int AttemptsMax = 8;

    /// <summary>The partition.</summary>
    public required PartitionId Partition { get; init; }

    /// <summary>The epoch under which it appends.</summary>
    public required long Epoch { get; init; }

    /// <summary>Set when a node answered that a later epoch exists. Nothing is done any more.</summary>
    public bool IsFenced { get; init; }

    /// <summary>Leases by node.</summary>
    public ImmutableSortedDictionary<NodeKey, NodeLease> Leases { get; init; } = ImmutableSortedDictionary<NodeKey, NodeLease>.Empty.WithComparers(LeaseOrder.Instance);

    /// <summary>Requests that wait for grants or run.</summary>
    public ImmutableSortedDictionary<long, PathRequest> Requests { get; init; } = ImmutableSortedDictionary<long, PathRequest>.Empty;

    /// <summary>Whether a request's needs are covered by what is granted and not set aside. No request overtakes one that waits on the same node.</summary>
    public bool Fits(ReadOnlySpan<LeaseNeed> needs, IUsageView usage)
    {
        if (IsFenced) return false;
        foreach (var need in needs)
        {
            if (!Leases.TryGetValue(need.Node, out var lease) || !lease.Waiting.IsEmpty) return false;
            if ((Int128)usage.UsageOf(need.Node) + lease.Pinned + need.Added > lease.Limit) return false;
        }
        return true;
    }
}

/// <summary>The engine's exposures on shared nodes.</summary>
public interface IUsageView
{
    /// <summary>This partition's exposure on a node after every event applied so far, rounded up per currency; minor units, 0 or more.</summary>
    long UsageOf(NodeKey node);
}

/// <summary>The one order in which every partition acquires nodes, so that no two requests wait for each other: kind, tenant, legal entity, id.</summary>
public sealed class LeaseOrder : IComparer<NodeKey>
{
    /// <summary>The only one.</summary>
    public static LeaseOrder Instance { get; } = new();

    /// <inheritdoc />
    public int Compare(NodeKey x, NodeKey y)
    {
        if (x.Kind != y.Kind) return (byte)x.Kind - (byte)y.Kind;
        if (x.Tenant != y.Tenant) return x.Tenant.CompareTo(y.Tenant);
        return x.LegalEntity != y.LegalEntity ? x.LegalEntity.CompareTo(y.LegalEntity) : x.Id.CompareTo(y.Id);
    }
}
