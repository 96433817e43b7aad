using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Domain.Decisions;

/// <summary>What became of a command. The numbers are part of the journal format.</summary>
public enum OutcomeKind : byte
{
    /// <summary>Not evaluated: see the reason. Nothing journaled, the id is free.</summary>
    Refused = 0,

    /// <summary>Request approved whole.</summary>
    Approved = 1,

    /// <summary>Request approved for less than was asked, but at least the least amount.</summary>
    ApprovedInPart = 2,

    /// <summary>Request or control declined: see the reason. Journaled and sticky.</summary>
    Declined = 3,

    /// <summary>Request waits for a person; nothing is held.</summary>
    Referred = 4,

    /// <summary>Fact posted, or control command applied.</summary>
    Posted = 5,
}

/// <summary>Which limit stood in the way.</summary>
public enum LimitKind : byte
{
    /// <summary>The limit of a facility or node.</summary>
    Node = 0,

    /// <summary>A sub-limit of the facility; <see cref="FailingLimit.Detail"/> is channel × 65536 + first category.</summary>
    SubLimit = 1,

    /// <summary>A velocity limit on amount; <see cref="FailingLimit.Detail"/> is the window in seconds.</summary>
    VelocityAmount = 2,

    /// <summary>A velocity limit on count; headroom is in approvals; <see cref="FailingLimit.Detail"/> is the window in seconds.</summary>
    VelocityCount = 3,

    /// <summary>No limit: the node that is frozen or lacks a rate.</summary>
    Blocked = 4,

    /// <summary>The review threshold that sent the request to a person.</summary>
    Review = 5,
}

/// <summary>
/// One limit that stood in the way of a request, with its headroom before the request; or, for a fact, one left in excess
/// (headroom negative, after the fact).
/// </summary>
/// <param name="Node">The facility or node whose limit it is.</param>
/// <param name="Kind">Which of its limits.</param>
/// <param name="Limit">Ceiling in force, minor units of the node's currency (or approvals).</param>
/// <param name="Headroom">Limit less exposure, minor units, may be negative.</param>
/// <param name="Detail">See <paramref name="Kind"/>.</param>
public readonly record struct FailingLimit(NodeKey Node, LimitKind Kind, long Limit, long Headroom, int Detail);

/// <summary>The answer to one command. Equal for the first time and every retry, but for <see cref="Duplicate"/>.</summary>
public struct Outcome
{
    /// <summary>What became of it.</summary>
    public OutcomeKind Kind;

    /// <summary>Whether this repeats an earlier answer.</summary>
    public bool Duplicate;

    /// <summary>Why it was refused or declined; for others None.</summary>
    public Reason Reason;

    /// <summary>Sequence of the journaled event; the decision id, and the hold's, repayment's or referral's reference. 0 when refused.</summary>
    public long Sequence;

    /// <summary>Writer time, microseconds since the Unix epoch.</summary>
    public long RecordedAtMicros;

    /// <summary>Amount approved or posted, minor units.</summary>
    public long Amount;

    /// <summary>Writer time at which the hold, float or referral ends; 0 when there is none.</summary>
    public long ExpiresAtMicros;

    /// <summary>The facility's balances after; default for control commands.</summary>
    public FacilityBalances Balances;

    /// <summary>The facility's headroom after, minor units of its currency; default for control commands.</summary>
    public long Headroom;

    /// <summary>Every limit that stood in the way, or is left in excess; null when none.</summary>
    public FailingLimit[]? Limits;

    /// <summary>What models and policies had to do with it: score, versions, reasons.</summary>
    public RiskRecord Risk;

    /// <summary>For a refusal, which field is at fault and how to mend it; for a decline that is no matter of limits, how to mend that. Null otherwise.</summary>
    public string? Message;
}
