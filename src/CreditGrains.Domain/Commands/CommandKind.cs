namespace CreditGrains.Domain.Commands;

/// <summary>
/// Everything the engine can be told. Requests may be refused; facts have happened and always post; the rest is control.
/// The numbers are part of the journal format and never reused.
/// </summary>
public enum CommandKind : byte
{
    /// <summary>No command.</summary>
    None = 0,

    /// <summary>Request: place a hold of an amount.</summary>
    Authorize = 1,

    /// <summary>Request: add an amount to an open hold.</summary>
    IncreaseHold = 2,

    /// <summary>Request: draw an amount at once.</summary>
    Drawdown = 3,

    /// <summary>Fact: a hold, or part of it, was cleared. Posts above or without the hold where it must.</summary>
    Capture = 16,

    /// <summary>Fact: an amount was cleared that was never authorised here.</summary>
    ClearWithoutHold = 17,

    /// <summary>Fact: money came in. Uncleared money waits and restores no headroom.</summary>
    Repay = 18,

    /// <summary>Fact: an uncleared repayment is now good.</summary>
    ClearRepayment = 19,

    /// <summary>Fact: a repayment bounced, cleared or not.</summary>
    ReverseRepayment = 20,

    /// <summary>Fact: a merchant gave money back.</summary>
    Refund = 21,

    /// <summary>Fact: a disputed charge was taken back.</summary>
    Chargeback = 22,

    /// <summary>Fact: interest was charged.</summary>
    PostInterest = 23,

    /// <summary>Fact: a fee was charged.</summary>
    PostFee = 24,

    /// <summary>Fact: an amount was written off.</summary>
    WriteOff = 25,

    /// <summary>Fact: money came in on what was written off.</summary>
    Recover = 26,

    /// <summary>Fact: signed corrections from a reconciliation with the core ledger.</summary>
    Adjust = 27,

    /// <summary>Principal of a loan that is not due comes in.</summary>
    RepayEarly = 28,

    /// <summary>A loan's next instalments are skipped.</summary>
    GrantHoliday = 29,

    /// <summary>A loan gets more instalments.</summary>
    ExtendLoan = 30,

    /// <summary>A new loan takes over the principal of another, which ends.</summary>
    RenewLoan = 31,

    /// <summary>Fact: a loan that runs already elsewhere is kept here from now on.</summary>
    ImportLoan = 32,

    /// <summary>Release what remains of an open hold.</summary>
    Void = 48,

    /// <summary>Undo what an earlier request id did; an id not seen yet is barred (a tombstone).</summary>
    Reverse = 49,

    /// <summary>Accept or turn down a referral; accepting checks every limit again.</summary>
    ResolveReferral = 50,

    /// <summary>Journal only: a hold's time ran out. Never sent by a caller.</summary>
    ExpireHold = 51,

    /// <summary>Journal only: an uncleared repayment cleared by its time. Never sent by a caller.</summary>
    ClearRepaymentDue = 52,

    /// <summary>Journal only: a referral's time ran out. Never sent by a caller.</summary>
    ExpireReferral = 53,

    /// <summary>Journal only: a loan was brought to its legal entity's business date. Never sent by a caller.</summary>
    AgeLoan = 54,

    /// <summary>Create a limit node.</summary>
    OpenNode = 64,

    /// <summary>Create a facility under its nodes.</summary>
    OpenFacility = 65,

    /// <summary>Put a node or facility under a further node.</summary>
    LinkNode = 66,

    /// <summary>Take a node or facility out from under a node.</summary>
    UnlinkNode = 67,

    /// <summary>Change one parent of a facility or node for another.</summary>
    MoveFacility = 68,

    /// <summary>Set a limit: now, from a date, or for a time.</summary>
    SetLimit = 69,

    /// <summary>Set a sub-limit of a facility (cash, merchant category).</summary>
    SetSubLimit = 70,

    /// <summary>Set a limit on amount or count in a sliding window.</summary>
    SetVelocityLimit = 71,

    /// <summary>Set the amount above which a request on a node goes to a person.</summary>
    SetReviewThreshold = 72,

    /// <summary>Stop approvals on a facility or node.</summary>
    Freeze = 73,

