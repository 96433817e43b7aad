using System.Collections.Immutable;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Schedules;

namespace CreditGrains.Domain.Loans.Servicing;

/// <summary>Spreads what is not yet due anew: after an early repayment, a holiday, an extension.</summary>
internal static class Respread
{
    /// <summary>What is left of a schedule kind after one instalment.</summary>
    public static Amortisation AfterOne(Amortisation amortisation) => amortisation switch
    {
        Amortisation.InterestOnlyThenLevel { InterestOnlyCount: > 1 } only => new Amortisation.InterestOnlyThenLevel(only.InterestOnlyCount - 1),
        Amortisation.InterestOnlyThenLevel => new Amortisation.Level(),
        Amortisation.Stepped stepped => new Amortisation.Stepped(AfterOne(stepped.Steps)),
        _ => amortisation,
    };

    /// <summary>What is left of a schedule kind after some instalments.</summary>
    public static Amortisation After(Amortisation amortisation, int count) => amortisation switch
    {
        Amortisation.InterestOnlyThenLevel only => count < only.InterestOnlyCount ? new Amortisation.InterestOnlyThenLevel(only.InterestOnlyCount - count) : new Amortisation.Level(),
        Amortisation.Stepped => Enumerable.Range(0, count).Aggregate(amortisation, (left, _) => AfterOne(left)),
        _ => amortisation,
    };

    /// <summary>Interest from what is counted up to a day of the current period.</summary>
    public static long Accrued(LoanAccount account, DateOnly until)
    {
        if (account.Upcoming.IsEmpty) return 0;
        var terms = account.Terms;
        var done = terms.DayCount.Between(account.PeriodStart, account.AccruedTo);
        var whole = until <= account.PeriodStart ? done : terms.DayCount.Between(account.PeriodStart, until);
        return account.Carried + Interest.Of(account.PrincipalNotDue, terms.Rate, whole.Less(done), terms.Rounding.Interest);
    }

    /// <summary>The day up to which interest of the current period is counted when something changes on a date: no later than its end.</summary>
    public static DateOnly EndOfCounting(LoanAccount account)
    {
        var end = account.Upcoming[0].AccrualEnd;
        var day = account.AsOf < end ? account.AsOf : end;
        return day < account.AccruedTo ? account.AccruedTo : day;
    }

    /// <summary>A new schedule from the current period on.</summary>
    /// <param name="account">Its period, counted interest and kind are those to go on with.</param>
    /// <param name="principal">Principal to spread, 1 or more.</param>
    /// <param name="count">Over how many instalments.</param>
    /// <param name="keepsAmounts">Whether the sizes of the instalments stay and their number falls.</param>
    /// <param name="model">The instalments before, without those skipped.</param>
    public static LoanResult<LoanAccount> Spread(LoanAccount account, long principal, int count, bool keepsAmounts, ImmutableArray<Instalment> model)
    {
        var terms = account.Terms;
        var span = new PeriodSpan(account.Upcoming[0].Number, account.NextSlot, count, account.PeriodStart, account.AccruedTo);
        var periods = AccrualPeriods.Of(terms, span);
        if (periods.Refusal is { } calendar) return calendar;
        var plan = new SchedulePlan(terms, account.Amortisation, principal, account.Carried, periods.Value);
        var instalments = keepsAmounts ? ScheduleBuilder.Run(plan, Kept(account.Amortisation, model))
            : account.Amortisation is Amortisation.Custom ? ScheduleBuilder.Run(plan, Scaled(model, principal, count))
            : ScheduleBuilder.Run(plan);
        if (instalments.Refusal is { } refusal) return refusal;
        return account with { Upcoming = [.. instalments.Value] };
    }

    private static ImmutableArray<InstalmentStep> AfterOne(ImmutableArray<InstalmentStep> steps)
    {
        var moved = steps.Select(step => step with { FromNumber = Math.Max(1, step.FromNumber - 1) }).ToArray();
        // A step that is over starts where its successor does.
        return [.. moved.Where((step, i) => i + 1 == moved.Length || moved[i + 1].FromNumber > step.FromNumber)];
    }

    private static PlannedAmount[] Kept(Amortisation amortisation, ImmutableArray<Instalment> model)
    {
        var interestOnly = amortisation is Amortisation.InterestOnlyThenLevel only ? only.InterestOnlyCount : 0;
        var isPrincipal = amortisation is Amortisation.EqualPrincipal or Amortisation.Custom;
        return [.. model.Select((one, i) => isPrincipal || i < interestOnly ? PlannedAmount.OfPrincipal(one.Principal) : PlannedAmount.OfTotal(one.Payment))];
    }

    /// <summary>Principal parts in the proportion they had; the last clears.</summary>
    private static PlannedAmount[] Scaled(ImmutableArray<Instalment> model, long principal, int count)
    {
        var before = model.Sum(one => one.Principal);
        var amounts = new PlannedAmount[count];
        for (var i = 0; i < count; i++)
            amounts[i] = PlannedAmount.OfPrincipal(i < model.Length && before > 0 ? Rounding.Divide((Int128)model[i].Principal * principal, before, RoundingMode.Down) : 0);
        return amounts;
    }
}
