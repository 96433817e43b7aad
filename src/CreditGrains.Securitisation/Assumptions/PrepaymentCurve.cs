using System.Collections.Immutable;

namespace CreditGrains.Securitisation.Assumptions;

/// <summary>By which clock a curve is read.</summary>
public enum CurveClock
{
    /// <summary>The projection's own periods, from 1.</summary>
    Period = 0,

    /// <summary>Loan age at the end of the month, from 1.</summary>
    Age = 1,
}

/// <summary>In which unit the rates of a vector stand.</summary>
public enum RateUnit
{
    /// <summary>Of a month, taken as they stand whatever its days.</summary>
    Monthly = 0,

    /// <summary>Of a year; converted by the declared period clock.</summary>
    Annual = 1,
}

/// <summary>A voluntary prepayment assumption: one of the closed cases below.</summary>
public abstract record PrepaymentCurve
{
    private PrepaymentCurve()
    {
    }

    /// <summary>Nobody prepays.</summary>
    public static readonly PrepaymentCurve None = new FlatSmm(new Smm(0));

    /// <summary>By which clock it is read.</summary>
    public virtual CurveClock Clock => CurveClock.Period;

    /// <summary>The rate in the unit it is quoted in, and which unit that is.</summary>
    /// <param name="month">Period or age by <see cref="Clock"/>, from 1.</param>
    internal abstract (double Ratio, RateUnit Unit) At(int month);

    /// <summary>The same monthly rate throughout.</summary>
    public sealed record FlatSmm(Smm Rate) : PrepaymentCurve
    {
        internal override (double Ratio, RateUnit Unit) At(int month) => (Rate.Ratio, RateUnit.Monthly);
    }

    /// <summary>The same annual rate throughout.</summary>
    public sealed record FlatCpr(Cpr Rate) : PrepaymentCurve
    {
        internal override (double Ratio, RateUnit Unit) At(int month) => (Rate.Ratio, RateUnit.Annual);
    }

    /// <summary>A speed on the PSA curve, by loan age.</summary>
    public sealed record Psa(PsaSpeed Speed) : PrepaymentCurve
    {
        public override CurveClock Clock => CurveClock.Age;

        internal override (double Ratio, RateUnit Unit) At(int month) => (Speed.ToCpr(month).Ratio, RateUnit.Annual);
    }

    /// <summary>An absolute prepayment speed, by loan age.</summary>
    public sealed record Abs(AbsSpeed Speed) : PrepaymentCurve
    {
        public override CurveClock Clock => CurveClock.Age;

        internal override (double Ratio, RateUnit Unit) At(int month) => (Speed.ToSmm(Math.Max(month, 1)).Ratio, RateUnit.Monthly);
    }

    /// <summary>One rate a month; after the last, the last goes on.</summary>
    /// <param name="Ratios">0 to 1 each, at least one.</param>
    /// <param name="Unit">Monthly or annual.</param>
    /// <param name="By">By which clock.</param>
    public sealed record Vector(ImmutableArray<double> Ratios, RateUnit Unit, CurveClock By) : PrepaymentCurve
    {
        public override CurveClock Clock => By;

        internal override (double Ratio, RateUnit Unit) At(int month) => (Ratios[Math.Clamp(month, 1, Ratios.Length) - 1], Unit);
    }
}
