using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Domain.Approvals;

/// <summary>Where a proposal stands.</summary>
public enum ProposalState
{
    /// <summary>Waits for another person.</summary>
    Open = 0,

    /// <summary>Approved; its command is sent to the engine, again if need be, under one request id.</summary>
    Approved = 1,

    /// <summary>Its command was executed; whether the engine posted or declined it, its decision tells.</summary>
    Executed = 2,

    /// <summary>Turned down.</summary>
    Rejected = 3,

    /// <summary>Nobody approved it in time.</summary>
    Expired = 4,
}

/// <summary>A command that waits for a second person.</summary>
/// <param name="Id">Its number, from 1.</param>
/// <param name="Maker">Id of the principal who proposed it.</param>
/// <param name="Command">What is proposed.</param>
/// <param name="Note">Why, for the checker; may be empty.</param>
/// <param name="ProposedAtMicros">When, microseconds since the Unix epoch.</param>
/// <param name="ExpiresAtMicros">From when on it may not be approved any more.</param>
public sealed record Proposal(long Id, string Maker, Command Command, string Note, long ProposedAtMicros, long ExpiresAtMicros)
{
    /// <summary>Where it stands; of an open one by the time, ask <see cref="StateAt"/>.</summary>
    public ProposalState State { get; init; }

    /// <summary>Id of the principal who approved or rejected it; empty while it is open.</summary>
    public string Checker { get; init; } = "";

    /// <summary>Why the checker approved or rejected it; may be empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When it was approved or rejected, microseconds since the Unix epoch; 0 while it is open.</summary>
    public long CheckedAtMicros { get; init; }

    /// <summary>The request id under which its command is executed; default until it is approved.</summary>
    public RequestId ExecutedAs { get; init; }

    /// <summary>The engine's decision; 0 until it is executed.</summary>
    public long DecisionId { get; init; }

    /// <summary>Where it stands at a time.</summary>
    public ProposalState StateAt(long nowMicros) => State == ProposalState.Open && nowMicros >= ExpiresAtMicros ? ProposalState.Expired : State;
}

/// <summary>What happened to a proposal; the log holds these and nothing else.</summary>
/// <param name="Id">The proposal.</param>
/// <param name="AtMicros">When, microseconds since the Unix epoch.</param>
public abstract record ProposalEvent(long Id, long AtMicros);

/// <summary>It was made.</summary>
public sealed record ChangeProposed(long Id, long AtMicros, string Maker, Command Command, string Note, long ExpiresAtMicros) : ProposalEvent(Id, AtMicros);

/// <summary>Another person approved it.</summary>
public sealed record ChangeApproved(long Id, long AtMicros, string Checker, RequestId ExecutedAs, string Reason = "") : ProposalEvent(Id, AtMicros);

/// <summary>It was turned down, or withdrawn by its maker.</summary>
public sealed record ChangeRejected(long Id, long AtMicros, string By, string Reason = "") : ProposalEvent(Id, AtMicros);

/// <summary>The engine answered its command.</summary>
public sealed record ChangeExecuted(long Id, long AtMicros, long DecisionId) : ProposalEvent(Id, AtMicros);
