using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Assumptions;

/// <summary>
/// A multiplier on assumptions over a range of periods. It acts on the rate in the unit it is quoted in (a CPR times 1.5 is then converted), and the result is at most 1.
/// </summary>
/// <param name="FromPeriod">First period, from 1.</param>
/// <param name="ToPeriod">Last period, included.</param>
/// <param name="Prepayment">Factor on prepayment, at least 0.</param>
/// <param name="LoanDefault">Factor on defaults, at least 0.</param>
/// <param name="Severity">Factor on the severity of what defaults in the range, at least 0.</param>
public sealed record Stress(int FromPeriod, int ToPeriod, double Prepayment = 1, double LoanDefault = 1, double Severity = 1)
{
    /// <summary>First day of a dated stress: it covers the periods that end on this day or later. Null is from <see cref="FromPeriod"/>.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last day of a dated stress: it covers the periods that end on this day or before. Null is to <see cref="ToPeriod"/>.</summary>
    public DateOnly? To { get; init; }

    internal bool IsDated => From is not null || To is not null;

    /// <summary>The same stress by periods; null when it covers none.</summary>
    /// <exception cref="InvalidInputException">There is no cut-off date.</exception>
    internal Stress? Resolve(ProjectionCalendar calendar)
    {
        if (!IsDated) return this;
        if (calendar.CutOff is not { } cutOff) throw new InvalidInputException("CutOffMissing", "stresses", "a dated stress needs a cut-off date; give one, or write fromPeriod and toPeriod");
        var first = From is { } from ? Math.Max(FromPeriod, calendar.FirstEndingFrom(from)) : FromPeriod;
        var last = To is { } to ? Math.Min(ToPeriod, to < cutOff ? 0 : calendar.FirstEndingFrom(to.AddDays(1)) - 1) : ToPeriod;
        return last < first ? null : this with { FromPeriod = first, ToPeriod = last, From = null, To = null };
    }

    /// <summary>Throughout.</summary>
    public static Stress Throughout(double prepayment = 1, double loanDefault = 1, double severity = 1) => new(1, int.MaxValue, prepayment, loanDefault, severity);

    internal bool Covers(int period) => period >= FromPeriod && period <= ToPeriod;

    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public void Check()
    {
        if (FromPeriod < 1 || ToPeriod < FromPeriod) throw new InvalidInputException("PeriodsOutOfRange", "fromPeriod", "write a first period of at least 1 and a last one not before it");
        if (To < From) throw new InvalidInputException("PeriodsOutOfRange", "from", "write a first day that is not after the last");
        RateCheck.NotNegative(Prepayment, "prepayment");
        RateCheck.NotNegative(LoanDefault, "default");
        RateCheck.NotNegative(Severity, "severity");
    }
}
