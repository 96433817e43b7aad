using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Facilities;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Replay;

/// <summary>
/// Judges an event against the replayed state before it is applied: its link to the facility's event before, and its balances by
/// the totals of docs/rules.md, worked out apart from the code that decided them.
/// </summary>
internal sealed class EventAudit(PartitionState state)
{
    private readonly LoanBook loans = new(state);

    /// <summary>What is wrong with an event, and of which kind; null when it follows from the state.</summary>
    public (VerificationFault Fault, string What)? Judge(in LedgerEvent e)
    {
        var row = e.Key.IsFacility ? state.FindFacility(e.Key) : 0;
        var previous = row == 0 ? 0 : state.Facilities.Read(row).LastSequence;
        if (e.PreviousSequence != previous)
            return (VerificationFault.History, $"it names {e.PreviousSequence} as the event of {e.Key} before it, which is {previous}");
        if (row == 0) return null;
        var before = state.Facilities.Read(row).Balances;
        if (!e.Kind.IsAccount() || !e.HasEffect)
            return e.Balances == before ? null : Wrong($"it changes nothing, and carries {e.Balances} after {before}");
        if (!Postings.IsInRange(e.Balances)) return Wrong($"a balance of {e.Balances} is negative or above 2^60");
        return JudgeItem(e, row, out var freed) ?? JudgeLoans(e, row) ?? JudgeTotals(e, before, freed);
    }

    /// <summary>What each loan owes must move by what was lent or charged, less what was paid.</summary>
    private (VerificationFault, string)? JudgeLoans(in LedgerEvent e, int facility)
    {
        foreach (var part in e.Loans ?? [])
        {
            var isMade = part.Deed == LoanDeed.Made;
            var row = isMade ? 0 : loans.Find(state.Facilities.Read(facility), part.Loan);
            if (row == 0 && !isMade && part.Remade is null) return (VerificationFault.History, $"it changes loan {part.Loan}, which {e.Key} does not have");
            var before = row == 0 ? 0 : loans.Owed(row).Total;
            var after = part.After is { } standing ? LoanOwed.Of(standing).Total : 0;
            var moved = isMade ? e.Amount : part.Deed == LoanDeed.Undone ? -before : MovedBy(e, part);
            if (after - before != moved) return Wrong($"loan {part.Loan} owes {before} before and {after} after, by its amounts it moves by {moved}");
        }
        return null;
    }

    private static long MovedBy(in LedgerEvent e, LoanPart part) => part.Deed switch
    {
        LoanDeed.Renewed => part.Charged - e.Amount,
        LoanDeed.WrittenOff => -part.WrittenOff,
        LoanDeed.Bounced => part.Charged + part.Paid.Total,
        _ => part.Charged - part.Paid.Total,
    };

    /// <summary>The item an event moves must be open, on this facility, and large enough.</summary>
    private (VerificationFault, string)? JudgeItem(in LedgerEvent e, int facility, out long freedFloat)
    {
        freedFloat = 0;
        var ends = (e.Effects & EventEffects.ItemEnds) != 0;
        if (!ends && e.ReleasedFromHold == 0) return null;
        var row = state.FindItem(e.Reference);
        if (row == 0 || state.Items.Read(row).Facility != facility)
            return (VerificationFault.History, $"it ends or releases {e.Reference}, which is not open on {e.Key}");
        ref readonly var item = ref state.Items.Read(row);
        if (item.Kind == OpenItemKind.Float) freedFloat = item.Remaining;
        if (item.Kind != OpenItemKind.Hold) return null;
        return ends ? e.ReleasedFromHold == item.Remaining ? null : Wrong($"it ends hold {e.Reference} of {item.Remaining} and releases {e.ReleasedFromHold}")
            : e.ReleasedFromHold < item.Remaining ? null : Wrong($"it releases {e.ReleasedFromHold} of hold {e.Reference}, which has {item.Remaining}");
    }

    private static (VerificationFault, string)? JudgeTotals(in LedgerEvent e, in FacilityBalances before, long freedFloat)
    {
        var isNew = (e.Effects & EventEffects.NewItem) != 0;
        var held = (e.IsApproval && (isNew || e.Kind == CommandKind.IncreaseHold) ? e.Amount : 0) - e.ReleasedFromHold;
        if (e.Balances.Held - before.Held != held) return Wrong($"held goes from {before.Held} to {e.Balances.Held}, by its amounts it moves by {held}");
        var uncleared = (e.Kind == CommandKind.Repay && isNew ? e.Amount : 0) - freedFloat;
        if (e.Balances.Uncleared - before.Uncleared != uncleared)
            return Wrong($"uncleared goes from {before.Uncleared} to {e.Balances.Uncleared}, by its amounts it moves by {uncleared}");
        var owed = OwedChange(e, before);
        // What loans charge is in the amount of an ageing; beside a payment it comes on top.
        if (e.Kind != CommandKind.AgeLoan) foreach (var part in e.Loans ?? []) owed += part.Charged;
        var moved = Owed(e.Balances) - Owed(before);
        if (moved == owed || (e.Kind == CommandKind.Reverse && e.RequestKind == CommandKind.ResolveReferral && moved == 0)) return null;
        return Wrong($"what is owed less credit moves by {moved}, by its amounts by {owed}");
    }

    private static long Owed(in FacilityBalances balances) => balances.Drawn - balances.Credit;

    /// <summary>How an event with an effect moves what is owed less credit.</summary>
    private static long OwedChange(in LedgerEvent e, in FacilityBalances before) => e.Kind switch
    {
        CommandKind.Drawdown => e.Amount,
        CommandKind.ResolveReferral => e.RequestKind == CommandKind.Drawdown ? e.Amount : 0,
        CommandKind.Capture or CommandKind.ClearWithoutHold or CommandKind.PostInterest or CommandKind.PostFee or CommandKind.AgeLoan or CommandKind.ImportLoan => e.Amount,
        CommandKind.Repay or CommandKind.ClearRepayment or CommandKind.ClearRepaymentDue => (e.Effects & EventEffects.Allocated) != 0 ? -e.Amount : 0,
        CommandKind.Refund or CommandKind.Chargeback or CommandKind.WriteOff or CommandKind.RepayEarly => -e.Amount,
        CommandKind.Recover => before.WrittenOff - e.Balances.WrittenOff - e.Amount,
        CommandKind.Adjust => e.Parts.Total,
        CommandKind.ReverseRepayment => e.OriginalSequence != 0 ? e.Parts.Total : 0,
        CommandKind.Reverse => UndoneChange(e),
        _ => 0,
    };

    private static long UndoneChange(in LedgerEvent e) => e.RequestKind switch
    {
        CommandKind.Drawdown when (e.Effects & EventEffects.ItemEnds) != 0 => 0,
        CommandKind.Drawdown or CommandKind.ResolveReferral or CommandKind.Capture or CommandKind.ClearWithoutHold
            or CommandKind.PostInterest or CommandKind.PostFee => -e.Amount,
        CommandKind.Refund or CommandKind.Chargeback => e.Amount,
        CommandKind.Repay or CommandKind.RepayEarly => e.Parts.Total,
        _ => 0,
    };

    private static (VerificationFault, string)? Wrong(string what) => (VerificationFault.Balances, what);
}
