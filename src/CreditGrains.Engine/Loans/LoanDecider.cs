using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>
/// Decides what commands and time do to the loans of a facility (docs/rules.md "Loans"), with the functions of Domain/Loans. Reads the state, fills the event's
/// loan parts, changes nothing. While a fact is decided the event's balances are those that no loan owes; <see cref="Conclude"/> puts the loans' back.
/// </summary>
internal sealed partial class LoanDecider(PartitionState state, LoanBook book, IDecisionReader decisions)
{
    /// <summary>Most loans of a facility.</summary>
    public const int OfFacilityMax = 300;

    private readonly LoanOutcome outcome = new(state, book);
    private readonly LoanAgeing ageing = new(state, book);
    private readonly LoanPart[] one = new LoanPart[1];

    /// <summary>Whether loans may have to be brought to their business date.</summary>
    public bool IsBehind => state.LoanCalendar.IsBehind;

    /// <summary>The next loan to be brought to its business date, 0 when there is none.</summary>
    public int NextDue() => state.LoanCalendar.NextDue();

    /// <summary>A loan of a facility that is behind its business date, 0 when there is none.</summary>
    public int NextDueOf(in FacilityRow facility)
    {
        var today = LoanDays.BusinessDay(state, facility.Tenant, facility.LegalEntity);
        for (var row = book.First(facility); row != 0; row = state.Loans.Read(row).NextOfFacility)
            if (state.Loans.Read(row).WakeDay is var wake && wake != 0 && wake <= today) return row;
        return 0;
    }

    /// <summary>Whether a facility has loans.</summary>
    public bool HasLoans(in FacilityRow facility) => book.First(facility) != 0;

    /// <summary>Leaves what loans owe out of the event's balances.</summary>
    public LoanOwed LeaveOut(in FacilityRow facility, ref LedgerEvent e)
    {
        if (!HasLoans(facility)) return default;
        var owed = book.Owed(facility);
        e.Balances = owed.LeaveOut(e.Balances);
        return owed;
    }

    /// <summary>Puts what loans owe, and how it moved, into the event's balances.</summary>
    public static void Conclude(in FacilityRow facility, in LoanOwed owed, ref LedgerEvent e)
    {
        var after = owed;
        foreach (var part in e.Loans ?? []) after += part.Moved;
        var balances = after.AddTo(e.Balances);
        if (!Postings.IsInRange(balances))
        {
            (e.Outcome, e.Reason, e.Amount, e.Loans) = (OutcomeKind.Declined, Reason.AmountOverflow, 0, null);
            (e.Effects, e.ReleasedFromHold, e.Uncovered, e.OriginalSequence, e.ItemRow, e.ExpiresAtSeconds) = (EventEffects.None, 0, 0, 0, 0, 0);
            // A correction's parts are what was asked.
            if (e.Kind != CommandKind.Adjust) e.Parts = default;
            balances = facility.Balances;
        }
        e.Balances = balances;
    }

    /// <summary>Brings a loan to its legal entity's business date. Credit that waits on the facility is taken when an instalment falls due.</summary>
    public void Age(int row, ref LedgerEvent e)
    {
        state.LoanCalendar.LookAhead(row);
        ref readonly var loan = ref state.Loans.Read(row);
        ref readonly var facility = ref state.Facilities.Read(loan.Facility);
        var owed = LeaveOut(facility, ref e);
        var today = LoanDays.Date(state.LoanCalendar.TodayOf(loan.Facility));
        if (e.Balances.Credit != 0 || !ageing.TryAge(row, today, out var part)) part = AgeByAccount(row, today, e.Balances.Credit);
        // The event is written and applied before the next loan is aged.
        one[0] = part;
        e.Loans = one;
        e.Reference = loan.Reference;
        e.Outcome = OutcomeKind.Posted;
        e.Amount = part.Charged;
        var used = part.Paid.Total;
        e.Balances = e.Balances with { Credit = e.Balances.Credit - used, Released = e.Balances.Released + part.Paid.Principal };
        Conclude(facility, owed, ref e);
        // A balance that would pass 2^60 stops the loan instead of the clock.
        if (e.Loans is null) e.Loans = [outcome.StandsStill(row)];
    }

    private LoanPart AgeByAccount(int row, DateOnly today, long credit)
    {
        var look = new LoanLook(book, state, row, today);
        var aged = LoanServicing.Advance(look.Account with { Unapplied = Math.Min(credit, LoanTerms.AmountMax) }, today);
        // Two hundred years after its drawdown a loan stands still.
        return aged.Refusal is null ? outcome.Of(look, LoanDeed.Aged, aged.Value) : outcome.StandsStill(row);
    }

    /// <summary>Why a facility cannot have the loan offered; None when it can, and then the event has it.</summary>
    public Reason Open(in FacilityRow facility, long amount, LoanOffer offer, ref LedgerEvent e)
    {
        var today = LoanDays.BusinessDay(state, facility.Tenant, facility.LegalEntity);
        if (today == 0) return Reason.BusinessDateMissing;
        if (book.Count(facility) >= OfFacilityMax) return Reason.TooManyLoans;
        var product = ProductOf(offer);
        var opened = LoanServicing.Open(product.TermsOf(amount, facility.Currency, LoanDays.Date(today), offer.Figures));
        if (opened.Refusal is { } refusal)
        {
            e.LoanFault = refusal.Fault;
            return Reason.InvalidTerms;
        }
        e.Loans = [LoanOutcome.OfNew(opened.Value, product)];
        return Reason.None;
    }

