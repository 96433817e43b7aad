using CreditGrains.Domain.Loans.Schedules;

namespace CreditGrains.Domain.Loans.Servicing;

/// <summary>Where the schedule of a loan stands that follows a rule: enough to work out its next instalment.</summary>
/// <param name="Number">Of the next instalment.</param>
/// <param name="Slot">Its place among the due dates of the terms, from 0.</param>
/// <param name="Remaining">Instalments to come, 1 or more.</param>
/// <param name="PeriodStart">Where the current period started.</param>
/// <param name="AccruedTo">Up to which day of the period interest is counted in <paramref name="Carried"/>.</param>
/// <param name="Balance">Principal not yet due, minor units.</param>
/// <param name="Carried">Interest counted and not yet due, minor units.</param>
/// <param name="Regular">The regular instalment, or the regular part of principal.</param>
public readonly record struct ScheduleStand(
    int Number, int Slot, int Remaining, DateOnly PeriodStart, DateOnly AccruedTo, long Balance, long Carried, long Regular)
{
    /// <summary>Whether an instalment is to come.</summary>
    public bool HasNext => Remaining > 0 && Balance > 0;

    /// <summary>The next instalment.</summary>
    /// <param name="terms">The loan's terms.</param>
    /// <param name="isFirst">Whether it is the first of the schedule as it was last made: it takes the rest where the terms say so.</param>
    /// <exception cref="InvalidOperationException">The calendar of the terms has no day for it; terms that were checked have one.</exception>
    public Instalment Next(LoanTerms terms, bool isFirst)
    {
        var period = Period(terms);
        var (principal, interest) = Planned(terms, period, isFirst);
        return Instalment(terms, period, principal, interest);
    }

    /// <summary>The next instalment, of which the amounts are known.</summary>
    /// <param name="terms">The loan's terms.</param>
    /// <param name="listed">Its amounts.</param>
    public Instalment Next(LoanTerms terms, in ListedInstalment listed) => Instalment(terms, Period(terms), listed.Principal, listed.Interest);

    /// <summary>When the next instalment is due.</summary>
    /// <param name="terms">The loan's terms.</param>
    public DateOnly NextDue(LoanTerms terms) =>
        terms.Calendar.Adjust(AccrualPeriods.SlotDate(terms, Slot), terms.BusinessDays) ?? throw NoDay("there is no business day near a due date");

    /// <summary>Where the schedule stands once its next instalment is due.</summary>
    /// <param name="next">That instalment.</param>
    public ScheduleStand After(in Instalment next) =>
        new(Number + 1, Slot + 1, Remaining - 1, next.AccrualEnd, next.AccrualEnd, next.Closing, 0, Regular);

    private AccrualPeriod Period(LoanTerms terms) =>
        AccrualPeriods.At(terms, Number, Slot, PeriodStart, AccruedTo, out var period) is { } fault ? throw NoDay(fault.Message) : period;

    private Instalment Instalment(LoanTerms terms, in AccrualPeriod period, long principal, long interest)
    {
        var fees = 0L;
        foreach (var fee in terms.Fees)
            if (fee.IsTakenWith(period.Number, Balance == principal)) fees += fee.Of(terms.Amount, Balance, terms.Rounding.Interest);
        return new Instalment(period.Number, period.Due, period.Unadjusted, period.Start, period.End, Balance, principal, interest, fees);
    }

    private (long Principal, long Interest) Planned(LoanTerms terms, in AccrualPeriod period, bool isFirst)
    {
        var interest = Interest.Of(Balance, terms.Rate, period.Fraction, terms.Rounding.Interest) + Carried;
        if (Remaining == 1) return (Balance, interest);
        var principal = terms.Amortisation switch
        {
            Amortisation.InterestOnlyThenLevel only when period.Number <= only.InterestOnlyCount => 0,
            Amortisation.Bullet => 0,
            Amortisation.EqualPrincipal when isFirst && terms.LastInstalment == LastInstalmentRule.FirstTakesRest => Math.Max(0, Balance - Regular * (Remaining - 1)),
            Amortisation.EqualPrincipal => Regular,
            _ => Regular - interest,
        };
        return (Math.Clamp(principal, 0, Balance), interest);
    }

    private static InvalidOperationException NoDay(string message) => new($"a schedule that was made cannot go on: {message}");
}
