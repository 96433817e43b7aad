using System.Collections.Immutable;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Leases;

/// <summary>What a holder is told.</summary>
public abstract record HolderInput
{
    private protected HolderInput()
    {
    }

    /// <summary>A request needs headroom on shared nodes.</summary>
    /// <param name="Id">The host's number for it, unique among the requests in hand.</param>
    /// <param name="Needs">Its shared nodes, each once, at most <see cref="HolderState.NeedsMax"/>, in any order.</param>
    public sealed record Plan(long Id, ImmutableArray<LeaseNeed> Needs) : HolderInput;

    /// <summary>A request told to run no longer fits, because facts came first: it starts again.</summary>
    public sealed record PlanAgain(long Id, ImmutableArray<LeaseNeed> Needs) : HolderInput;

    /// <summary>A request told to run has been decided: what was set aside for it is free or used.</summary>
    public sealed record Finish(long Id) : HolderInput;

    /// <summary>A request is not waited for any more (its caller's deadline): it gives back what it got.</summary>
    public sealed record Abandon(long Id) : HolderInput;

    /// <summary>A node answered.</summary>
    public sealed record TakeReply(LeaseReply Reply) : HolderInput;

    /// <summary>A node recalls.</summary>
    public sealed record TakeRecall(LeaseRecall Recall) : HolderInput;

    /// <summary>Usage on a node changed by facts: report an excess, or its end.</summary>
    public sealed record Observe(NodeKey Node) : HolderInput;

    /// <summary>Give back what has been idle.</summary>
    /// <param name="Node">The node.</param>
    /// <param name="Keep">Unused minor units to keep.</param>
    public sealed record ReturnIdle(NodeKey Node, long Keep) : HolderInput;

    /// <summary>Send every report without a final answer again.</summary>
    public sealed record Resend : HolderInput;
}

/// <summary>What a holder wants done, in order. A message leaves only when every event journaled before it is durable.</summary>
public abstract record HolderAct
{
    private protected HolderAct()
    {
    }

    /// <summary>Journal and apply this limit of the node's row, before anything else is decided.</summary>
    public sealed record JournalLimit(NodeKey Node, long Limit) : HolderAct;

    /// <summary>Send to the node.</summary>
    public sealed record Send(LeaseReport Report) : HolderAct;

    /// <summary>Decide the request now, in this turn; then <see cref="HolderInput.Finish"/> or <see cref="HolderInput.PlanAgain"/>.</summary>
    public sealed record Run(long Id) : HolderAct;

    /// <summary>Decline the request by the node's limit.</summary>
    /// <param name="Id">The request.</param>
    /// <param name="Node">The node without headroom.</param>
    /// <param name="Limit">Its limit in force.</param>
    /// <param name="Available">Headroom it had for the request, minor units of the node's currency; may be negative.</param>
    public sealed record Decline(long Id, NodeKey Node, long Limit, long Available) : HolderAct;

    /// <summary>Refuse the request by name (the node is recalling); its id stays free.</summary>
    public sealed record Refuse(long Id, NodeKey Node) : HolderAct;

    /// <summary>The epoch is over: answer nothing more and end the activation.</summary>
    public sealed record Stop : HolderAct;
}

/// <summary>What a holder decided.</summary>
/// <param name="State">The holder's state after it.</param>
/// <param name="Acts">What the host does, in this order.</param>
public sealed record HolderDecision(HolderState State, IReadOnlyList<HolderAct> Acts);

/// <summary>A shared node as found in the partition's tables when an epoch opens.</summary>
/// <param name="Node">The node.</param>
/// <param name="Limit">Limit of its row: a grant of an earlier epoch, void now.</param>
public readonly record struct OpenedNode(NodeKey Node, long Limit);
