using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>
/// A payment that bounces: each loan that took some of it is as if that had never been. Its standing before is read from the facility's own chain of
/// events, then time and the payments since are run again. Nothing is undone by sums.
/// </summary>
internal sealed partial class LoanDecider
{
    /// <summary>Most events of the facility that are read back.</summary>
    public const int ReadBackMax = 1_000;

    /// <summary>Takes back a receipt of loans. None when the event has what came of it.</summary>
    public Reason Bounce(in FacilityRow facility, in LedgerEvent receipt, ref LedgerEvent e)
    {
        if (ReadBack(facility, receipt) is not { } history) return Reason.OriginalTooOld;
        var today = LoanDays.Date(LoanDays.BusinessDay(state, facility.Tenant, facility.LegalEntity));
        var parts = new LoanPart[receipt.Loans!.Length];
        var loose = receipt.Parts;
        var (credit, released) = (0L, 0L);
        for (var i = 0; i < parts.Length; i++)
        {
            var taken = receipt.Loans[i];
            if (taken.Deed is not (LoanDeed.Paid or LoanDeed.Prepaid)) return Reason.NotARepayment;
            var rerun = Rerun(facility, history[taken.Loan], today);
            if (rerun.Fault != 0)
            {
                e.LoanFault = rerun.Fault;
                return Reason.LoanRefused;
            }
            var paid = taken.Paid;
            parts[i] = rerun.Part!;
            parts[i].Paid = paid;
            parts[i].Charged = parts[i].Moved.Total - paid.Total;
            loose = new Allocation(loose.Fees - paid.Fees, loose.Interest - paid.Interest - paid.Penalty - paid.Compound, loose.Principal - paid.Principal, loose.Credit);
            credit += rerun.Waiting;
            released += parts[i].Moved.Principal;
        }
        e.Loans = parts;
        e.Parts = receipt.Parts;
        e.Balances = Postings.Bounce(e.Balances, loose);
        e.Balances = e.Balances with { Credit = e.Balances.Credit + credit, Released = Math.Max(0, e.Balances.Released - released) };
        return Reason.None;
    }

    /// <summary>Where each loan of a receipt stood before it, and what happened to it since; null when that is further back than is read.</summary>
    private Dictionary<long, LoanHistory>? ReadBack(in FacilityRow facility, in LedgerEvent receipt)
    {
        var histories = new Dictionary<long, LoanHistory>();
        foreach (var part in receipt.Loans!) histories.Add(part.Loan, new LoanHistory(part.Loan, book.Find(facility, part.Loan)));
        var count = 0;
        for (var sequence = facility.LastSequence; sequence != 0 && histories.Values.Any(each => !each.IsComplete); sequence = read.PreviousSequence)
        {
            if (++count > ReadBackMax || !decisions.TryRead(sequence, out read)) return null;
            foreach (var part in read.Loans ?? [])
            {
                if (!histories.TryGetValue(part.Deed == LoanDeed.Made ? read.Sequence : part.Loan, out var history)) continue;
                if (sequence > receipt.Sequence) history.After(part, read);
                else if (sequence < receipt.Sequence) history.Before(part, read);
            }
        }
        return histories.Values.All(each => each.IsComplete) ? histories : null;
    }

