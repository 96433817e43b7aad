using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Loans;

namespace CreditGrains.Engine.Execution;

/// <summary>The answer that follows from an event: the same live and read back from the journal.</summary>
internal static class Outcomes
{
    /// <summary>Fills an answer from an event.</summary>
    public static void Fill(in LedgerEvent e, ref Outcome outcome)
    {
        outcome.Kind = e.Outcome;
        outcome.Reason = e.Reason;
        outcome.Sequence = e.Sequence;
        outcome.RecordedAtMicros = e.RecordedAtMicros;
        outcome.Amount = e.Amount;
        outcome.ExpiresAtMicros = e.ExpiresAtSeconds * 1_000_000;
        outcome.Balances = e.Balances;
        outcome.Headroom = e.Headroom;
        outcome.Limits = e.Limits is { Length: > 0 } ? e.Limits : null;
        outcome.Risk = e.Risk;
        outcome.Message = e.Outcome == OutcomeKind.Declined ? e.Note ?? LoanAdvice.On(e.LoanFault) ?? AdviceOn(e.Reason) : null;
    }

    /// <summary>What to do about a decline; null where the limits in the way say it all.</summary>
    public static string? AdviceOn(Reason reason) => reason switch
    {
        Reason.Tombstoned => "the id was reversed before its command arrived, so it is barred; use a new id if it is to take effect after all",
        Reason.UnknownFacility => "there is no such facility; check tenant, legal entity and id, or open it first",
        Reason.UnknownNode => "there is no such node; check kind, tenant, legal entity and id, or open it first",
        Reason.CurrencyMismatch => "the facility is in another currency; ask in that one",
        Reason.FacilityClosed => "the facility is closed or closing; facts still post, requests need another facility",
        Reason.FacilityFrozen => "the facility is frozen; unfreeze it to allow requests",
        Reason.NodeFrozen => "a node above the facility is frozen; unfreeze it to allow requests below it",
        Reason.ReferenceNotOpen => "nothing open on that facility has this reference: it was never there, or is resolved; its history tells",
        Reason.TooManyOpenItems => "the facility has as many open items as it may; resolve some first",
        Reason.FxRateMissing => "an exchange rate that a node above needs was never set; set it from the facility's currency to the node's",
        Reason.FxRateStale => "an exchange rate that a node above needs is no longer valid; set a new one",
        Reason.AmountOverflow => "a balance or exposure would pass 2^60 minor units; use a smaller amount",
        Reason.ReviewNeeded => "the increase is above a review threshold; ask for a hold of its own, which can be referred",
        Reason.ReferralTurnedDown => "a person turned the referral down",
        Reason.BalanceNegative => "a balance would become negative; there is less to write off or correct",
        Reason.AlreadyReversed => "what the original did was undone before",
        Reason.NothingToReverse => "the original has no effect that can be undone: it was declined, is resolved, or is a control command",
        Reason.OriginalTooOld => "the original is older than the 72 hours in which ids are kept; post what corrects it instead",
        Reason.NotARepayment => "the reference names no repayment of that facility; give the decision that posted or cleared it",
        Reason.AlreadyExists => "the key is taken; use another id, or change what is there",
        Reason.InvalidParent => "a parent must be a node of the same tenant that is not closed",
        Reason.AlreadyLinked => "the link is there already",
        Reason.NotLinked => "there is no such link",
        Reason.Cycle => "the link would make a cycle: the parent lies below the child",
        Reason.TooManyAncestors => "a facility would have more than 16 distinct ancestors; unlink others first",
        Reason.ParentCount => "a node has at most 8 parents, and a facility one at least",
        Reason.AlreadyInPool => "the facility is in a pool and can be in one only; use TransferToPool",
        Reason.RegraphInProgress => "another large change of the graph is under way; ask again with a new id when it is through",
        Reason.NodeNotEmpty => "the node has children; move or close them first",
        Reason.TooManyRules => "no place is left for another dated limit, sub-limit or velocity limit; remove one first",
        Reason.DateNotLater => "the date must be later than the one in force",
        Reason.BusinessDateMissing => "the legal entity has no business date, on which loans are drawn; set it with AdvanceBusinessDate",
        Reason.InvalidTerms => "the terms of the loan are refused; mend them and ask with a new id",
        Reason.TooManyLoans => "the facility has 300 loans, which are the most; use another facility or wait until one has ended",
        Reason.LoanInUse => "more has happened to the loan since; post what corrects it instead",
        Reason.UnknownLoan => "the facility has no loan of that reference, or it has ended; get the facility to see its loans",
        Reason.LoanRefused => "the loan cannot do that; get the facility to see how it stands",
        Reason.InvalidPoolTerms => "the terms of the pool cannot be used; mend what the message names and define it with a new id",
        Reason.NotInPool => "the loan is not in that pool; put it in first, or name its pool",
        Reason.NothingOwed => "no principal is owed; only a loan with principal enters a pool",
        Reason.LoanInDefault => "the loan is in default by the pool's definition and cannot enter or be paid as performing; report recoveries instead",
        Reason.PurchasesEnded => "the pool buys no more after its cut-off or revolving period; choose another pool or a substitution",
        Reason.NotEligible => "an eligibility rule of the pool fails; the message names it",
        Reason.TooConcentrated => "a concentration rule of the pool fails; the message names it",
        Reason.PoolFull => "the pool has as many codes or months as it may; begin another pool",
        Reason.MoreThanOwed => "more principal would be paid than is owed, or be owed than was; report what is owed after the event",
        Reason.PoolNotDefined => "the node has no terms of a pool; give it some by DefinePool",
        Reason.ContentIncomplete => "the file that the registration names is not here whole; send its parts first",
        Reason.ContentOutOfOrder => "the part must begin where those before it end, with the same length of the whole; send what is missing",
        Reason.ContentMismatch => "the parts do not give the hash they are sent under; send the file again from its start",
        Reason.UnknownVersion => "there is no such version in this tenant and legal entity; register it first",
        Reason.SharesExceeded => "the challengers' shares would leave the acting model no account; retire a challenger or make shares smaller",
        Reason.RegistryFull => "no place is left for another file, version or activation; retire what is not needed, or use another legal entity",
        Reason.DeclinedByPolicy => "a rule of the policy declines the request; the reasons name it",
        Reason.DeclinedByScore => "the score declines the request; the reasons are its factors",
        Reason.NotReviewable => "the decision named is no decline of a request of this facility that a person could still look at",
        Reason.NoChange => "it is so already, or its time is over; nothing was done",
        _ => null,
    };

