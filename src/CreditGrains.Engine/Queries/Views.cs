using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Journal.Standby;

namespace CreditGrains.Engine.Queries;

/// <summary>Whether a facility or node takes requests.</summary>
public enum NodeStatus : byte
{
    /// <summary>Takes requests.</summary>
    Active = 0,

    /// <summary>Stopped by Freeze.</summary>
    Frozen = 1,

    /// <summary>Close was asked; something remains.</summary>
    Closing = 2,

    /// <summary>Ended.</summary>
    Closed = 3,
}

/// <summary>What waits on a facility.</summary>
public enum OpenItemKind : byte
{
    /// <summary>A hold.</summary>
    Hold = 0,

    /// <summary>An uncleared repayment.</summary>
    Float = 1,

    /// <summary>A referred request.</summary>
    Referral = 2,
}

/// <summary>An open hold, uncleared repayment or referral.</summary>
/// <param name="Reference">Sequence of the decision that made it.</param>
/// <param name="Kind">Which of the three.</param>
/// <param name="Amount">Amount at the start with increases, minor units.</param>
/// <param name="Remaining">What is left, minor units.</param>
/// <param name="ExpiresAtMicros">Its end in writer time; 0 is none.</param>
/// <param name="Channel">Channel of the request.</param>
/// <param name="MerchantCategory">Merchant category of the request.</param>
public readonly record struct OpenItemView(
    long Reference, OpenItemKind Kind, long Amount, long Remaining, long ExpiresAtMicros, Channel Channel, ushort MerchantCategory);

/// <summary>A dated or temporary limit that waits or is in force.</summary>
public readonly record struct DatedLimitView(long Limit, long FromMicros, long UntilMicros);

/// <summary>A sub-limit and its use.</summary>
public readonly record struct SubLimitView(Channel Channel, ushort CategoryFrom, ushort CategoryTo, long Limit, long Used);

/// <summary>A velocity limit and what its window holds now. Bounds of −1 are none.</summary>
public readonly record struct VelocityLimitView(int WindowSeconds, long AmountMax, int CountMax, long AmountUsed, long CountUsed);

/// <summary>A node with its limit and use, at one moment.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Currency">Currency of its limit.</param>
/// <param name="Status">Whether it takes requests.</param>
/// <param name="Basis">What it counts.</param>
/// <param name="Limit">Ceiling in force, minor units.</param>
/// <param name="Exposure">Minor units, rounded up; null when a rate is missing.</param>
/// <param name="Headroom">Limit less exposure; null when a rate is missing.</param>
/// <param name="SharePpm">In a facility's path: the share it bears; else the whole.</param>
/// <param name="ReviewThreshold">Amount above which requests go to a person; −1 is none.</param>
/// <param name="FacilityCount">Facilities that count here.</param>
/// <param name="Parents">Direct parents.</param>
/// <param name="DatedLimits">Limits that wait or are temporary.</param>
/// <param name="VelocityLimits">Velocity limits.</param>
public sealed record NodeView(
    NodeKey Key, Currency Currency, NodeStatus Status, ExposureBasis Basis, long Limit, long? Exposure, long? Headroom, int SharePpm,
    long ReviewThreshold, long FacilityCount, IReadOnlyList<ParentShare> Parents, IReadOnlyList<DatedLimitView> DatedLimits,
    IReadOnlyList<VelocityLimitView> VelocityLimits);

/// <summary>A facility with its path and open items in one atomic read.</summary>
/// <param name="Node">The facility as a limit node.</param>
/// <param name="Balances">Its balances.</param>
/// <param name="CreditAddsHeadroom">Whether a credit balance may be spent above the limit.</param>
/// <param name="Path">The distinct ancestors in which it counts, sorted by kind, legal entity, id.</param>
/// <param name="OpenItems">Holds, floats and referrals by reference.</param>
/// <param name="SubLimits">Sub-limits.</param>
/// <param name="LastSequence">Sequence of its newest event.</param>
/// <param name="AsOfMicros">Writer time of the read.</param>
public sealed record FacilityView(
    NodeView Node, FacilityBalances Balances, bool CreditAddsHeadroom, IReadOnlyList<NodeView> Path, IReadOnlyList<OpenItemView> OpenItems,
    IReadOnlyList<SubLimitView> SubLimits, long LastSequence, long AsOfMicros);

/// <summary>One journaled event, decoded.</summary>
public sealed record EventRecord
{
    /// <summary>Its place in the journal, from 1 without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>Writer time.</summary>
    public required long RecordedAtMicros { get; init; }

    /// <summary>The command, or the engine's own act.</summary>
    public required CommandKind Kind { get; init; }

