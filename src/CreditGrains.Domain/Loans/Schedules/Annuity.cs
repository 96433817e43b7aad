using CreditGrains.Domain.Loans.Calendars;

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
        if (weights is null && interestOnly == 0 && plan.Periods is [var first, ..] && HasEqual(plan.Periods, first.Fraction))
        {
            var factors = RegularFactors.Of(plan.Terms.Rate, first.Fraction, plan.Periods.Length);
            return Math.Max(0, (plan.Principal + plan.Carried * factors.First - final * factors.Last) / factors.Sum);
        }
        decimal discount = 1, sum = 0, carried = 0;
        for (var i = interestOnly; i < plan.Periods.Length; i++)
        {
            discount /= 1 + Interest.Growth(plan.Terms.Rate, plan.Periods[i].Fraction);
            sum += discount * (weights?[i] ?? 1);
            if (i == 0) carried = plan.Carried * discount;
        }

        return Math.Max(0, (plan.Principal + carried - final * discount) / sum);
    }

    private static bool HasEqual(AccrualPeriod[] periods, YearFraction fraction)
    {
        foreach (ref readonly var period in periods.AsSpan())
            if (period.Fraction != fraction) return false;
        return true;
    }

    /// <summary>Discount factors of equal periods: the same numbers as by the loop, remembered, since loans of a product share them.</summary>
    /// <param name="Rate">The yearly rate.</param>
    /// <param name="Fraction">Of each period.</param>
    /// <param name="Count">How many periods.</param>
    /// <param name="First">v₁.</param>
    /// <param name="Last">vₙ.</param>
    /// <param name="Sum">Σ vₖ.</param>
    private sealed record RegularFactors(RateAnnual Rate, YearFraction Fraction, int Count, decimal First, decimal Last, decimal Sum)
    {
        private const int Places = 512;

        [ThreadStatic]
        private static RegularFactors?[]? known;

        public static RegularFactors Of(RateAnnual rate, YearFraction fraction, int count)
        {
            ref var place = ref (known ??= new RegularFactors?[Places])[(int)(unchecked((ulong)rate.Nano * 0x9E3779B97F4A7C15 + (ulong)fraction.Numerator * 31 + (ulong)count * 7) >> 55)];
            if (place is { } found && found.Rate == rate && found.Fraction == fraction && found.Count == count) return found;
            var growth = 1 + Interest.Growth(rate, fraction);
            decimal discount = 1, sum = 0, first = 0;
            for (var i = 0; i < count; i++)
            {
                discount /= growth;
                sum += discount;
                if (i == 0) first = discount;
            }

            return place = new RegularFactors(rate, fraction, count, first, discount, sum);
        }
    }
}
