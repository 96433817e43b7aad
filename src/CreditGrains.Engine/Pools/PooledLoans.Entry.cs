using CreditGrains.Domain.Limits;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Pools;

/// <summary>Loans that enter one by one, and the concentration rules of a pool that is kept in parts.</summary>
internal sealed partial class PooledLoans
{
    /// <summary>Why a loan of a facility in a pool, drawn since, may not enter it; null when it may.</summary>
    public PoolRefusal? CheckEntry(int facility, long reference, LivePool pool, OtherParts? others)
    {
        if (Find(facility, reference) is not (var loan and not 0)) return new(PoolFault.NothingOwed, "", "the loan has ended; only a loan with a balance can enter");
        if (state.Pools.FindOwn(KeyOf(facility), reference) is var row and not 0 && PoolOf(row) is not null) return new(PoolFault.LoanInAPool, "", "the loan is in a pool already");
        var candidate = CandidateOf(loan);
        return pool.Ledger.Check(candidate, KindOf(loan), DateOf(facility, pool), VerdictOf(pool, candidate, others));
    }

    /// <summary>Takes one loan of a facility into the pool that the facility is in.</summary>
    public void EnterOne(int facility, long reference, LivePool pool)
    {
        var loan = Find(facility, reference);
        Enter(loan, pool, KindOf(loan));
    }

    /// <summary>
    /// Loans that would enter this part of a pool, of which the whole pool's concentration rules must be asked first, oldest first. Follows from the journal since the state that was loaded; the deciding thread's own.
    /// </summary>
    public List<UndecidedLoan> Undecided { get; } = [];

    /// <summary>It was decided whether a loan enters.</summary>
    public void Decided(NodeKey facility, long reference) => Undecided.RemoveAll(one => one.Facility == facility && one.Reference == reference);

    /// <summary>The groups of a pool's concentration rules in which loans are: those of a facility, together and one by one, or without one the undecided.</summary>
    public HashSet<(int By, long Group)> GroupsOf(LivePool pool, NodeKey facility)
    {
        var groups = new HashSet<(int, long)>();
        void Add(int loan)
        {
            var candidate = CandidateOf(loan);
            foreach (var rule in pool.Ledger.Terms.Concentrations) groups.Add(((int)rule.By, rule.GroupOf(pool.Ledger.Terms, candidate)));
        }

        if (facility == default)
        {
            foreach (var one in Undecided)
                if (one.Pool == pool.Key && state.FindFacility(one.Facility) is var row and not 0 && Find(row, one.Reference) is var loan and not 0) Add(loan);
        }
        else if (state.FindFacility(facility) is var row and not 0)
        {
            for (var loan = First(row); loan != 0; loan = state.Loans.Read(loan).NextOfFacility) Add(loan);
        }

        return groups;
    }

    private int Find(int facility, long reference)
    {
        var loan = First(facility);
        while (loan != 0 && state.Loans.Read(loan).Reference != reference) loan = state.Loans.Read(loan).NextOfFacility;
        return loan;
    }

    /// <summary>What the whole pool says of its concentration rules: this part's own with what the others hold. Null where that is not known, or this is the whole.</summary>
    private static PoolVerdict? VerdictOf(LivePool pool, in LoanCandidate loan, OtherParts? others)
    {
        var ledger = pool.Ledger;
        if (others is null || ledger.Parts == 1) return null;
        foreach (var rule in ledger.Terms.Concentrations)
        {
            var group = rule.GroupOf(ledger.Terms, loan);
            if (!others.Groups.TryGetValue(((int)rule.By, group), out var held)) return new PoolVerdict(rule.Name, "the facility's loans changed while the pool was asked; send the transfer again under another id");
            if (rule.WhyNot(loan, held + ledger.GroupBalance(rule.By, group), others.Balance + ledger.Balance) is { } why) return new PoolVerdict(rule.Name, why);
        }

        return PoolVerdict.MayEnter;
    }
}