    /// <summary>What to do about a refusal that says nothing more.</summary>
    public static string MessageOf(Reason reason) => reason switch
    {
        Reason.RequestIdTooOld => "the id's time is more than 72 hours before writer time; use a new UUIDv7 only if you know the old request never arrived",
        Reason.RequestIdFromFuture => "the id's time is more than 5 minutes ahead of writer time; check the caller's clock",
        Reason.SessionGap => "send the session's sequences in order, starting at 1; one before this is missing",
        Reason.RequestIdReused => "the id was used for another command; use a new id for a new command",
        Reason.OutcomeArchived => "the id took effect, its outcome is archived; it is not executed again",
        Reason.Overloaded => "the queue is full; wait and send the same id again",
        Reason.DiskFull => "there is no room to journal the outcome; free disk space and send the same id again",
        Reason.ClockStepUnconfirmed => "the clock stepped forward by more than 5 minutes; an operator must confirm it (ConfirmClock)",
        Reason.StandbyLost => "the standby is required and cannot be reached; bring it back and send the same id again",
        Reason.InvalidContent => "the file is malformed; mend it and register it again",
        Reason.Recalling => "the limit of a shared node is being cut and grants are on their way back; send the same id again in a moment",
        Reason.DeadlineExceeded => "the deadline passed while the command waited to be decided; send the same id again with more time",
        Reason.EngineStopped => "the engine is stopping or has failed; send the same id again when it is back",
        _ => reason.ToString(),
    };
}
