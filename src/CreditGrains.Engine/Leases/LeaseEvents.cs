namespace CreditGrains.Engine.Leases;

/// <summary>What happened to a node's book. Carries outcomes: applying decides nothing.</summary>
public abstract record LeaseEvent
{
    private protected LeaseEvent()
    {
    }

    /// <summary>A holder's report was taken. Under a new epoch everything known of the old one is void.</summary>
    public sealed record Reported(LeaseReport Message) : LeaseEvent;

    /// <summary>A grant was raised to what a report asked for, or above.</summary>
    public sealed record Granted(PartitionId Partition, long Grant) : LeaseEvent;

    /// <summary>A demand was turned down; the grant stays as reported.</summary>
    /// <param name="Partition">Who asked.</param>
    /// <param name="Status"><see cref="ReplyStatus.Declined"/> or <see cref="ReplyStatus.Recalling"/>.</param>
    /// <param name="Available">The largest grant that would have fitted.</param>
    public sealed record TurnedDown(PartitionId Partition, ReplyStatus Status, long Available) : LeaseEvent;

    /// <summary>A holder was asked to give back. The recall's number is the book's version after this event.</summary>
    public sealed record Recalled(PartitionId Partition, long Tolerance, bool Everything) : LeaseEvent;

    /// <summary>A fenced holder's grant returned; its usage stays.</summary>
    public sealed record Reclaimed(PartitionId Partition, long Epoch, long Usage) : LeaseEvent;

    /// <summary>A limit cut waits for grants to return; grants stop. Also when a waiting cut is replaced by another.</summary>
    public sealed record CutStarted(long Order, long Limit) : LeaseEvent;

    /// <summary>A limit is in force; no cut waits.</summary>
    public sealed record LimitInForce(long Order, long Limit) : LeaseEvent;
}
