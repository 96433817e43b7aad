using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Pools;

/// <summary>
/// The schedule of a loan of the engine's own that is not one instalment a month by a plan that projections know: balloon, stepped, custom, seasonal, of another interval, or
/// changed by a holiday. Taken by the writer with the loan, worked out by whoever projects.
/// </summary>
public sealed class LiveSchedule
{
    private readonly IEnumerable<(DateOnly Due, long Principal)> upcoming;

    /// <summary>As a loan stands.</summary>
    /// <param name="terms">The loan's terms.</param>
    /// <param name="standing">Where it stands.</param>
    public LiveSchedule(LoanTerms terms, LoanStanding standing)
        : this(standing.PrincipalDue, standing.Upcoming(terms).Select(one => (one.Due, one.Principal)))
    {
    }

    /// <summary>As it was told.</summary>
    internal LiveSchedule(long principalDue, IEnumerable<(DateOnly Due, long Principal)> upcoming) => (PrincipalDue, this.upcoming) = (principalDue, upcoming);

    /// <summary>Principal that is due already, minor units.</summary>
    internal long PrincipalDue { get; }

    /// <summary>Instalments to come, in order.</summary>
    internal IEnumerable<(DateOnly Due, long Principal)> Upcoming => upcoming;

    /// <summary>Principal to come by months of a pool, from a first one on; what is overdue or due before counts in that. Up to the last month in which something is due.</summary>
    /// <param name="pool">Says when months end.</param>
    /// <param name="first">The first month.</param>
    public long[] ByMonth(PoolTerms pool, int first)
    {
        var months = new List<long> { PrincipalDue };
        foreach (var (due, principal) in upcoming)
        {
            var at = Math.Max(0, pool.PeriodOf(due) - first);
            while (months.Count <= at) months.Add(0);
            months[at] += principal;
        }

        while (months.Count > 1 && months[^1] == 0) months.RemoveAt(months.Count - 1);
        return [.. months];
    }
}
