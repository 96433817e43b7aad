using System.Collections.Immutable;

namespace CreditGrains.Domain.Loans.Schedules;

/// <summary>
/// A loan's instalments in order. Invariants: their principal adds up to the amount; each opens with what the one before left; the last
/// closes at nothing.
/// </summary>
/// <param name="Terms">What it was made of.</param>
/// <param name="Instalments">In order of their numbers.</param>
/// <param name="FeesAtDrawdown">Fees kept back at drawdown, minor units.</param>
public sealed record LoanSchedule(LoanTerms Terms, ImmutableArray<Instalment> Instalments, long FeesAtDrawdown)
{
    /// <summary>Interest of all instalments.</summary>
    public long TotalInterest => Instalments.Sum(one => one.Interest);

    /// <summary>Fees of all instalments and at drawdown.</summary>
    public long TotalFees => FeesAtDrawdown + Instalments.Sum(one => one.Fees);

    /// <summary>What the borrower gets: the amount less fees at drawdown.</summary>
    public long PaidOut => Terms.Amount - FeesAtDrawdown;
}
