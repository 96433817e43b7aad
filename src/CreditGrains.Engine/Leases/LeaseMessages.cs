using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Leases;

// The three messages between a node and the partitions that share it. Each may be lost, repeated or overtaken without harm:
// a report carries the holder's whole view, a reply answers one report, a recall is only a wish.

/// <summary>
/// Holder to node: what this partition may use and uses, and what it asks for. A report supersedes every report before it, and by
/// sending it the holder gives up every reply to those.
/// </summary>
/// <param name="Node">The shared node.</param>
/// <param name="Partition">Who reports.</param>
/// <param name="Epoch">Epoch under which the partition appends; from 1.</param>
/// <param name="Sequence">Number of the report within node, partition and epoch; from 1.</param>
/// <param name="Held">Minor units of the node's currency the partition may use: its durable limit. 0 to 2^60.</param>
/// <param name="Usage">The partition's durable exposure on the node, rounded up per currency. 0 to 2^60; above <paramref name="Held"/> after facts.</param>
/// <param name="Least">The smallest grant (a total, not an increase) that lets the first waiting request through; 0 asks for nothing.</param>
/// <param name="Wanted">The grant that lets all waiting requests through, at least <paramref name="Least"/>; 0 asks for nothing.</param>
/// <param name="RecallAnswered">Number of the last recall carried out in full, 0 when none under this epoch.</param>
public sealed record LeaseReport(
    NodeKey Node, PartitionId Partition, long Epoch, long Sequence, long Held, long Usage, long Least, long Wanted, long RecallAnswered);

/// <summary>What a node says to a report.</summary>
public enum ReplyStatus : byte
{
    /// <summary>Nothing was asked; the report is in the node's book.</summary>
    Noted = 0,

    /// <summary>The grant is at least what was asked.</summary>
    Granted = 1,

    /// <summary>Unused grants are being recalled from others; another reply to the same report follows.</summary>
    Waiting = 2,

    /// <summary>It does not fit, and nothing worth recalling is left.</summary>
    Declined = 3,

    /// <summary>A cut of the limit is under way; nothing is granted until it is in force.</summary>
    Recalling = 4,

    /// <summary>The reporter's epoch is over: it must stop.</summary>
    Fenced = 5,
}

/// <summary>Node to holder: the answer to one report.</summary>
/// <param name="Node">The node.</param>
/// <param name="Partition">Who reported.</param>
/// <param name="Epoch">The report's epoch; with <see cref="ReplyStatus.Fenced"/> the epoch in force.</param>
/// <param name="Sequence">The report's sequence.</param>
/// <param name="Status">The answer.</param>
/// <param name="Grant">What the partition may use in all, minor units.</param>
/// <param name="Available">With <see cref="ReplyStatus.Declined"/>: the largest grant that would have fitted; may be negative. Else 0.</param>
/// <param name="Limit">The node's limit in force.</param>
public sealed record LeaseReply(
    NodeKey Node, PartitionId Partition, long Epoch, long Sequence, ReplyStatus Status, long Grant, long Available, long Limit);

/// <summary>
/// Node to holder: give back what is not used. Carries the node's answer to the holder's last report, so that a recall that overtakes a grant does not
/// undo it before it was of use.
/// </summary>
/// <param name="Node">The node.</param>
/// <param name="Partition">Who shall give back.</param>
/// <param name="Epoch">Epoch of the holder meant; others ignore it.</param>
/// <param name="Number">Grows with each recall of this node; older ones are ignored.</param>
/// <param name="Tolerance">Unused minor units the holder may keep.</param>
/// <param name="Everything">True: the whole grant goes back, also what is used, so that what is repaid cannot be spent again.</param>
/// <param name="LastReply">The node's answer to the holder's last report.</param>
public sealed record LeaseRecall(
    NodeKey Node, PartitionId Partition, long Epoch, long Number, long Tolerance, bool Everything, LeaseReply LastReply);
