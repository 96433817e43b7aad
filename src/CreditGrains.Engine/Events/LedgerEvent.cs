using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Engine.Events;

/// <summary>What an event did beside the balances.</summary>
[Flags]
internal enum EventEffects : byte
{
    None = 0,

    /// <summary>The item named by the reference ended.</summary>
    ItemEnds = 1,

    /// <summary>A hold, float or referral of the amount was made, named by this event's sequence.</summary>
    NewItem = 2,

    /// <summary>A capture found no open hold.</summary>
    WithoutHold = 4,

    /// <summary>The id reversed had not been seen.</summary>
    Tombstone = 8,

    /// <summary>A repayment was allocated (its parts are recorded) rather than left waiting.</summary>
    Allocated = 16,
}

/// <summary>
/// One event: the command, its outcome, and all that <c>Apply</c> needs so that replay decides nothing. The decider fills one,
/// the codec writes it, the applier carries it out; replay reads and applies the same.
/// </summary>
internal struct LedgerEvent
{
    public long Sequence;
    public long RecordedAtMicros;

    /// <summary>Row of the facility or node while live; 0 when not looked up. Not journaled.</summary>
    public int Row;

    /// <summary>Row of the open item referred to while live; 0 when none. Not journaled.</summary>
    public int ItemRow;
    public CommandKind Kind;
    public OutcomeKind Outcome;
    public Reason Reason;
    public EventEffects Effects;
    public RequestId Id;
    public NodeKey Key;
    public uint Fingerprint;
    public Currency Currency;
    public CommandOptions Options;
    public Channel Channel;
    public ushort MerchantCategory;
    public ushort Scenario;
    public CommandKind RequestKind;
    public NodeStatus StatusAfter;
    public long AmountAsked;
    public long AmountMin;
    public long Amount;
    public long Reference;
    public RequestId Original;

    /// <summary>Sequence of the decision undone; 0 when nothing was.</summary>
    public long OriginalSequence;
    public long OccurredAtMicros;
    public long ExpiresAtSeconds;

    /// <summary>Of a hold: what was released, captured parts included.</summary>
    public long ReleasedFromHold;

    /// <summary>Of a capture: what no hold covered.</summary>
    public long Uncovered;

    /// <summary>Parts of a repayment or write-off; of an adjustment the signed changes.</summary>
    public Allocation Parts;
    public FacilityBalances Balances;
    public long Headroom;
    public long PreviousSequence;
    public int PolicyVersion;
    public int ModelVersion;
    public FailingLimit[]? Limits;
    public byte[]? Attributes;
    public ControlCommand? Control;

    /// <summary>What stands in the way of a command about a pool, and how to mend it.</summary>
    public string? Note;

    /// <summary>RegraphSlice: the facilities now counted in their new ancestors.</summary>
    public NodeKey[]? Slice;

    /// <summary>What happened to loans; null when nothing did.</summary>
    public LoanPart[]? Loans;

    /// <summary>Why the terms of a loan or an act on one were refused.</summary>
    public LoanFault LoanFault;

    /// <summary>StateDigest: the digest and the sequence it is of.</summary>
    public UInt128 Digest;
    public long DigestSequence;

    /// <summary>Whether a request was approved, in whole or part.</summary>
    public readonly bool IsApproval => Outcome is OutcomeKind.Approved or OutcomeKind.ApprovedInPart;

    /// <summary>Whether the event changed anything but the id's record.</summary>
    public readonly bool HasEffect => IsApproval || Outcome == OutcomeKind.Posted;
}
