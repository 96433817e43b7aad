using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>What is agreed about one loan: early repayment, payment holiday, extension, renewal. The pure rules are LoanServicing and LoanRenewal.</summary>
internal sealed partial class LoanDecider
{
    /// <summary>Decides an act on the loan of the event's reference, which stands on its business date.</summary>
    public void Act(in FacilityRow facility, ref LedgerEvent e)
    {
        var row = book.Find(facility, e.Reference);
        if (row == 0)
        {
            Decline(ref e, Reason.UnknownLoan, 0);
            return;
        }
        var today = LoanDays.Date(LoanDays.BusinessDay(state, facility.Tenant, facility.LegalEntity));
        var look = new LoanLook(book, state, row, null);
        if (e.Control is LoanOffer offer) Renew(facility, look, offer, today, ref e);
        else Change(look, today, ref e);
    }

    private void Change(in LoanLook look, DateOnly today, ref LedgerEvent e)
    {
        var (act, deed) = ActOf(e, today);
        var done = LoanServicing.Execute(look.Account, act);
        if (done.Refusal is { } refusal)
        {
            Decline(ref e, Reason.LoanRefused, refusal.Fault);
            return;
        }
        var part = outcome.OfChanged(look, deed, done.Value);
        if (part.After is { } after && after.NextSlot + after.Remaining > LoanOffer.InstalmentCountMax)
        {
            Decline(ref e, Reason.LoanRefused, LoanFault.InvalidTerm);
            return;
        }
        e.Loans = [part];
        e.Outcome = OutcomeKind.Posted;
        e.Amount = part.Charged;
        if (deed != LoanDeed.Prepaid) return;
        part.Prepaid = e.AmountAsked;
        e.Amount = e.AmountAsked;
        e.Effects |= EventEffects.Allocated;
        e.Parts = new Allocation(0, 0, e.AmountAsked, 0);
        e.Balances = e.Balances with { Released = e.Balances.Released + e.AmountAsked };
    }

    private static (LoanAct Act, LoanDeed Deed) ActOf(in LedgerEvent e, DateOnly today) => e.Control switch
    {
        LoanHoliday holiday => (new LoanAct.PaymentHoliday(today, holiday.Count, holiday.Interest, holiday.ExtendsTerm), LoanDeed.Rested),
        LoanExtension extension => (new LoanAct.Extension(today, extension.AdditionalCount, extension.IsConcession), LoanDeed.Extended),
        _ => (new LoanAct.EarlyRepayment(today, e.AmountAsked, (e.Options & CommandOptions.ShrinksTerm) != 0 ? PrepaymentMode.ShrinkTerm : PrepaymentMode.ShrinkInstalment), LoanDeed.Prepaid),
    };

    /// <summary>A new loan of the principal owed, and the end of the old one but for interest and fees, in one event.</summary>
    private void Renew(in FacilityRow facility, in LoanLook look, LoanOffer offer, DateOnly today, ref LedgerEvent e)
    {
        if (book.Count(facility) >= OfFacilityMax)
        {
            Decline(ref e, Reason.TooManyLoans, 0);
            return;
        }
        var product = ProductOf(offer);
        var principal = look.Account.PrincipalOwed;
        var renewed = LoanRenewal.Renew(look.Account, product.TermsOf(principal, facility.Currency, today, offer.Figures), (e.Options & CommandOptions.Eligible) != 0);
        if (renewed.Refusal is { } refusal)
        {
            Decline(ref e, Reason.LoanRefused, refusal.Fault);
            return;
        }
        var before = outcome.OfChanged(look, LoanDeed.Renewed, renewed.Value.Before);
        // Nothing was paid: the principal goes over to the new loan.
        before.Paid = default;
        before.Charged = before.Moved.Total + principal;
        e.Loans = [before, LoanOutcome.OfNew(renewed.Value.After, product)];
        e.Outcome = OutcomeKind.Posted;
        e.Amount = principal;
    }

