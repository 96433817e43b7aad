using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Domain.Commands;

/// <summary>Where a request came in. The numbers are part of the journal format.</summary>
public enum Channel : byte
{
    /// <summary>Not said.</summary>
    Unspecified = 0,

    /// <summary>Card present.</summary>
    PointOfSale = 1,

    /// <summary>Card not present.</summary>
    Online = 2,

    /// <summary>Cash: automated teller or counter. Counts toward cash sub-limits.</summary>
    Cash = 3,

    /// <summary>Transfer out.</summary>
    Transfer = 4,

    /// <summary>Branch or agent, other than cash.</summary>
    Branch = 5,

    /// <summary>Another system of the bank.</summary>
    Internal = 6,
}

/// <summary>Yes/no parts of an account command.</summary>
[Flags]
public enum CommandOptions : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Capture: release what remains of the hold.</summary>
    Final = 1,

    /// <summary>Repay: the money is not good yet; it waits for <see cref="CommandKind.ClearRepayment"/> or its time.</summary>
    Uncleared = 2,

    /// <summary>ResolveReferral: accept (absent: turn down).</summary>
    Accept = 4,

    /// <summary>RepayEarly: the term shrinks (absent: the instalments do).</summary>
    ShrinksTerm = 8,

    /// <summary>RenewLoan: the borrower meets the conditions under which a performing loan keeps its class.</summary>
    Eligible = 16,
}

/// <summary>
/// One command. Account commands use the fields here; control commands carry their record in <see cref="Control"/>.
/// A field that a kind does not use must keep its default, else the command is refused as malformed.
/// </summary>
public struct Command
{
    /// <summary>What to do.</summary>
    public CommandKind Kind;

    /// <summary>Yes/no parts.</summary>
    public CommandOptions Options;

    /// <summary>Where the request came in.</summary>
    public Channel Channel;

    /// <summary>Currency of <see cref="Amount"/>; must be the facility's.</summary>
    public Currency Currency;

    /// <summary>ISO 18245 merchant category code, 0 (none) to 9999.</summary>
    public ushort MerchantCategory;

    /// <summary>Caller's own scenario code, 0 is none.</summary>
    public ushort Scenario;

    /// <summary>Lifetime of a hold, of an uncleared repayment's float or of a referral, in seconds of writer time; 0 takes the engine's
    /// default for holds and referrals and "until told" for repayments. At most 400 days.</summary>
    public int LifetimeSeconds;

    /// <summary>The id under which the command takes effect once.</summary>
    public RequestId Id;

    /// <summary>The facility; for Reverse only its tenant is used.</summary>
    public NodeKey Facility;

    /// <summary>Minor units, 1 to 2^60; for Adjust the signed change of principal.</summary>
    public long Amount;

    /// <summary>Authorize and Drawdown: the least amount worth approving; 0 means all or nothing. At most <see cref="Amount"/>.</summary>
    public long AmountMin;

    /// <summary>Adjust: signed change of interest, minor units.</summary>
    public long InterestDelta;

    /// <summary>Adjust: signed change of fees, minor units.</summary>
    public long FeesDelta;

    /// <summary>The sequence of the decision that placed the hold, took the repayment, referred the request or made the loan. WriteOff and Recover may name a loan or none.</summary>
    public long Reference;

    /// <summary>Reverse: the request id to undo.</summary>
    public RequestId Original;

    /// <summary>Caller's time, microseconds since the Unix epoch; drives features only. 0 takes the writer's time.</summary>
    public long OccurredAtMicros;

    /// <summary>Opaque caller attributes for features and policies, at most <see cref="AttributesLengthMax"/> bytes; null is none.</summary>
    public byte[]? Attributes;

    /// <summary>The record of a control command, or what is agreed about a loan; null for other account commands.</summary>
    public ControlCommand? Control;

    /// <summary>Longest <see cref="Attributes"/>, bytes.</summary>
    public const int AttributesLengthMax = 256;

    /// <summary>Largest amount or limit, minor units.</summary>
    public const long AmountMax = 1L << 60;

    /// <summary>Longest lifetime, seconds.</summary>
    public const int LifetimeSecondsMax = 400 * 86_400;

    /// <summary>Wraps a control command.</summary>
    public static Command Of(RequestId id, ControlCommand control)
    {
        ArgumentNullException.ThrowIfNull(control);
        return new Command { Kind = control.Kind, Id = id, Facility = control.Key, Control = control };
    }
}
