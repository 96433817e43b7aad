namespace CreditGrains.Engine.Leases;

/// <summary>One partition in a node's book. Amounts are minor units of the node's currency.</summary>
public sealed record LeaseEntry
{
    /// <summary>The partition.</summary>
    public required PartitionId Partition { get; init; }

    /// <summary>The highest epoch heard of; lower ones are fenced.</summary>
    public required long Epoch { get; init; }

    /// <summary>The last report taken under the epoch; 0 when the lease was reclaimed and no holder has reported since.</summary>
    public long Sequence { get; init; }

    /// <summary>What the partition may use; never less than any of its activations can.</summary>
    public long Grant { get; init; }

    /// <summary>Usage last reported or read when reclaimed.</summary>
    public long Usage { get; init; }

    /// <summary>What the last report asked for at least; 0 nothing.</summary>
    public long Least { get; init; }

    /// <summary>What the last report asked for; 0 nothing.</summary>
    public long Wanted { get; init; }

    /// <summary>Version at which the waiting demand arrived; 0 when none waits.</summary>
    public long Arrived { get; init; }

    /// <summary>Answer to the last report.</summary>
    public ReplyStatus Status { get; init; }

    /// <summary>With a decline, the largest grant that would have fitted.</summary>
    public long Available { get; init; }

    /// <summary>Number of the last recall sent under this epoch; 0 none.</summary>
    public long RecallNumber { get; init; }

    /// <summary>Number of the last recall answered under this epoch; 0 none.</summary>
    public long RecallAnswered { get; init; }

    /// <summary>What the last recall lets the holder keep unused.</summary>
    public long RecallTolerance { get; init; }

    /// <summary>Whether the last recall asked for everything.</summary>
    public bool RecallEverything { get; init; }

    /// <summary>
    /// Number of the recall after which nothing was granted: the unused part was within tolerance at some moment after that version. 0 when not known.
    /// </summary>
    public long ShrunkSince { get; init; }

    /// <summary>What the partition takes of the limit: grant, or usage where that is more.</summary>
    public long Charge => Math.Max(Grant, Usage);

    /// <summary>What the last report asked for beyond usage, 0 when it asked nothing: the weight of its demand.</summary>
    public long Asked => Least == 0 ? 0 : Math.Max(1, Wanted - Usage);

    /// <summary>Unused part of the grant, as far as known.</summary>
    public long Unused => Math.Max(0, Grant - Usage);

    /// <summary>Whether a recall waits for its answer.</summary>
    public bool IsRecalled => RecallNumber > RecallAnswered;
}
