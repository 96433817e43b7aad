using System.Diagnostics.CodeAnalysis;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>
/// The short way of ageing: a loan whose schedule follows a rule, on which no money waits and of which nothing rare is kept. Gives the bytes and rows of the long way by
/// an account (held by a test), straight from the rows and without objects but its terms: a month end does this for every loan.
/// </summary>
internal sealed class LoanAgeing(PartitionState state, LoanBook book)
{
    /// <summary>Most unpaid instalments it looks at.</summary>
    private const int DuesMax = 64;

    private readonly KeptLoan aged = new();
    private readonly LoanPart part = new() { Deed = LoanDeed.Aged };

    /// <summary>Brings a loan to a date.</summary>
    /// <param name="row">The loan.</param>
    /// <param name="today">The date, not before the loan's.</param>
    /// <param name="result">What comes of it, good until the next call.</param>
    /// <returns>False when only the long way can.</returns>
    public bool TryAge(int row, DateOnly today, [NotNullWhen(true)] out LoanPart? result)
    {
        result = null;
        ref readonly var loan = ref state.Loans.Read(row);
        var isTooOld = today.DayNumber - loan.Drawdown > 2 * LoanTerms.TermDaysMax;
        // An observation may end or begin: seldom.
        if (loan.Rare != 0 || loan.HeldUntil != 0 || today.DayNumber < loan.AsOf || isTooOld || !TryReadDues(loan, today)) return false;
        var product = book.ProductOf(row);
        if (product.Overdue.ChargesAtMonthEnd && loan.FirstUnpaid != 0) return false;
        var terms = book.TermsOf(row);
        aged.Row = loan;
        var moved = default(LoanOwed);
        var stand = new ScheduleStand(
            loan.NextNumber, loan.NextSlot, loan.Remaining, LoanDays.Date(loan.PeriodStart), LoanDays.Date(loan.AccruedTo), loan.PrincipalNotDue, loan.Carried, loan.Regular);
        DateOnly? nextDue = null;
        for (var isFirst = true; stand.HasNext; isFirst = false)
        {
            var due = stand.NextDue(terms);
            if (due > today)
            {
                nextDue = due;
                break;
            }
            // Interest for lateness would be charged by now.
            if (terms.Overdue.ChargesAtMonthEnd && due < MonthEnds.LastUpTo(today)) return false;
            var next = stand.Next(terms, isFirst);
            if (next.Due.DayNumber <= loan.AsOf || next.Principal + next.Interest <= 0 || aged.Dues.Length == DuesMax) return false;
            Add(next, today, loan.Reference);
            moved += new LoanOwed(0, next.Interest, next.Fees);
            stand = stand.After(next);
        }
        Keep(stand, nextDue is not null, today);
        Place(product, terms, nextDue, today);
        part.Loan = loan.Reference;
        part.Row = row;
        part.Day = today.DayNumber;
        part.Moved = moved;
        part.Charged = moved.Interest + moved.Fees;
        part.Kept = aged;
        result = part;
        return true;
    }

    /// <summary>The unpaid instalments there are, later by the days.</summary>
    private bool TryReadDues(in LoanRow loan, DateOnly today)
    {
        var days = today.DayNumber - loan.AsOf;
        aged.Clear();
        for (var row = loan.FirstUnpaid; row != 0; row = state.LoanDues.Read(row).Next)
        {
            if (aged.Dues.Length == DuesMax) return false;
            aged.Add(state.LoanDues.Read(row));
            ref var due = ref aged.Dues[^1];
            due.DaysLate += days;
            due.PrincipalDays += Math.BigMul(due.Principal, (long)days);
            due.InterestDays += Math.BigMul(due.Interest, (long)days);
        }
        aged.LaterCount = aged.Dues.Length;
        return true;
    }

    private void Add(in Domain.Loans.Schedules.Instalment next, DateOnly today, long reference)
    {
        var late = today.DayNumber - next.Due.DayNumber;
        aged.Add(new LoanDueRow
        {
            Reference = reference, Number = (ushort)next.Number, Due = next.Due.DayNumber, DaysLate = late, Fees = next.Fees, Interest = next.Interest, Principal = next.Principal,
            PrincipalDays = Math.BigMul(next.Principal, (long)late), InterestDays = Math.BigMul(next.Interest, (long)late),
        });
    }

    private DateOnly? NextCharge(LoanTerms terms, DateOnly today)
    {
        DateOnly? next = null;
        foreach (ref readonly var due in aged.Dues)
            next = LoanWake.Sooner(next, LoanWake.NextCharge(terms, new DueInstalment(due.Number, LoanDays.Date(due.Due), due.Fees, due.Interest, due.Principal) { DaysLate = due.DaysLate }, today, default));
        return next;
    }

    private void Keep(in ScheduleStand stand, bool isToCome, DateOnly today)
    {
        ref var kept = ref aged.Row;
        kept.AsOf = today.DayNumber;
        kept.NextNumber = (ushort)stand.Number;
        kept.NextSlot = (ushort)stand.Slot;
        kept.Remaining = (ushort)(isToCome ? stand.Remaining : 0);
        kept.PeriodStart = stand.PeriodStart.DayNumber;
        kept.AccruedTo = stand.AccruedTo.DayNumber;
        kept.PrincipalNotDue = isToCome ? stand.Balance : 0;
        kept.Carried = stand.Carried;
    }

    private void Place(Domain.Loans.Products.LoanProduct product, LoanTerms terms, DateOnly? nextDue, DateOnly today)
    {
        var graceDays = terms.Overdue.GraceDays;
        var (oldest, late) = (0, 0);
        foreach (ref readonly var due in aged.Dues)
        {
            if (due.Interest <= 0 && due.Principal <= 0) continue;
            (oldest, late) = (due.Due, due.DaysLate);
            break;
        }
        // Without frozen days the days counted are those since the due date.
        var pastDue = oldest == 0 || today.DayNumber - oldest <= graceDays ? 0 : today.DayNumber - oldest;
        ref var kept = ref aged.Row;
        if (oldest == 0) kept.NonAccrualSince = 0;
        else if (kept.NonAccrualSince == 0 && pastDue >= product.Overdue.NonAccrualFromDays) kept.NonAccrualSince = oldest + Math.Max(product.Overdue.NonAccrualFromDays, graceDays + 1);
        if (product.Overdue.Observation is { } rule && pastDue >= rule.FromDays) kept.HeldUntil = LoanDays.UntilCured;
        part.DaysPastDue = pastDue;
        part.Bucket = kept.Bucket = (byte)product.Buckets.Of(pastDue);
        part.Class = kept.Class = (byte)LoanBook.ClassOf(kept, product, pastDue, today);
        if (product.Overdue.ChargesAtMonthEnd && !aged.Dues.IsEmpty) nextDue = LoanWake.Sooner(nextDue, NextCharge(terms, today));
        part.WakeDay = kept.WakeDay = LoanDays.Of(oldest == 0 ? nextDue : LoanWake.Next(today, late, default, nextDue, product, LoanSettled.Of(kept)));
    }
}
