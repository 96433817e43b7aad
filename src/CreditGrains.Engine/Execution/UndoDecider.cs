using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tables;
using static CreditGrains.Engine.Execution.Verdicts;

namespace CreditGrains.Engine.Execution;

/// <summary>Decides what takes an earlier decision back: a bounced repayment, and Reverse (docs/rules.md). Reads the state, fills the event, changes nothing.</summary>
internal sealed class UndoDecider(PartitionState state, OpenItems items, LoanDecider loans)
{
    /// <summary>Decides ReverseRepayment of a repayment that is no longer waiting.</summary>
    /// <param name="facility">The facility.</param>
    /// <param name="e">The event.</param>
    /// <param name="allocated">The event at the reference, when it allocated a repayment of this facility; else null.</param>
    public void DecideBounce(in FacilityRow facility, ref LedgerEvent e, LedgerEvent? allocated)
    {
        if (items.Find(e.Row, e.Reference, OpenItemKind.Float) != 0)
        {
            if (!items.Take(ref e, OpenItemKind.Float, out var dropped)) return;
            // The repayment that opened the float is undone by this: a Reverse of it finds that.
            e.OriginalSequence = e.Reference;
            Post(ref e, e.Balances with { Uncleared = e.Balances.Uncleared - dropped }, dropped);
            return;
        }
        if (allocated is not { } original || (original.Effects & EventEffects.Allocated) == 0 || original.Key != e.Key)
        {
            Decline(ref e, Reason.NotARepayment);
            return;
        }
        if (state.Small.Reversed.Contains(e.Reference))
        {
            Decline(ref e, Reason.AlreadyReversed);
            return;
        }
        TakeBack(facility, ref e, original);
        if (e.Outcome != OutcomeKind.Declined) e.OriginalSequence = e.Reference;
    }

    /// <summary>Takes back what a repayment paid, of loans and of what no loan owes.</summary>
    private void TakeBack(in FacilityRow facility, ref LedgerEvent e, in LedgerEvent original)
    {
        var before = e.Balances;
        if (original.Loans is not null)
        {
            if (loans.Bounce(facility, original, ref e) is var refused and not Reason.None) Decline(ref e, refused);
            else Post(ref e, e.Balances, original.Parts.Total);
        }
        else
        {
            e.Parts = original.Parts;
            Post(ref e, Postings.Bounce(before, original.Parts), original.Parts.Total);
        }
        if (e.Outcome != OutcomeKind.Declined) RefuseOverflow(ref e, before);
    }

    /// <summary>Decides Reverse of a decision on this facility that had an effect and was not undone before.</summary>
    public void DecideUndo(in FacilityRow facility, ref LedgerEvent e, in LedgerEvent original)
    {
        var before = e.Balances;
        var kind = original.Kind == CommandKind.ResolveReferral ? original.RequestKind : original.Kind;
        e.RequestKind = original.Kind;
        e.OriginalSequence = original.Sequence;
        switch (kind)
        {
            case CommandKind.Authorize or CommandKind.RequestReview:
                UndoAuthorize(ref e, original);
                break;
            case CommandKind.IncreaseHold:
                UndoIncrease(ref e, original);
                break;
            case CommandKind.Drawdown when original.Outcome == OutcomeKind.Referred:
                UndoAuthorize(ref e, original);
                break;
            case CommandKind.Drawdown when original.Loans is not null:
                if (loans.Undo(facility, original, ref e) is var inUse and not Reason.None) Decline(ref e, inUse);
                else Post(ref e, before, original.Amount);
                break;
            case CommandKind.Drawdown or CommandKind.Capture or CommandKind.ClearWithoutHold:
                Post(ref e, Postings.ReducePrincipal(before, original.Amount), original.Amount);
                break;
            case CommandKind.PostInterest:
                Post(ref e, Postings.ReduceInterest(before, original.Amount), original.Amount);
                break;
            case CommandKind.PostFee:
                Post(ref e, Postings.ReduceFees(before, original.Amount), original.Amount);
                break;
            case CommandKind.Refund or CommandKind.Chargeback:
                Post(ref e, Postings.ChargePrincipal(before, original.Amount), original.Amount);
                break;
            case CommandKind.Repay or CommandKind.RepayEarly when (original.Effects & EventEffects.Allocated) != 0:
                TakeBack(facility, ref e, original);
                break;
            case CommandKind.Repay:
                e.Reference = original.Sequence;
                if (items.Find(e.Row, e.Reference, OpenItemKind.Float) == 0) Decline(ref e, Reason.NothingToReverse);
                else if (items.Take(ref e, OpenItemKind.Float, out var dropped)) Post(ref e, before with { Uncleared = before.Uncleared - dropped }, dropped);
                break;
            default:
                Decline(ref e, Reason.NothingToReverse);
                break;
        }
        if (e.Outcome == OutcomeKind.Declined) e.OriginalSequence = 0;
        else RefuseOverflow(ref e, before);
        _ = facility;
    }

    private void UndoAuthorize(ref LedgerEvent e, in LedgerEvent original)
    {
        e.Reference = original.Sequence;
        var isReferral = original.Outcome == OutcomeKind.Referred;
        var row = items.Find(e.Row, e.Reference, isReferral ? OpenItemKind.Referral : OpenItemKind.Hold);
        if (row == 0)
        {
            Decline(ref e, Reason.NothingToReverse);
            return;
        }
        items.Take(ref e, isReferral ? OpenItemKind.Referral : OpenItemKind.Hold, out var remaining);
        if (!isReferral) e.ReleasedFromHold = remaining;
        Post(ref e, isReferral ? e.Balances : e.Balances with { Held = e.Balances.Held - remaining }, remaining);
    }

    private void UndoIncrease(ref LedgerEvent e, in LedgerEvent original)
    {
        e.Reference = original.Reference;
        var row = items.Find(e.Row, e.Reference, OpenItemKind.Hold);
        if (row == 0)
        {
            Decline(ref e, Reason.NothingToReverse);
            return;
        }
        ref readonly var item = ref state.Items.Read(row);
        e.ItemRow = row;
        e.Channel = item.Channel;
        e.MerchantCategory = item.MerchantCategory;
        e.ReleasedFromHold = Math.Min(item.Remaining, original.Amount);
        if (e.ReleasedFromHold == item.Remaining) e.Effects |= EventEffects.ItemEnds;
        Post(ref e, e.Balances with { Held = e.Balances.Held - e.ReleasedFromHold }, e.ReleasedFromHold);
    }
}