    /// <summary>
    /// Writes off what a loan owes: all of it, which ends its schedule, or some of what is due, fees, interest, principal, oldest first. The loan is kept for recoveries.
    /// </summary>
    public void WriteOff(in FacilityRow facility, ref LedgerEvent e)
    {
        var row = book.Find(facility, e.Reference);
        if (row == 0)
        {
            Decline(ref e, Reason.UnknownLoan, 0);
            return;
        }
        var (owed, amount) = (book.Owed(row), e.AmountAsked);
        var look = new LoanLook(book, state, row, Today(facility));
        var before = Counted(look, Today(facility));
        var notDue = before.PrincipalNotDue;
        var isAll = amount == owed.Total;
        if (amount > owed.Total || (!isAll && amount > owed.Total - notDue))
        {
            Decline(ref e, amount > owed.Total ? Reason.BalanceNegative : Reason.LoanRefused, amount > owed.Total ? 0 : LoanFault.InvalidAmount);
            return;
        }
        var left = amount - (isAll ? notDue : 0);
        var dues = new List<DueInstalment>();
        var parts = new Allocation(0, 0, isAll ? notDue : 0, 0);
        foreach (var due in before.Dues)
        {
            var fees = Math.Min(left, due.Fees);
            var penalty = Math.Min(left - fees, Math.Max(0, due.PenaltyCharged - due.PenaltyPaid));
            var compound = Math.Min(left - fees - penalty, Math.Max(0, due.CompoundCharged - due.CompoundPaid));
            var interest = Math.Min(left - fees - penalty - compound, due.Interest);
            var principal = Math.Min(left - fees - penalty - compound - interest, due.Principal);
            left -= fees + penalty + compound + interest + principal;
            parts = new Allocation(parts.Fees + fees, parts.Interest + penalty + compound + interest, parts.Principal + principal, 0);
            var rest = due with
            {
                Fees = due.Fees - fees, PenaltyPaid = due.PenaltyPaid + penalty, CompoundPaid = due.CompoundPaid + compound, Interest = due.Interest - interest, Principal = due.Principal - principal,
            };
            // Interest for lateness on what was written off whole is given up with it.
            if (!isAll && rest.Fees + rest.Interest + rest.Principal > 0) dues.Add(rest);
        }
        var after = before with { Dues = [.. dues], WrittenOff = before.WrittenOff + amount };
        if (isAll) after = after with { Remaining = 0, PrincipalNotDue = 0, Carried = 0, Regular = 0, Listed = [] };
        // What is given up is no longer overdue either.
        if (!after.Dues.Any(due => due.Ages)) after = after with { NonAccrualSince = null };
        after = after with { HeldUntil = Observation.Of(look.AccountOf(after)).HeldUntil };
        var part = outcome.OfStanding(look, LoanDeed.WrittenOff, after);
        part.WrittenOff = amount;
        e.Loans = [part];
        e.Parts = parts;
        e.Outcome = OutcomeKind.Posted;
        e.Amount = amount;
        e.Balances = e.Balances with { Released = e.Balances.Released + parts.Principal, WrittenOff = e.Balances.WrittenOff + amount };
    }

    /// <summary>Takes in money on what was written off of a loan; what is more becomes credit.</summary>
    public void Recover(in FacilityRow facility, ref LedgerEvent e)
    {
        var row = book.Find(facility, e.Reference);
        if (row == 0)
        {
            Decline(ref e, Reason.UnknownLoan, 0);
            return;
        }
        var look = new LoanLook(book, state, row, Today(facility));
        var recovered = Math.Min(e.AmountAsked, Math.Min(look.Before.WrittenOff, e.Balances.WrittenOff));
        var part = outcome.OfStanding(look, LoanDeed.Recovered, Counted(look, Today(facility)) with { WrittenOff = look.Before.WrittenOff - recovered });
        part.WrittenOff = -recovered;
        e.Loans = [part];
        e.Outcome = OutcomeKind.Posted;
        e.Amount = e.AmountAsked;
        e.Balances = e.Balances with { WrittenOff = e.Balances.WrittenOff - recovered, Credit = e.Balances.Credit + e.AmountAsked - recovered };
    }

    private DateOnly Today(in FacilityRow facility) => LoanDays.Date(LoanDays.BusinessDay(state, facility.Tenant, facility.LegalEntity));

    /// <summary>
    /// A loan whose turn has come, with its days counted to the business date: what changes it without an act of LoanServicing must not pass for having been so since it last aged. One that
    /// stands still stays where it is.
    /// </summary>
    private static LoanStanding Counted(in LoanLook look, DateOnly today)
    {
        var counted = LoanServicing.Advance(look.Account, today);
        if (counted.Refusal is not null) return look.Before;
        var standing = look.Before.After(counted.Value);
        return LoanOwed.Of(standing) == LoanOwed.Of(look.Before) ? standing : look.Before;
    }

    private static void Decline(ref LedgerEvent e, Reason reason, LoanFault fault)
    {
        Verdicts.Decline(ref e, reason);
        e.LoanFault = fault;
    }
}
