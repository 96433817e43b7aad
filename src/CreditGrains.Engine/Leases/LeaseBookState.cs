using System.Collections.Immutable;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Leases;

/// <summary>
/// The durable state of one shared node: its limit and what each partition may use of it. Immutable; <see cref="Apply"/> gives the
/// next one and decides nothing. Invariants: Σ grants ≤ limit in force; each grant ≥ what any activation of that partition may use; the totals
/// equal the sums over the entries. A host stores it whole with compare-and-set on <see cref="Version"/> (see <see cref="LeaseBookCodec"/>).
/// </summary>
public sealed record LeaseBookState
{
    /// <summary>The node.</summary>
    public required NodeKey Node { get; init; }

    /// <summary>Limit in force, minor units.</summary>
    public required long Limit { get; init; }

    /// <summary>The cut that waits, minor units; −1 when none.</summary>
    public long CutTo { get; init; } = -1;

    /// <summary>Place of the last limit change taken.</summary>
    public long LimitOrder { get; init; }

    /// <summary>Events applied; also the book's logical clock, from which recalls and demands take their numbers.</summary>
    public long Version { get; init; }

    /// <summary>The partitions that ever reported. Entries stay, for their epochs.</summary>
    public ImmutableSortedDictionary<PartitionId, LeaseEntry> Entries { get; init; } = ImmutableSortedDictionary<PartitionId, LeaseEntry>.Empty;

    /// <summary>Waiting demands by the version at which they arrived.</summary>
    public ImmutableSortedDictionary<long, PartitionId> Queue { get; init; } = ImmutableSortedDictionary<long, PartitionId>.Empty;

    /// <summary>Σ charges.</summary>
    public Int128 ChargeSum { get; init; }

    /// <summary>Σ grants.</summary>
    public Int128 GrantSum { get; init; }

    /// <summary>Σ usage as reported.</summary>
    public Int128 UsageSum { get; init; }

    /// <summary>Σ weights of demand.</summary>
    public Int128 AskedSum { get; init; }

    /// <summary>Whether a cut waits.</summary>
    public bool IsCutting => CutTo >= 0;

    /// <summary>What charges must come down to: the waiting cut, or the limit in force.</summary>
    public long Target => IsCutting ? CutTo : Limit;

    /// <summary>The book of a node with no lease.</summary>
    /// <param name="node">The node.</param>
    /// <param name="limit">Limit in force, 0 to 2^60 minor units.</param>
    /// <exception cref="ArgumentOutOfRangeException">A part is out of range.</exception>
    public static LeaseBookState Open(NodeKey node, long limit)
    {
        if (!node.IsValid || node.IsFacility) throw new ArgumentOutOfRangeException(nameof(node), node, "a shared node is a valid key of a node that is no facility");
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LeasePolicy.AmountMax);
        return new LeaseBookState { Node = node, Limit = limit };
    }

    /// <summary>The state after an event.</summary>
    public LeaseBookState Apply(LeaseEvent happened)
    {
        var next = this with { Version = Version + 1 };
        return happened switch
        {
            LeaseEvent.Reported e => next.Put(Taken(e.Message, next.Version)),
            LeaseEvent.Granted e => next.Put(Entries[e.Partition] with { Grant = e.Grant, Status = ReplyStatus.Granted, Arrived = 0, Available = 0, ShrunkSince = 0 }),
            LeaseEvent.TurnedDown e => next.Put(Entries[e.Partition] with { Status = e.Status, Arrived = 0, Available = e.Available }),
            LeaseEvent.Recalled e => next.Put(Entries[e.Partition] with
            {
                RecallNumber = next.Version,
                RecallTolerance = e.Tolerance,
                RecallEverything = e.Everything,
            }),
            LeaseEvent.Reclaimed e => next.Put(new LeaseEntry { Partition = e.Partition, Epoch = e.Epoch, Usage = e.Usage }),
            LeaseEvent.CutStarted e => next with { CutTo = e.Limit, LimitOrder = e.Order },
            LeaseEvent.LimitInForce e => next with { Limit = e.Limit, CutTo = -1, LimitOrder = e.Order },
            _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "no such event"),
        };
    }

    /// <summary>The entry of a partition, or null when it never reported.</summary>
    public LeaseEntry? Find(PartitionId partition) => Entries.GetValueOrDefault(partition);

    /// <summary>This book with stored entries: queue and totals follow from them.</summary>
    internal LeaseBookState Restore(IEnumerable<LeaseEntry> entries)
    {
        var restored = this;
        foreach (var entry in entries) restored = restored.Put(entry);
        return restored;
    }

    private LeaseEntry Taken(LeaseReport report, long version)
    {
        var before = Find(report.Partition);
        if (before is null || before.Epoch != report.Epoch) before = new LeaseEntry { Partition = report.Partition, Epoch = report.Epoch };
        var asks = report.Least > report.Held;
        var answersNow = report.RecallAnswered > before.RecallAnswered;
        return before with
        {
            Sequence = report.Sequence,
            Grant = report.Held,
            Usage = report.Usage,
            Least = asks ? report.Least : 0,
            Wanted = asks ? report.Wanted : 0,
            Arrived = !asks ? 0 : before.Arrived != 0 ? before.Arrived : version,
            Status = asks ? ReplyStatus.Waiting : ReplyStatus.Noted,
            Available = 0,
            RecallAnswered = Math.Max(before.RecallAnswered, report.RecallAnswered),
            ShrunkSince = answersNow ? report.RecallAnswered : before.ShrunkSince,
        };
    }

    private LeaseBookState Put(LeaseEntry entry)
    {
        var before = Find(entry.Partition);
        var queue = Queue;
        if (before is { Arrived: not 0 } && before.Arrived != entry.Arrived) queue = queue.Remove(before.Arrived);
        if (entry.Arrived != 0) queue = queue.SetItem(entry.Arrived, entry.Partition);
        return this with
        {
            Entries = Entries.SetItem(entry.Partition, entry),
            Queue = queue,
            ChargeSum = ChargeSum + entry.Charge - (before?.Charge ?? 0),
            GrantSum = GrantSum + entry.Grant - (before?.Grant ?? 0),
            UsageSum = UsageSum + entry.Usage - (before?.Usage ?? 0),
            AskedSum = AskedSum + entry.Asked - (before?.Asked ?? 0),
        };
    }
}
