using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Schedules;

namespace CreditGrains.Domain.Loans.Servicing;

/// <summary>What time and money do to what is due. No decision here; callers have checked.</summary>
internal static class DueLedger
{
    /// <summary>Brings an account to a date: instalments become due on their days, waiting money is taken, lateness counts.</summary>
    public static LoanAccount Advance(LoanAccount account, DateOnly date)
    {
        // Each pass takes one upcoming instalment away.
        while (!account.Upcoming.IsEmpty && account.Upcoming[0].Due <= date)
        {
            var next = account.Upcoming[0];
            account = Bill(Wait(account, next.Due < account.AsOf ? account.AsOf : next.Due), next);
        }

        return Wait(account, date);
    }

    /// <summary>Takes money over what is due; what is left waits.</summary>
    public static LoanAccount Take(LoanAccount account, long amount)
    {
        var left = account.Unapplied + amount;
        var order = account.Terms.Overdue.Allocation.At(account.DaysPastDue);
        var dues = account.Dues.ToArray();
        var paid = account.Paid;
        foreach (var (place, component) in Sequence(order, dues.Length))
        {
            if (left == 0) break;
            var part = Math.Min(left, dues[place].Of(component, account.Terms));
            dues[place] = dues[place].Pay(component, part);
            paid = paid.With(component, part);
            left -= part;
        }

        return Recognise(account with { Dues = [.. dues.Where(due => due.Total(account.Terms) > 0)], Paid = paid, Unapplied = left });
    }

    /// <summary>Makes a fee or interest due today.</summary>
    public static LoanAccount Charge(LoanAccount account, long fees, long interest) =>
        fees + interest == 0 ? account : Take(account with { Dues = account.Dues.Add(new DueInstalment(0, account.AsOf, fees, interest, 0)) }, 0);

    private static IEnumerable<(int Place, DueComponent Component)> Sequence(AllocationOrder order, int count)
    {
        if (order.Scope == AllocationScope.ByInstalment)
        {
            for (var place = 0; place < count; place++)
                foreach (var component in order.Order) yield return (place, component);
            yield break;
        }

        foreach (var component in order.Order)
            for (var place = 0; place < count; place++) yield return (place, component);
    }

    private static LoanAccount Bill(LoanAccount account, Instalment next)
    {
        var due = new DueInstalment(next.Number, next.Due, next.Fees, next.Interest, next.Principal);
        var billed = account with
        {
            Upcoming = account.Upcoming.RemoveAt(0),
            Dues = due.Total(account.Terms) == 0 ? account.Dues : account.Dues.Add(due),
            NextSlot = account.NextSlot + 1,
            PeriodStart = next.AccrualEnd,
            AccruedTo = next.AccrualEnd,
            Carried = 0,
            Amortisation = Respread.AfterOne(account.Amortisation),
        };
        return Take(billed, 0);
    }

    private static LoanAccount Wait(LoanAccount account, DateOnly date)
    {
        if (date <= account.AsOf) return account;
        if (account.Terms.Overdue.ChargesAtMonthEnd && MonthEnds.LastUpTo(date) is var end && end > account.AsOf)
        {
            // Charges add up: those of several month ends are that of the last.
            var waited = Pass(account, end);
            account = waited with { Dues = [.. waited.Dues.Select(due => due.Charge(account.Terms))] };
        }

        return Pass(account, date);
    }

    private static LoanAccount Pass(LoanAccount account, DateOnly date)
    {
        if (date <= account.AsOf) return account;
        var days = DaysPastDue.Counted(account.AsOf, date, account.Frozen.AsSpan());
        return Recognise(account with { AsOf = date, Dues = [.. account.Dues.Select(due => due.After(days))] });
    }

    private static LoanAccount Recognise(LoanAccount account) => Observation.Of(RecogniseInterest(account));

    /// <summary>Interest stops being recognised on the day the limit is reached, and is again once nothing is past due.</summary>
    private static LoanAccount RecogniseInterest(LoanAccount account)
    {
        if (account.OldestUnpaid is null) return account with { NonAccrualSince = null };
        var days = account.DaysPastDue;
        if (account.NonAccrualSince is not null || days < account.Terms.Overdue.NonAccrualFromDays) return account;
        var since = account.AsOf;
        // Back to the first day at the limit, however long the account was not looked at.
        while (DaysPastDue.Of(account.OldestUnpaid, since.AddDays(-1), account.Terms.Overdue.GraceDays, account.Frozen.AsSpan()) >= account.Terms.Overdue.NonAccrualFromDays) since = since.AddDays(-1);
        return account with { NonAccrualSince = since };
    }
}
