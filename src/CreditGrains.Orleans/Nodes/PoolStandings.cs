using CreditGrains.Domain.Pools;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Orleans.Nodes;

/// <summary>What a pool and its groups hold while loans are let in: as read, with what entered since, and what is expected of loans that are being decided.</summary>
internal sealed class PoolStandings
{
    private readonly PoolTerms terms;
    private readonly Dictionary<(PoolDimension By, long Group), long> groups;
    private readonly Dictionary<(PoolDimension By, long Group), long> expectedGroups = [];
    private long pool;
    private long expectedPool;

    /// <param name="terms">The pool's.</param>
    /// <param name="balance">Performing balance, minor units.</param>
    /// <param name="balances">Of every group that a loan to come is in.</param>
    public PoolStandings(PoolTerms terms, long balance, IEnumerable<((PoolDimension, long) Group, long Balance)> balances)
    {
        this.terms = terms;
        pool = balance;
        groups = balances.ToDictionary(one => one.Group, one => one.Balance);
    }

    /// <summary>Nothing is expected any more.</summary>
    public void BeginWave()
    {
        expectedPool = 0;
        expectedGroups.Clear();
    }

    /// <summary>Whether a loan may enter by the concentration rules; null when that depends on what becomes of those expected.</summary>
    public PoolVerdict? Judge(in LoanCandidate loan)
    {
        foreach (var rule in terms.Concentrations)
        {
            var key = (rule.By, rule.GroupOf(terms, loan));
            var (held, expected) = (groups[key], expectedGroups.GetValueOrDefault(key));
            // Worst: those of its group enter and the others do not. Best: the other way round.
            if (rule.WhyNot(loan, held + expected, pool + expected) is null) continue;
            if (rule.WhyNot(loan, held, pool + expectedPool - expected) is not { } why) return null;
            return new PoolVerdict(rule.Name, why);
        }

        return PoolVerdict.MayEnter;
    }

    /// <summary>A loan that may enter is being decided.</summary>
    public void Expect(in LoanCandidate loan)
    {
        expectedPool += loan.Principal;
        foreach (var key in KeysOf(loan)) expectedGroups[key] = expectedGroups.GetValueOrDefault(key) + loan.Principal;
    }

    /// <summary>A loan has entered.</summary>
    public void Entered(in LoanCandidate loan)
    {
        pool += loan.Principal;
        foreach (var key in KeysOf(loan)) groups[key] += loan.Principal;
    }

    private HashSet<(PoolDimension, long)> KeysOf(LoanCandidate loan) => [.. terms.Concentrations.Select(rule => (rule.By, rule.GroupOf(terms, loan)))];
}
