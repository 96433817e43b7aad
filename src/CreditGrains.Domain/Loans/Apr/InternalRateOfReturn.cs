using System.Collections.Immutable;

namespace CreditGrains.Domain.Loans.Apr;

/// <summary>The yearly rate, compounded, at which dated payments are worth the advances: Σ A / (1 + r)^(days / 365) = Σ P / (1 + r)^(days / 365).</summary>
/// <param name="RateAnnual">0.01 is 1 % a year.</param>
/// <param name="Roots">All rates that solve the equation, rising.</param>
public sealed record InternalRateOfReturn(double RateAnnual, ImmutableArray<double> Roots)
{
    private const double DaysPerYear = 365;

    /// <summary>The rate of dated advances and payments. Analytics: doubles, with the powers of the machine.</summary>
    /// <param name="advances">At least one.</param>
    /// <param name="payments">At least one.</param>
    public static LoanResult<InternalRateOfReturn> Of(IReadOnlyCollection<AprFlow> advances, IReadOnlyCollection<AprFlow> payments)
    {
        if (AnnualPercentageRate.CheckAmounts(advances.Select(flow => flow.Amount), payments.Select(flow => flow.Amount)) is { } fault) return fault;
        var start = advances.Concat(payments).Min(flow => flow.Date).DayNumber;
        (double Years, double Amount)[] flows =
        [
            .. advances.Select(flow => ((flow.Date.DayNumber - start) / DaysPerYear, (double)flow.Amount)),
            .. payments.Select(flow => ((flow.Date.DayNumber - start) / DaysPerYear, -(double)flow.Amount)),
        ];
        var roots = RateScan.Roots(rate => flows.Sum(flow => flow.Amount / Math.Pow(1 + rate, flow.Years)));
        return roots.IsEmpty
            ? new LoanRefusal(LoanFault.NoRate, "no rate from -90 % to 10,000 % a year makes the payments equal the advances; check amounts and dates")
            : new InternalRateOfReturn(RateScan.Choose(roots), roots);
    }
}
