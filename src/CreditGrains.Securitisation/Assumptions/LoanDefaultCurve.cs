using System.Collections.Immutable;

namespace CreditGrains.Securitisation.Assumptions;

/// <summary>An assumption about loans that default: one of the closed cases below.</summary>
public abstract record LoanDefaultCurve
{
    private LoanDefaultCurve()
    {
    }

    /// <summary>Nobody defaults.</summary>
    public static readonly LoanDefaultCurve None = new FlatMdr(new Mdr(0));

    /// <summary>By which clock it is read.</summary>
    public virtual CurveClock Clock => CurveClock.Period;

    /// <summary>Whether it gives a rate on the performing balance of each month; the others say so by their case.</summary>
    public virtual bool IsConditional => true;

    /// <summary>The rate in the unit it is quoted in, and which unit that is.</summary>
    internal virtual (double Ratio, RateUnit Unit) At(int month) => (0, RateUnit.Monthly);

    /// <summary>The same monthly rate throughout.</summary>
    public sealed record FlatMdr(Mdr Rate) : LoanDefaultCurve
    {
        internal override (double Ratio, RateUnit Unit) At(int month) => (Rate.Ratio, RateUnit.Monthly);
    }

    /// <summary>The same annual rate throughout.</summary>
    public sealed record FlatCdr(Cdr Rate) : LoanDefaultCurve
    {
        internal override (double Ratio, RateUnit Unit) At(int month) => (Rate.Ratio, RateUnit.Annual);
    }

    /// <summary>A speed on the SDA curve, by loan age.</summary>
    public sealed record Sda(SdaSpeed Speed) : LoanDefaultCurve
    {
        public override CurveClock Clock => CurveClock.Age;

        internal override (double Ratio, RateUnit Unit) At(int month) => (Speed.ToCdr(month).Ratio, RateUnit.Annual);
    }

    /// <summary>One conditional rate a month; after the last, the last goes on.</summary>
    public sealed record Vector(ImmutableArray<double> Ratios, RateUnit Unit, CurveClock By) : LoanDefaultCurve
    {
        public override CurveClock Clock => By;

        internal override (double Ratio, RateUnit Unit) At(int month) => (Ratios[Math.Clamp(month, 1, Ratios.Length) - 1], Unit);
    }

    /// <summary>
    /// Cumulative rate × timing: period i defaults CDR · DP(i) of the <b>opening</b> principal, as far as balance is left (无条件违约率). Source: Chinese
    /// rating practice. A part that the balance cannot bear is not carried over.
    /// </summary>
    /// <param name="Rate">Over the whole life.</param>
    /// <param name="Timing">Parts by period from 1; they add up to 1.</param>
    public sealed record Cumulative(CumulativeDefaultRate Rate, ImmutableArray<double> Timing) : LoanDefaultCurve
    {
        public override bool IsConditional => false;

        internal override (double Ratio, RateUnit Unit) At(int month) => (month <= Timing.Length ? Rate.Ratio * Timing[month - 1] : 0, RateUnit.Monthly);
    }

    /// <summary>A Markov chain over missed instalments, with cures and jumps over several buckets.</summary>
    public sealed record RollRate(RollRateMatrix Matrix) : LoanDefaultCurve
    {
        public override bool IsConditional => false;
    }
}