    /// <summary>Allow approvals again.</summary>
    Unfreeze = 74,

    /// <summary>End a facility or an empty node.</summary>
    Close = 75,

    /// <summary>Set a dated exchange rate.</summary>
    SetFxRate = 76,

    /// <summary>Move a legal entity's business date forward.</summary>
    AdvanceBusinessDate = 77,

    /// <summary>Put a facility in a pool, out of the one it was in.</summary>
    TransferToPool = 78,

    /// <summary>Journal only: a dated or temporary limit came into force or ended.</summary>
    LimitFellDue = 79,

    /// <summary>Journal only: one slice of a large change of the graph.</summary>
    RegraphSlice = 80,

    /// <summary>Journal only: digest of the state at an earlier sequence.</summary>
    StateDigest = 81,

    /// <summary>Put a catalogue of features in force.</summary>
    ActivateFeatures = 82,

    /// <summary>Give a pool its terms.</summary>
    DefinePool = 96,

    /// <summary>Bring a loan that another system services into a pool.</summary>
    PutLoanInPool = 97,

    /// <summary>Take a loan out of its pool.</summary>
    TakeLoanFromPool = 98,

    /// <summary>What happened to a loan of a pool that another system services.</summary>
    ReportLoan = 99,

    /// <summary>A part of a file that models, policies and catalogues are made of.</summary>
    PutContent = 101,

    /// <summary>Add a version of a model.</summary>
    RegisterModel = 102,

    /// <summary>Add a version of a policy.</summary>
    RegisterPolicy = 103,

    /// <summary>Give a version of a model a role from a moment on.</summary>
    ActivateModel = 104,

    /// <summary>Give a version of a policy a role from a moment on.</summary>
    ActivatePolicy = 105,

    /// <summary>An automated decline of a request is to be looked at by a person: it becomes a referral.</summary>
    RequestReview = 106,

    /// <summary>Say what a borrower owes to all banks, by the credit register.</summary>
    ReportBankDebt = 110,
}

/// <summary>Groups of command kinds.</summary>
public static class CommandKinds
{
    /// <summary>Whether the command may be refused for want of headroom.</summary>
    public static bool IsRequest(this CommandKind kind) => kind is >= CommandKind.Authorize and <= CommandKind.Drawdown;

    /// <summary>Whether the command reports what has happened.</summary>
    public static bool IsFact(this CommandKind kind) => kind is >= CommandKind.Capture and <= CommandKind.Adjust;

    /// <summary>Whether the command is agreed about one loan; it is declined when the loan cannot do it.</summary>
    public static bool IsLoanAct(this CommandKind kind) => kind is >= CommandKind.RepayEarly and <= CommandKind.RenewLoan;

    /// <summary>Whether the command works on one facility's balances or holds.</summary>
    public static bool IsAccount(this CommandKind kind) => kind is (> CommandKind.None and < CommandKind.OpenNode) or CommandKind.RequestReview;

    /// <summary>Whether a caller may send it.</summary>
    public static bool IsForCallers(this CommandKind kind) =>
        kind is (>= CommandKind.Authorize and <= CommandKind.Drawdown) or (>= CommandKind.Capture and <= CommandKind.ImportLoan)
            or (>= CommandKind.Void and <= CommandKind.ResolveReferral) or (>= CommandKind.OpenNode and <= CommandKind.TransferToPool)
            or CommandKind.ActivateFeatures or CommandKind.RequestReview or CommandKind.ReportBankDebt || kind.IsPool() || kind.IsRisk();

    /// <summary>Whether the command is about a pool's terms or its loans.</summary>
    public static bool IsPool(this CommandKind kind) => kind is >= CommandKind.DefinePool and <= CommandKind.ReportLoan;

    /// <summary>Whether it is about a loan of a pool that another system services.</summary>
    public static bool IsPoolLoan(this CommandKind kind) => kind is CommandKind.PutLoanInPool or CommandKind.TakeLoanFromPool or CommandKind.ReportLoan;

    /// <summary>Whether the command is about models and policies.</summary>
    public static bool IsRisk(this CommandKind kind) => kind is >= CommandKind.PutContent and <= CommandKind.ActivatePolicy;
}
