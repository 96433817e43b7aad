namespace CreditGrains.Domain.Loans.Schedules;

/// <summary>
/// The level instalment of unequal periods: principal and carried interest, discounted, equal the discounted instalments,
/// P + c·v₁ = A·Σ wₖ·vₖ + B·vₙ with vₖ = Π 1/(1 + rⱼ). With equal periods and nothing carried this is P·r/(1 − (1 + r)⁻ⁿ). Decimals of 28
/// digits: the same on every machine.
/// </summary>
internal static class Annuity
{
    /// <summary>The instalment, rounded by the terms.</summary>
    /// <param name="plan">Principal, rate, periods.</param>
    /// <param name="interestOnly">How many first instalments pay interest only.</param>
    /// <param name="final">What is left to pay with the last.</param>
    /// <param name="weights">Relative sizes; null for equal ones.</param>
    public static long Solve(SchedulePlan plan, int interestOnly, long final, long[]? weights) =>
        Rounding.ToUnit(Exact(plan, interestOnly, final, weights), plan.Terms.Rounding.Unit, plan.Terms.Rounding.Instalment);

    /// <summary>The instalment, or with weights the amount for a weight of one, before rounding.</summary>
    public static decimal Exact(SchedulePlan plan, int interestOnly, long final, long[]? weights)
    {
        decimal discount = 1, sum = 0, carried = 0;
        for (var i = interestOnly; i < plan.Periods.Length; i++)
        {
            discount /= 1 + Interest.Growth(plan.Terms.Rate, plan.Periods[i].Fraction);
            sum += discount * (weights?[i] ?? 1);
            if (i == 0) carried = plan.Carried * discount;
        }

        return Math.Max(0, (plan.Principal + carried - final * discount) / sum);
    }
}
