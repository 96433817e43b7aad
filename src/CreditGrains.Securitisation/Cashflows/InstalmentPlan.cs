namespace CreditGrains.Securitisation.Cashflows;

/// <summary>
/// What a line owes by plan in each month, as a part of its balance: 缩额 reads it from the remaining term; 缩期 keeps the instalment of the plan, less what
/// defaulted, so that prepaid principal shortens the term.
/// </summary>
internal sealed class InstalmentPlan
{
    private readonly LoanLine line;
    private readonly ProjectionConventions conventions;
    private readonly double[] parts;
    private readonly double[] planned;
    private double surviving = 1;

    public InstalmentPlan(LoanLine line, ProjectionConventions conventions)
    {
        this.line = line;
        this.conventions = conventions;
        parts = new double[line.RemainingMonths];
        ScheduledBalance.Fill(line.Amortisation, line.RateAnnual * (1.0 / 12), parts);
        if (!line.RatePath.IsDefaultOrEmpty) Reset();
        planned = conventions.PrepaymentEffect == PrepaymentEffect.ShrinkInstalment ? [] : Plan();
    }

    /// <summary>Principal of a month by the plan of the cut-off.</summary>
    public double Planned(int instalment) => planned[instalment - 1];

    /// <summary>Part of the balance due in a month.</summary>
    /// <param name="instalment">From 1.</param>
    /// <param name="open">Opening balance.</param>
    /// <param name="defaulted">Defaults taken off before.</param>
    /// <param name="rateOfPeriod">Interest rate of the period.</param>
    public double Part(int instalment, double open, double defaulted, double rateOfPeriod)
    {
        var part = parts[instalment - 1];
        if (conventions.PrepaymentEffect != PrepaymentEffect.ShrinkTerm || part is 0 or 1) return part;
        var left = open - defaulted;
        if (left <= 0) return 1;
        var kept = surviving * (open > 0 ? left / open : 0);
        var due = KeepsInstalment ? planned[instalment - 1] * kept + InterestPlanned(instalment) * kept - left * rateOfPeriod : planned[instalment - 1] * kept;
        return Math.Clamp(due / left, 0, 1);
    }

    /// <summary>Notes what defaulted in a month: instalments of the rest go on.</summary>
    public void Survive(double open, double defaulted)
    {
        if (open > 0) surviving *= 1 - defaulted / open;
    }

    private bool KeepsInstalment => line.Amortisation is Amortisation.LevelPayment or Amortisation.Balloon or Amortisation.InterestOnlyThenLevel;

    private double InterestPlanned(int instalment)
    {
        var before = line.Balance;
        for (var i = 0; i < instalment - 1; i++) before -= planned[i];
        return before * line.RateAt(instalment) / 12;
    }

    private double[] Plan()
    {
        var plan = new double[parts.Length];
        var open = line.Balance;
        for (var i = 0; i < plan.Length; i++)
        {
            plan[i] = Rounded.Of(conventions.Rounding, open * parts[i]);
            open -= plan[i];
        }

        return plan;
    }

    /// <summary>A level instalment of a floating loan is set anew for the rate of each month and the term left.</summary>
    private void Reset()
    {
        if (line.Amortisation is not (Amortisation.LevelPayment or Amortisation.Balloon or Amortisation.InterestOnlyThenLevel)) return;
        var beyond = line.Amortisation is Amortisation.Balloon balloon ? balloon.AmortisationMonths - line.RemainingMonths : 0;
        for (var t = 1; t < parts.Length; t++)
            if (parts[t - 1] > 0) parts[t - 1] = ScheduledBalance.LevelPart(line.RateAt(t) / 12, parts.Length - t + 1 + beyond);
    }
}