    private (LoanPart? Part, LoanFault Fault, long Waiting) Rerun(in FacilityRow facility, LoanHistory history, DateOnly today)
    {
        var (origin, product) = history.Row != 0 ? (default, book.ProductOf(history.Row)) : (history.Origin, state.LoanProductBook.Get(book.FindProduct(history.Offer!.ProductHash), new LoanPages(state.LoanPages)).Product);
        var terms = history.Row != 0 ? book.TermsOf(history.Row) : product.TermsOf(origin.Amount, facility.Currency, origin.Drawdown, history.Offer!.Figures);
        var standing = history.Row != 0 && history.RareIsThatOfToday ? book.WithRare(history.Row, history.Standing!) : history.Standing!;
        var (vintage, renewals) = history.Row != 0
            ? (LoanDays.Date(state.Loans.Read(history.Row).Vintage), (int)state.Loans.Read(history.Row).RenewalCount) : (origin.Vintage, origin.RenewalCount);
        var account = standing.ToAccount(terms, vintage, renewals, null);
        var waiting = 0L;
        for (var i = history.Since.Count - 1; i >= 0; i--)
        {
            var (part, sequence) = history.Since[i];
            if (part.Deed is not (LoanDeed.Aged or LoanDeed.Paid or LoanDeed.Bounced)) return (null, LoanFault.ReceiptBuiltUpon, 0);
            // Money that waited was taken on due dates, which may lie before the day on which the loan was aged.
            var aged = LoanServicing.Advance(account with { Unapplied = part.Deed == LoanDeed.Aged ? part.Paid.Total : 0 }, LoanDays.Date(part.Day));
            if (aged.Refusal is { } late) return (null, late.Fault, 0);
            (account, waiting) = (aged.Value with { Unapplied = 0 }, waiting + aged.Value.Unapplied);
            if (part.Deed == LoanDeed.Bounced) account = LoanServicing.ChargeFee(account, terms.Overdue.BounceFee);
            if (part.Deed != LoanDeed.Paid || part.Paid.Total == 0 || history.TakenBack.Contains(sequence)) continue;
            var paid = LoanServicing.Execute(account, new LoanAct.Repayment(account.AsOf, part.Paid.Total));
            if (paid.Refusal is { } refusal) return (null, refusal.Fault, 0);
            (account, waiting) = (paid.Value with { Unapplied = 0 }, waiting + paid.Value.Unapplied);
        }
        var now = LoanServicing.Advance(account, today);
        if (now.Refusal is { } fault) return (null, fault.Fault, 0);
        var charged = LoanServicing.ChargeFee(now.Value, terms.Overdue.BounceFee);
        var result = outcome.OfRerun(history, product, charged);
        return (result, 0, waiting);
    }

    // The event read last, kept here because a ref local cannot outlive the loop's step.
    private LedgerEvent read;
}

/// <summary>A loan of a receipt: its standing before, its parts of events since, newest first.</summary>
internal sealed class LoanHistory(long loan, int row)
{
    public long Loan => loan;

    /// <summary>Its row; 0 when it has ended since.</summary>
    public int Row => row;

    public List<(LoanPart Part, long Sequence)> Since { get; } = [];

    /// <summary>Payments since that were taken back.</summary>
    public HashSet<long> TakenBack { get; } = [];

    public LoanStanding? Standing { get; private set; }

    /// <summary>Whether the standing has what few loans have.</summary>
    private bool givesRare;

    /// <summary>Whether that was given anew since the receipt, so that today's is not that of then.</summary>
    private bool rareChanged;

    /// <summary>Whether the standing lacks what few loans have, and the row has it as it was.</summary>
    public bool RareIsThatOfToday => !givesRare && !rareChanged;

    public LoanOrigin Origin { get; private set; }

    public Domain.Commands.LoanOffer? Offer { get; private set; }

    /// <summary>Whether all is known: for a loan that has ended, how it was made too, and what few loans have where the row has it no more. A loan just made has what it was made with.</summary>
    public bool IsComplete => Standing is not null && (Offer is not null || (row != 0 && (givesRare || !rareChanged)));

    /// <summary>Takes a part of an event after the receipt.</summary>
    public void After(LoanPart part, in LedgerEvent e)
    {
        Since.Add((part, e.Sequence));
        rareChanged |= part.GivesRare;
        if (part.Deed == LoanDeed.Bounced) TakenBack.Add(e.OriginalSequence);
    }

    /// <summary>Takes a part of an event before the receipt; they come newest first.</summary>
    public void Before(LoanPart part, in LedgerEvent e)
    {
        if (Standing is null)
        {
            (Standing, givesRare) = (part.After!, part.GivesRare);
        }
        else if (part.GivesRare && !givesRare)
        {
            // The list runs on from the older event: what came due since is left out.
            var listed = part.After!.Listed;
            var passed = Standing.NextNumber - part.After.NextNumber;
            Standing = Standing with { Listed = listed.IsEmpty ? [] : listed[Math.Min(passed, listed.Length)..], Frozen = part.After.Frozen, Capitalised = part.After.Capitalised, WrittenOff = part.After.WrittenOff };
            givesRare = true;
        }
        if (part.Deed == LoanDeed.Made) (Origin, Offer) = (part.Origin, Domain.Commands.LoanOffer.Of(e.Control));
    }
}
