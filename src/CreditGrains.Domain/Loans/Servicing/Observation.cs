using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Schedules;

namespace CreditGrains.Domain.Loans.Servicing;

/// <summary>The observation of a loan that was non-performing (<see cref="Delinquency.ObservationRule"/>): when it is held, and until when.</summary>
public static class Observation
{
    /// <summary>Stands for the last day of an observation that has not begun: something is overdue.</summary>
    public static readonly DateOnly UntilCured = DateOnly.MaxValue;

    /// <summary>An account as its observation has it on its date. It is looked at whenever something is due, paid or a day passes, so the answer does not depend on when.</summary>
    public static LoanAccount Of(LoanAccount account)
    {
        if (account.Terms.Overdue.Observation is not { } rule) return account;
        if (account.OldestUnpaid is not null)
        {
            var days = account.DaysPastDue;
            // Within the days of grace nothing is late, but nothing ends either.
            return days >= rule.FromDays || (days > 0 && account.HeldUntil is not null) ? account with { HeldUntil = UntilCured } : account;
        }

        if (account.HeldUntil is not { } until) return account;
        // Of a loan with nothing left there is nothing to observe.
        if (account.IsClosed) return account with { HeldUntil = null };
        return until == UntilCured ? Begin(account) : until < account.AsOf ? account with { HeldUntil = null } : account;
    }

    /// <summary>Begins the observation on the account's date; without a rule there is none.</summary>
    internal static LoanAccount Begin(LoanAccount account) => account with { HeldUntil = account.Terms.Overdue.Observation is null ? null : EndOf(account) };

    /// <summary>Begins it anew when a loan under observation got another schedule: what is not asked is not paid regularly.</summary>
    internal static LoanAccount Again(LoanAccount account) => account.HeldUntil is null || account.HeldUntil == UntilCured ? account : Begin(account);

    private static DateOnly EndOf(LoanAccount account)
    {
        var (rule, terms) = (account.Terms.Overdue.Observation!, account.Terms);
        var from = account.Frozen.IsEmpty || account.Frozen[^1].Until < account.AsOf ? account.AsOf : account.Frozen[^1].Until;
        var latest = UntilCured.AddDays(-1);
        var byMonths = latest.DayNumber - from.DayNumber > 31 * rule.Months ? from.AddMonths(rule.Months) : latest;
        var slot = account.NextSlot + rule.Instalments - 1;
        var last = terms.Amortisation is Amortisation.Custom custom ? custom.Instalments[^1].Due : terms.FirstDueDate;
        var isBeyond = last.DayNumber + (slot + 1L) * terms.Interval.DaysMax > latest.DayNumber - BusinessCalendar.MoveDaysMax;
        if (rule.Instalments == 0 || isBeyond) return byMonths;
        var unadjusted = AccrualPeriods.SlotDate(terms, slot);
        var due = terms.Calendar.Adjust(unadjusted, terms.BusinessDays) ?? unadjusted;
        return due > byMonths ? due : byMonths;
    }
}
