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
    /// <summary>Throughout.</summary>
    public static Stress Throughout(double prepayment = 1, double loanDefault = 1, double severity = 1) => new(1, int.MaxValue, prepayment, loanDefault, severity);

    internal bool Covers(int period) => period >= FromPeriod && period <= ToPeriod;

    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public void Check()
    {
        if (FromPeriod < 1 || ToPeriod < FromPeriod) throw new InvalidInputException("PeriodsOutOfRange", "fromPeriod", "write a first period of at least 1 and a last one not before it");
        RateCheck.NotNegative(Prepayment, "prepayment");
        RateCheck.NotNegative(LoanDefault, "default");
        RateCheck.NotNegative(Severity, "severity");
    }
}
