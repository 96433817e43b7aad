namespace CreditGrains.Domain.Decisions;

/// <summary>
/// Why a command was refused. Listed about in order of precedence; docs/rules.md says exactly which of several that hold is
/// given (failing limits are all listed beside it). The numbers are part of the journal format and the API and never reused.
/// Below 100: the command was not evaluated, consumes no id and may be sent again once mended.
/// </summary>
public enum Reason : ushort
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>The process is going down; ask again later.</summary>
    EngineStopped = 1,

    /// <summary>The queue is full; slow down and send the same id again.</summary>
    Overloaded = 2,

    /// <summary>There is no room to journal the outcome; free disk space.</summary>
    DiskFull = 3,

    /// <summary>The clock stepped forward by more than five minutes; an operator must confirm it.</summary>
    ClockStepUnconfirmed = 4,

    /// <summary>The standby that decisions must reach is lost; bring it back and send the same id again.</summary>
    StandbyLost = 5,

    /// <summary>In a cluster: the limit of a shared node is being cut and nothing is granted until the cut is in force; send the same id again later.</summary>
    Recalling = 6,

    /// <summary>The caller's deadline passed while the command waited to be decided; send the same id again with more time.</summary>
    DeadlineExceeded = 7,

    /// <summary>The caller may not send this kind of command.</summary>
    InvalidKind = 10,

    /// <summary>The id is neither a UUIDv7 nor a place in a session.</summary>
    InvalidRequestId = 11,

    /// <summary>The UUIDv7 is older than 72 hours of writer time.</summary>
    RequestIdTooOld = 12,

    /// <summary>The UUIDv7 is more than 5 minutes ahead of writer time.</summary>
    RequestIdFromFuture = 13,

    /// <summary>A part of the key is missing or out of range.</summary>
    InvalidKey = 14,

    /// <summary>The amount is zero, negative or above 2^60, or the least amount is above the amount.</summary>
    InvalidAmount = 15,

    /// <summary>The currency is not an ISO 4217 code known here.</summary>
    InvalidCurrency = 16,

    /// <summary>Another field is out of range or not used by this command; the message names it.</summary>
    InvalidField = 17,

    /// <summary>The session has not sent the sequences before this one.</summary>
    SessionGap = 18,

    /// <summary>The id was used for another command.</summary>
    RequestIdReused = 19,

    /// <summary>The id's earlier outcome is no longer at hand (archived); it took effect and is not executed again.</summary>
    OutcomeArchived = 20,

    /// <summary>A model or policy file is malformed or holds what is not supported; the message names line or node. The version in force stays.</summary>
    InvalidContent = 30,

    /// <summary>The id was reversed before it arrived; it is barred.</summary>
    Tombstoned = 100,

    /// <summary>No such facility.</summary>
    UnknownFacility = 101,

    /// <summary>No such node; the data names it.</summary>
    UnknownNode = 102,

    /// <summary>The command's currency is not the facility's.</summary>
    CurrencyMismatch = 103,

    /// <summary>The facility is closed or closing.</summary>
    FacilityClosed = 104,

    /// <summary>The facility is frozen.</summary>
    FacilityFrozen = 105,

    /// <summary>A node on the path is frozen; the data names it.</summary>
    NodeFrozen = 106,

    /// <summary>No open hold, uncleared repayment or referral with that reference on that facility: never there, or resolved.</summary>
    ReferenceNotOpen = 107,

    /// <summary>The facility has as many open items as it may (1,000).</summary>
    TooManyOpenItems = 108,

    /// <summary>A needed exchange rate was never set; the data names the node.</summary>
    FxRateMissing = 109,

    /// <summary>A needed exchange rate is no longer valid; the data names the node.</summary>
    FxRateStale = 110,

    /// <summary>A balance or exposure would pass 2^60.</summary>
    AmountOverflow = 111,

    /// <summary>A facility or node limit would be passed.</summary>
    LimitExceeded = 112,

    /// <summary>A cash or merchant-category sub-limit would be passed.</summary>
    SubLimitExceeded = 113,

    /// <summary>A velocity limit would be passed.</summary>
    VelocityExceeded = 114,

    /// <summary>An increase passes a review threshold; ask for a hold of its own, which can be referred.</summary>
    ReviewNeeded = 121,

    /// <summary>A person turned the referral down.</summary>
    ReferralTurnedDown = 115,

    /// <summary>The correction would make a balance negative.</summary>
    BalanceNegative = 116,

    /// <summary>What the original did was undone before.</summary>
    AlreadyReversed = 117,

    /// <summary>The original had no effect that could be undone (declined, resolved, or a control command).</summary>
    NothingToReverse = 118,

    /// <summary>The original is older than the 72 hours in which ids are kept.</summary>
    OriginalTooOld = 119,

    /// <summary>The reference is no repayment of that facility.</summary>
    NotARepayment = 120,

    /// <summary>A node or facility of that key exists.</summary>
    AlreadyExists = 130,

    /// <summary>A facility cannot be a parent, or the tenant differs.</summary>
    InvalidParent = 131,

    /// <summary>The link is there already.</summary>
    AlreadyLinked = 132,

    /// <summary>There is no such link.</summary>
    NotLinked = 133,

    /// <summary>The link would make a cycle.</summary>
    Cycle = 134,

    /// <summary>A facility would have more than 16 distinct ancestors.</summary>
    TooManyAncestors = 135,

    /// <summary>The node has 8 parents, or the facility would have none.</summary>
    ParentCount = 136,

    /// <summary>A facility can be in one pool only; use TransferToPool.</summary>
    AlreadyInPool = 137,

    /// <summary>Another large change of the graph is under way; try again when it is through.</summary>
    RegraphInProgress = 138,

    /// <summary>The node still has children.</summary>
    NodeNotEmpty = 139,

    /// <summary>The node has as many dated limits, sub-limits or velocity limits as it may.</summary>
    TooManyRules = 140,

    /// <summary>The date is not later than the one in force.</summary>
    DateNotLater = 141,

    /// <summary>Already so; nothing to do.</summary>
    NoChange = 142,

    /// <summary>The legal entity has no business date yet, which a loan needs.</summary>
    BusinessDateMissing = 143,

    /// <summary>The terms of the loan are refused; the data gives the loan fault.</summary>
    InvalidTerms = 144,

    /// <summary>The facility has as many loans as it may (300).</summary>
    TooManyLoans = 145,

    /// <summary>The loan has come further than its drawdown, so the drawdown cannot be undone.</summary>
    LoanInUse = 146,

    /// <summary>The facility has no such loan, or it has ended.</summary>
    UnknownLoan = 147,

    /// <summary>The loan cannot do what was asked; the data gives the loan fault.</summary>
    LoanRefused = 148,
    /// <summary>The terms of a pool cannot be used; the message names the place in them.</summary>
    InvalidPoolTerms = 170,

    /// <summary>The node has no terms of a pool.</summary>
    PoolNotDefined = 171,

    /// <summary>The loan is not in that pool.</summary>
    NotInPool = 172,

    /// <summary>No principal is owed.</summary>
    NothingOwed = 173,

    /// <summary>The loan is in default by the pool's definition.</summary>
    LoanInDefault = 174,

    /// <summary>The pool buys no more.</summary>
    PurchasesEnded = 175,

    /// <summary>An eligibility rule of the pool fails; the message names it.</summary>
    NotEligible = 176,

    /// <summary>A concentration rule of the pool fails; the message names it.</summary>
    TooConcentrated = 177,

    /// <summary>The pool knows too many codes of industries, regions or months of origination, or has too many months.</summary>
    PoolFull = 178,

    /// <summary>More principal was paid than is owed.</summary>
    MoreThanOwed = 179,
    /// <summary>The file a registration names was not sent, or not whole.</summary>
    ContentIncomplete = 160,

    /// <summary>The part does not begin where the file's parts so far end, or its length differs from theirs.</summary>
    ContentOutOfOrder = 161,

    /// <summary>The file's parts do not give its hash; send it again from its start.</summary>
    ContentMismatch = 162,

    /// <summary>There is no such version of a model or policy.</summary>
    UnknownVersion = 163,

    /// <summary>The challengers of the scope would leave the acting model no account.</summary>
    SharesExceeded = 164,

    /// <summary>The registry or the scope is full.</summary>
    RegistryFull = 165,

    /// <summary>A rule of the policy declines the request; the reasons name it.</summary>
    DeclinedByPolicy = 180,

    /// <summary>The score declines the request; the reasons are its factors.</summary>
    DeclinedByScore = 181,

    /// <summary>The decision named is no decline of a request of this facility that a person could still look at: it is none, was sent to a person before, or asked for a loan.</summary>
    NotReviewable = 182,
}

/// <summary>Groups of reasons.</summary>
public static class Reasons
{
    /// <summary>Whether the command was refused before it was evaluated, so that its id stays free.</summary>
    public static bool KeepsIdFree(this Reason reason) => reason is > Reason.None and < Reason.Tombstoned;
}
