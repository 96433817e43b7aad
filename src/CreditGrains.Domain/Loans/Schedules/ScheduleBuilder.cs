using System.Globalization;

namespace CreditGrains.Domain.Loans.Schedules;

/// <summary>Makes schedules. Pure: the same terms give the same schedule.</summary>
public static class ScheduleBuilder
{
    /// <summary>The schedule of new terms.</summary>
    /// <returns>The schedule, or the first fault of the terms.</returns>
    public static LoanResult<LoanSchedule> Build(LoanTerms terms)
    {
        if (LoanTermsCheck.Check(terms) is { } fault) return fault;
        var periods = AccrualPeriods.Of(terms);
        if (periods.Refusal is { } calendar) return calendar;
        var instalments = Run(new SchedulePlan(terms, terms.Amortisation, terms.Amount, 0, periods.Value));
        if (instalments.Refusal is { } refusal) return refusal;
        var upfront = terms.Fees.Where(fee => fee.Timing == FeeTiming.AtDrawdown).Sum(fee => fee.Of(terms.Amount, terms.Amount, terms.Rounding.Interest));
        return new LoanSchedule(terms, [.. instalments.Value], upfront);
    }

    /// <summary>The instalments of a plan: interest on what is left, principal as planned, nothing left at the end.</summary>
    internal static LoanResult<Instalment[]> Run(SchedulePlan plan)
    {
        var amounts = plan.Amounts();
        return amounts.Refusal is { } refusal ? refusal : Run(plan, amounts.Value);
    }

    /// <summary>The same with the amounts given.</summary>
    internal static LoanResult<Instalment[]> Run(SchedulePlan plan, PlannedAmount[] amounts)
    {
        var instalments = new List<Instalment>(amounts.Length);
        var balance = plan.Principal;
        for (var i = 0; i < amounts.Length && balance > 0; i++)
        {
            var interest = plan.InterestOf(i, balance);
            var isTotal = amounts[i].Counts == CustomAmount.Total;
            var isLast = i == amounts.Length - 1;
            var principal = isLast ? balance : isTotal ? amounts[i].Amount - interest : amounts[i].Amount;
            if (principal < 0)
                return Bad(LoanFault.NegativeAmortisation, $"instalment {plan.Periods[i].Number} of {amounts[i].Amount} is less than its interest of {interest}; raise it, lower the rate or use another kind of schedule");
            principal = Math.Min(principal, balance);
            if (isLast && isTotal && plan.Terms.LastInstalment == LastInstalmentRule.KeepsSize)
            {
                interest = amounts[i].Amount - balance;
                if (interest < 0) return Bad(LoanFault.LastInstalmentRuleDoesNotFit, $"the last instalment of {amounts[i].Amount} is less than the balance of {balance}; use ClearsBalance");
            }

            var period = plan.Periods[i];
            instalments.Add(new Instalment(period.Number, period.Due, period.Unadjusted, period.Start, period.End, balance, principal, interest, 0));
            balance -= principal;
        }

        return WithFees(plan.Terms, instalments);
    }

    private static Instalment[] WithFees(LoanTerms terms, List<Instalment> instalments)
    {
        var made = instalments.ToArray();
        foreach (var fee in terms.Fees)
        {
            for (var i = 0; i < made.Length; i++)
            {
                if (fee.IsTakenWith(made[i].Number, i == made.Length - 1)) made[i] = made[i] with { Fees = made[i].Fees + fee.Of(terms.Amount, made[i].Opening, terms.Rounding.Interest) };
            }
        }

        return made;
    }

    private static LoanRefusal Bad(LoanFault fault, FormattableString message) => new(fault, message.ToString(CultureInfo.InvariantCulture));
}
