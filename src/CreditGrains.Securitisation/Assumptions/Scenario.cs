using System.Collections.Immutable;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Assumptions;

/// <summary>Everything assumed of the loans of one segment in one projection.</summary>
public sealed record Scenario
{
    /// <summary>As it is shown.</summary>
    public string Name { get; init; } = "base";

    public PrepaymentCurve Prepayment { get; init; } = PrepaymentCurve.None;

    public LoanDefaultCurve LoanDefault { get; init; } = LoanDefaultCurve.None;

    public RecoveryTerms Recovery { get; init; } = RecoveryTerms.NoRecovery;

    public AdvanceTerms Advances { get; init; } = AdvanceTerms.None;

    /// <summary>Weight of the scenario in expected losses; null when it has none.</summary>
    public double? Probability { get; init; }

    /// <summary>All that cover a period multiply.</summary>
    public ImmutableArray<Stress> Stresses { get; init; } = [];

    /// <summary>Part of the performing balance prepaid in a period.</summary>
    /// <param name="period">From 1.</param>
    /// <param name="age">Loan age at the end of the period.</param>
    /// <param name="yearFraction">Of the period, by the declared clock.</param>
    public double PrepaidRatio(int period, int age, double yearFraction)
    {
        var (ratio, unit) = Prepayment.At(Prepayment.Clock == CurveClock.Age ? age : period);
        foreach (var stress in Stresses)
            if (stress.Covers(period)) ratio *= stress.Prepayment;
        return OfPeriod(ratio, unit, yearFraction);
    }

    /// <summary>Part of the performing balance that defaults in a period; with a cumulative curve, part of the opening balance of the projection.</summary>
    public double DefaultedRatio(int period, int age, double yearFraction)
    {
        var (ratio, unit) = LoanDefault.At(LoanDefault.Clock == CurveClock.Age ? age : period);
        foreach (var stress in Stresses)
            if (stress.Covers(period)) ratio *= stress.LoanDefault;
        return OfPeriod(ratio, unit, yearFraction);
    }

    /// <summary>Severity of what defaults in a period.</summary>
    public double SeverityRatio(int period)
    {
        var ratio = Recovery.Severity;
        foreach (var stress in Stresses)
            if (stress.Covers(period)) ratio *= stress.Severity;
        return Math.Min(ratio, 1);
    }

    /// <summary>The same scenario with its dated stresses by period.</summary>
    /// <exception cref="InvalidInputException">A stress is dated and the calendar has no cut-off.</exception>
    internal Scenario Resolve(ProjectionCalendar calendar) => !Stresses.Any(stress => stress.IsDated) ? this : this with { Stresses = [.. Stresses.Select(stress => stress.Resolve(calendar)).OfType<Stress>()] };

    /// <summary>Checks every number; a projection starts with it.</summary>
    /// <exception cref="InvalidInputException">Naming the place and the range.</exception>
    public void Check()
    {
        switch (Prepayment)
        {
            case PrepaymentCurve.FlatSmm flat: RateCheck.Ratio(flat.Rate.Ratio, "prepayment.smm"); break;
            case PrepaymentCurve.FlatCpr flat: RateCheck.Ratio(flat.Rate.Ratio, "prepayment.cpr"); break;
            case PrepaymentCurve.Psa psa: RateCheck.Speed(psa.Speed.Percent, "prepayment.psa"); break;
            case PrepaymentCurve.Abs abs: RateCheck.Absolute(abs.Speed.Ratio, "prepayment.abs"); break;
            case PrepaymentCurve.Vector vector: CheckVector(vector.Ratios, "prepayment.vector"); break;
        }

        switch (LoanDefault)
        {
            case LoanDefaultCurve.FlatMdr flat: RateCheck.Ratio(flat.Rate.Ratio, "default.mdr"); break;
            case LoanDefaultCurve.FlatCdr flat: RateCheck.Ratio(flat.Rate.Ratio, "default.cdr"); break;
            case LoanDefaultCurve.Sda sda: RateCheck.Speed(sda.Speed.Percent, "default.sda"); break;
            case LoanDefaultCurve.Vector vector: CheckVector(vector.Ratios, "default.vector"); break;
            case LoanDefaultCurve.Cumulative cumulative:
                RateCheck.Ratio(cumulative.Rate.Ratio, "default.cumulative");
                Timings.Check(cumulative.Timing, "default.timing");
                break;
        }

        try
        {
            Recovery.Check();
        }
        catch (InvalidInputException e)
        {
            throw e.Under("recovery");
        }

        if (Probability is { } probability) RateCheck.Ratio(probability, "probability");
        for (var i = 0; i < Stresses.Length; i++)
        {
            try
            {
                Stresses[i].Check();
            }
            catch (InvalidInputException e)
            {
                throw e.Under($"stresses[{i}]");
            }
        }
    }

    private static double OfPeriod(double ratio, RateUnit unit, double yearFraction) =>
        unit == RateUnit.Annual ? AnnualRate.ForPeriod(ratio, yearFraction) : Math.Min(ratio, 1);

    private static void CheckVector(ImmutableArray<double> ratios, string path)
    {
        if (ratios.IsDefaultOrEmpty) throw new InvalidInputException("VectorEmpty", path, "the vector has no rate; write at least one");
        for (var i = 0; i < ratios.Length; i++) RateCheck.Ratio(ratios[i], $"{path}[{i}]");
    }
}