    /// <summary>What became of it.</summary>
    public required OutcomeKind Outcome { get; init; }

    /// <summary>Why it was declined.</summary>
    public Reason Reason { get; init; }

    /// <summary>The caller's id; default for the engine's own acts.</summary>
    public RequestId Id { get; init; }

    /// <summary>The facility or node.</summary>
    public NodeKey Key { get; init; }

    /// <summary>Currency of the amounts.</summary>
    public Currency Currency { get; init; }

    /// <summary>Amount asked, minor units.</summary>
    public long AmountAsked { get; init; }

    /// <summary>Amount approved, posted or released, minor units.</summary>
    public long Amount { get; init; }

    /// <summary>Least amount worth approving.</summary>
    public long AmountMin { get; init; }

    /// <summary>Hold, float or referral it refers to.</summary>
    public long Reference { get; init; }

    /// <summary>Reverse: the id undone.</summary>
    public RequestId Original { get; init; }

    /// <summary>Caller's time.</summary>
    public long OccurredAtMicros { get; init; }

    /// <summary>End of the item it made or moved; 0 is none.</summary>
    public long ExpiresAtMicros { get; init; }

    /// <summary>Channel of the request.</summary>
    public Channel Channel { get; init; }

    /// <summary>Options of the command.</summary>
    public CommandOptions Options { get; init; }

    /// <summary>Merchant category of the request.</summary>
    public ushort MerchantCategory { get; init; }

    /// <summary>Scenario of the request.</summary>
    public ushort Scenario { get; init; }

    /// <summary>Parts of a repayment or correction: fees.</summary>
    public long FeesPart { get; init; }

    /// <summary>Parts of a repayment or correction: interest.</summary>
    public long InterestPart { get; init; }

    /// <summary>Parts of a repayment: what went to credit.</summary>
    public long CreditPart { get; init; }

    /// <summary>Balances after; default for control events about nodes.</summary>
    public FacilityBalances Balances { get; init; }

    /// <summary>Headroom of the facility after.</summary>
    public long Headroom { get; init; }

    /// <summary>Sequence of the facility's event before this one; 0 is none.</summary>
    public long PreviousSequence { get; init; }

    /// <summary>Policy in force; 0 is none.</summary>
    public int PolicyVersion { get; init; }

    /// <summary>Acting model; 0 is none.</summary>
    public int ModelVersion { get; init; }

    /// <summary>Limits that stood in the way or are left in excess.</summary>
    public IReadOnlyList<FailingLimit> Limits { get; init; } = [];

    /// <summary>Caller's attributes.</summary>
    public ReadOnlyMemory<byte> Attributes { get; init; }

    /// <summary>The control command; null for account events.</summary>
    public ControlCommand? Control { get; init; }

    /// <summary>RegraphSlice: the facilities that count in their new ancestors from here on; a key may come twice.</summary>
    public IReadOnlyList<NodeKey> Regraphed { get; init; } = [];

    /// <summary>Reverse: whether the original had not been seen and is barred.</summary>
    public bool IsTombstone { get; init; }

    /// <summary>StateDigest: the digest, 32 hexadecimal digits; else null.</summary>
    public string? Digest { get; init; }

    /// <summary>StateDigest: the sequence the digest is of.</summary>
    public long DigestSequence { get; init; }
}

/// <summary>A page of a facility's history, newest first.</summary>
/// <param name="Events">At most the number asked.</param>
/// <param name="NextBefore">Pass as the next page's start; 0 at the end.</param>
public sealed record HistoryPage(IReadOnlyList<EventRecord> Events, long NextBefore)
{
    /// <summary>The facility's newest event that went into the archive; the page ends before it. 0 when none did, or older pages follow.</summary>
    public long ArchivedSequence { get; init; }
}

/// <summary>How the engine is.</summary>
public sealed record EngineStatus(
    long LastSequence, long RecordedAtMicros, long FacilityCount, long NodeCount, long OpenItemCount, long SnapshotSequence,
    long JournalBytes, long QueueLength, bool ClockStepPending, string? Fault)
{
    /// <summary>Syncs of the journal since the engine opened; 0 on a cluster, whose journal is a database.</summary>
    public long FlushCount { get; init; }

    /// <summary>The standby; null when none is configured.</summary>
    public StandbyView? Standby { get; init; }
}

/// <summary>The standby of a writer.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="IsRequired">Whether nothing is decided unless it is in step.</param>
/// <param name="Message">For an operator: who and where it is, or why it is lost.</param>
public sealed record StandbyView(StandbyState State, bool IsRequired, string Message);