    /// <summary>Takes over a loan that runs already. A fact: limits do not stop it.</summary>
    public void TakeOver(in FacilityRow facility, ref LedgerEvent e)
    {
        var takeover = (LoanTakeover)e.Control!;
        var today = LoanDays.BusinessDay(state, facility.Tenant, facility.LegalEntity);
        if (today == 0 || book.Count(facility) >= OfFacilityMax)
        {
            Decline(ref e, today == 0 ? Reason.BusinessDateMissing : Reason.TooManyLoans, 0);
            return;
        }
        var product = ProductOf(takeover.Offer);
        var terms = product.TermsOf(e.AmountAsked, facility.Currency, takeover.StartedOn, takeover.Offer.Figures);
        var taken = LoanServicing.TakeOver(terms, takeover.Vintage, LoanDays.Date(today));
        if (taken.Refusal is { } refusal)
        {
            Decline(ref e, Reason.InvalidTerms, refusal.Fault);
            return;
        }
        var part = LoanOutcome.OfNew(taken.Value, product);
        e.Loans = [part];
        e.Outcome = OutcomeKind.Posted;
        e.Amount = part.Moved.Total;
    }

    private LoanProduct ProductOf(LoanOffer offer) =>
        offer.Product?.Product ?? state.LoanProductBook.Get(book.FindProduct(offer.ProductHash), new LoanPages(state.LoanPages)).Product;

    /// <summary>Leaves the product out of an event whose journal has it already. A decline has it too: who decides it anew needs the terms.</summary>
    public void Shorten(ref LedgerEvent e)
    {
        if (LoanOffer.Of(e.Control) is not { Product: not null } offer) return;
        if (book.FindProduct(offer.ProductHash) != 0) e.Control = e.Control is LoanTakeover takeover ? takeover with { Offer = offer with { Product = null } } : offer with { Product = null };
    }

    /// <summary>
    /// Takes money over what is due of the facility's loans, the loan with the oldest unpaid date first; the rest goes over what no loan owes, and what is left waits.
    /// </summary>
    public void Repay(in FacilityRow facility, long amount, ref LedgerEvent e)
    {
        var today = LoanDays.Date(LoanDays.BusinessDay(state, facility.Tenant, facility.LegalEntity));
        var parts = new List<LoanPart>();
        var left = amount;
        foreach (var row in ByAge(facility))
        {
            if (left == 0) break;
            var look = new LoanLook(book, state, row, today);
            var taken = LoanServicing.Execute(look.Account, new LoanAct.Repayment(today, Math.Min(left, LoanTerms.AmountMax)));
            if (taken.Refusal is not null || taken.Value.Paid.Total == 0) continue;
            var part = outcome.Of(look, LoanDeed.Paid, taken.Value);
            left -= part.Paid.Total;
            parts.Add(part);
        }
        var loose = Postings.Allocate(e.Balances, left);
        e.Parts = loose;
        e.Balances = Postings.Repay(e.Balances, loose);
        if (parts.Count == 0) return;
        e.Loans = [.. parts];
        foreach (var part in parts)
        {
            var (paid, interest) = (part.Paid, part.Paid.Interest + part.Paid.Penalty + part.Paid.Compound);
            e.Parts = new Allocation(e.Parts.Fees + paid.Fees, e.Parts.Interest + interest, e.Parts.Principal + paid.Principal, e.Parts.Credit);
            e.Balances = e.Balances with { Released = e.Balances.Released + paid.Principal };
        }
    }

    /// <summary>Undoes a drawdown that made a loan to which nothing has happened since.</summary>
    public Reason Undo(in FacilityRow facility, in LedgerEvent original, ref LedgerEvent e)
    {
        var row = book.Find(facility, original.Sequence);
        if (row == 0) return Reason.LoanInUse;
        ref readonly var loan = ref state.Loans.Read(row);
        var isFresh = loan is { NextNumber: 1, NextSlot: 0, FirstUnpaid: 0, Carried: 0 } && loan.PrincipalNotDue == loan.Amount && loan.AccruedTo == loan.Drawdown;
        if (!isFresh) return Reason.LoanInUse;
        e.Loans = [new LoanPart { Loan = loan.Reference, Deed = LoanDeed.Undone, Row = row, Day = loan.AsOf, Moved = default(LoanOwed) - book.Owed(row) }];
        return Reason.None;
    }

    private List<int> ByAge(in FacilityRow facility)
    {
        var rows = new List<(int Oldest, long Reference, int Row)>();
        for (var row = book.First(facility); row != 0; row = state.Loans.Read(row).NextOfFacility)
        {
            ref readonly var loan = ref state.Loans.Read(row);
            if (loan.FirstUnpaid == 0) continue;
            var oldest = book.OldestUnpaid(row);
            rows.Add((oldest == 0 ? int.MaxValue : oldest, loan.Reference, row));
        }
        rows.Sort();
        return [.. rows.Select(each => each.Row)];
    }
}
