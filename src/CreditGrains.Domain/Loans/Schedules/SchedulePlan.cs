namespace CreditGrains.Domain.Loans.Schedules;

/// <summary>What is known of one instalment before its interest is.</summary>
/// <param name="Amount">Minor units.</param>
/// <param name="Counts">Whether the amount is principal, or principal and interest.</param>
internal readonly record struct PlannedAmount(long Amount, CustomAmount Counts)
{
    public static PlannedAmount OfPrincipal(long amount) => new(amount, CustomAmount.Principal);

    public static PlannedAmount OfTotal(long amount) => new(amount, CustomAmount.Total);
}

/// <summary>What a schedule, or the rest of one, is made of.</summary>
/// <param name="Terms">Rate, rounding, fees, rules.</param>
/// <param name="Amortisation">How the principal comes back, from the first of the periods on.</param>
/// <param name="Principal">Principal to pay back, minor units.</param>
/// <param name="Carried">Interest already counted that comes with the first instalment, minor units.</param>
/// <param name="Periods">One for each instalment.</param>
internal sealed record SchedulePlan(LoanTerms Terms, Amortisation Amortisation, long Principal, long Carried, AccrualPeriod[] Periods)
{
    /// <summary>Interest of one period on a balance, with what is carried into the first.</summary>
    public long InterestOf(int place, long balance) =>
        Interest.Of(balance, Terms.Rate, Periods[place].Fraction, Terms.Rounding.Interest) + (place == 0 ? Carried : 0);

    /// <summary>The amount of each instalment.</summary>
    public LoanResult<PlannedAmount[]> Amounts() => Amortisation switch
    {
        Amortisation.Level => Totals(Annuity.Solve(this, 0, 0, null)),
        Amortisation.InterestOnlyThenLevel only => InterestOnly(only.InterestOnlyCount),
        Amortisation.Balloon balloon => WithBalloon(Math.Min(balloon.FinalAmount, Principal)),
        Amortisation.Stepped stepped => Steps(stepped),
        Amortisation.EqualPrincipal => EqualPrincipal(),
        Amortisation.Bullet => Bullet(),
        Amortisation.Custom custom => custom.Instalments.Select(one => new PlannedAmount(one.Amount, one.Counts)).ToArray(),
        Amortisation.Seasonal seasonal => SeasonalPlan.Of(this, seasonal.Cash),
        _ => throw new InvalidOperationException($"no such amortisation: {Amortisation.GetType().Name}"),
    };

    private PlannedAmount[] Totals(long instalment)
    {
        var amounts = new PlannedAmount[Periods.Length];
        Array.Fill(amounts, PlannedAmount.OfTotal(instalment));
        return amounts;
    }

    private PlannedAmount[] InterestOnly(int asked)
    {
        // Of the rest of a schedule fewer instalments may be left than were to be interest only: the last still pays.
        var count = Math.Min(asked, Periods.Length - 1);
        var amounts = Totals(Annuity.Solve(this, count, 0, null));
        Array.Fill(amounts, PlannedAmount.OfPrincipal(0), 0, count);
        return amounts;
    }

    private PlannedAmount[] WithBalloon(long final)
    {
        var instalment = Annuity.Solve(this, 0, final, null);
        var amounts = Totals(instalment);
        amounts[^1] = PlannedAmount.OfTotal(instalment + final);
        return amounts;
    }

    private PlannedAmount[] Steps(Amortisation.Stepped stepped)
    {
        var weights = new long[Periods.Length];
        var step = -1;
        for (var i = 0; i < weights.Length; i++)
        {
            while (step + 1 < stepped.Steps.Length && stepped.Steps[step + 1].FromNumber <= i + 1) step++;
            weights[i] = stepped.Steps[step].Ppm;
        }

        var unit = Annuity.Exact(this, 0, 0, weights);
        return Array.ConvertAll(weights, weight => PlannedAmount.OfTotal(Rounding.ToUnit(unit * weight, Terms.Rounding.Unit, Terms.Rounding.Instalment)));
    }

    private PlannedAmount[] EqualPrincipal()
    {
        var part = Rounding.ToUnit((decimal)Principal / Periods.Length, Terms.Rounding.Unit, Terms.Rounding.Instalment);
        var amounts = new PlannedAmount[Periods.Length];
        Array.Fill(amounts, PlannedAmount.OfPrincipal(part));
        // Rounded up, the parts may be more than the principal: then the first is nothing and the term ends early.
        if (Terms.LastInstalment == LastInstalmentRule.FirstTakesRest) amounts[0] = PlannedAmount.OfPrincipal(Math.Max(0, Principal - part * (Periods.Length - 1)));
        return amounts;
    }

    private PlannedAmount[] Bullet()
    {
        var amounts = new PlannedAmount[Periods.Length];
        Array.Fill(amounts, PlannedAmount.OfPrincipal(0));
        amounts[^1] = PlannedAmount.OfPrincipal(Principal);
        return amounts;
    }
}
