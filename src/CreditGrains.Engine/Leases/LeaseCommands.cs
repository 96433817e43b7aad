namespace CreditGrains.Engine.Leases;

/// <summary>What a node's book is asked to do.</summary>
public abstract record LeaseCommand
{
    private protected LeaseCommand()
    {
    }

    /// <summary>A holder's report arrived.</summary>
    /// <param name="Message">The report.</param>
    public sealed record Receive(LeaseReport Message) : LeaseCommand;

    /// <summary>
    /// A holder was fenced: its epoch row was raised to <paramref name="Epoch"/>, and only then its durable usage was read. The usage
    /// is kept as usage without lease; the rest of the grant returns.
    /// </summary>
    /// <param name="Partition">The fenced partition.</param>
    /// <param name="Epoch">The epoch after fencing; no append under a lower one can succeed any more.</param>
    /// <param name="Usage">Durable exposure on this node, read after fencing; minor units, 0 to 2^60.</param>
    public sealed record Reclaim(PartitionId Partition, long Epoch, long Usage) : LeaseCommand;

    /// <summary>The node's limit changes.</summary>
    /// <param name="Order">Place of this change in the node's limit changes; a change not above the last one is a repeat and changes nothing.</param>
    /// <param name="Limit">Minor units, 0 to 2^60.</param>
    public sealed record SetLimit(long Order, long Limit) : LeaseCommand;

    /// <summary>
    /// Some recall has not been answered for a while by the host's clock: send the open ones again and, for a waiting demand, ask further holders.
    /// </summary>
    public sealed record Remind : LeaseCommand;
}

/// <summary>Why a book took no notice of a command. The first that holds, in this order.</summary>
public enum LeaseRejection : byte
{
    /// <summary>It was taken.</summary>
    None = 0,

    /// <summary>A number is out of range: partition, epoch and sequence from 1, amounts 0 to 2^60, wanted at least least. Mend the sender.</summary>
    Malformed = 1,

    /// <summary>The message names another node. Mend the routing.</summary>
    WrongNode = 2,

    /// <summary>The book is full (<see cref="LeasePolicy.HoldersMax"/>). Spread the node over fewer partitions.</summary>
    TooManyHolders = 3,

    /// <summary>The epoch is over. The sender gets <see cref="ReplyStatus.Fenced"/> and must stop.</summary>
    StaleEpoch = 4,

    /// <summary>A later report has been taken; this one was overtaken. Nothing to do.</summary>
    StaleSequence = 5,

    /// <summary>A reclaim without a raised epoch. Raise the epoch row, read usage again, then reclaim.</summary>
    NotFenced = 6,

    /// <summary>The holder claims more than it was granted, or claims a grant under a new epoch. Its journal or this book is damaged: stop both.</summary>
    HeldAboveGrant = 7,

    /// <summary>The holder answers a recall that was never made under its epoch. As above: one side is damaged.</summary>
    RecallNotMade = 8,
}

/// <summary>Where a change of limit stands.</summary>
public enum LimitAnswer : byte
{
    /// <summary>The command was no change of limit.</summary>
    None = 0,

    /// <summary>The new limit is in force.</summary>
    InForce = 1,

    /// <summary>Grants are being recalled; the old limit is in force until grants and usage fit or no lease remains.</summary>
    Recalling = 2,
}
