namespace CreditGrains.Securitisation.Pools;

/// <summary>
/// Pools and the rows of their loans. A loan is a place from 0 that its owner gives out; its one row names its pool, so it is in at most one. One writer.
/// </summary>
public sealed class PoolBook
{
    private readonly List<PoolLedger> pools = [];
    private PoolMember[] members;

    /// <param name="loans">Loans there is room for at first.</param>
    public PoolBook(int loans = 0)
    {
        members = new PoolMember[loans];
    }

    public IReadOnlyList<PoolLedger> Pools => pools;

    /// <summary>Adds a pool.</summary>
    /// <returns>Its place.</returns>
    /// <exception cref="InvalidInputException">The terms are wrong.</exception>
    public int Define(PoolTerms terms)
    {
        terms.Check();
        pools.Add(new PoolLedger(terms));
        return pools.Count - 1;
    }

    /// <summary>A loan's row; the default value when it is in no pool.</summary>
    public PoolMember Of(int loan) => loan < members.Length ? members[loan] : default;

    /// <summary>Brings a loan into a pool, or says why not; then nothing has changed.</summary>
    public PoolRefusal? Enter(int loan, int pool, in LoanCandidate candidate, TransferKind kind, DateOnly date)
    {
        if (Of(loan) is { Pool: > 0 } there) return new(PoolFault.LoanInAPool, "", $"the loan is in pool '{pools[there.Pool - 1].Terms.Name}'; take it out first");
        if (pools[pool].Check(candidate, kind, date) is { } refusal) return refusal;
        if (loan >= members.Length) Array.Resize(ref members, Math.Max(loan + 1, members.Length * 2));
        pools[pool].Enter(ref members[loan], pool, candidate, kind, date);
        return null;
    }

    /// <summary>Takes a loan out of its pool, or says why not.</summary>
    public PoolRefusal? Exit(int loan, TransferKind kind, DateOnly date)
    {
        if (Of(loan) is not { Pool: > 0 } there) return new(PoolFault.LoanInNoPool, "", "the loan is in no pool");
        pools[there.Pool - 1].Exit(ref members[loan], kind, date);
        return null;
    }

    /// <summary>Books what happened to a loan, if it is in a pool.</summary>
    public void Apply(int loan, in LoanMovement movement)
    {
        if (loan >= members.Length) return;
        ref var member = ref members[loan];
        if (member.Pool > 0) pools[member.Pool - 1].Apply(ref member, movement);
    }

    /// <summary>Closes the months of all pools that ended before a date.</summary>
    public void AdvanceTo(DateOnly date)
    {
        foreach (var pool in pools) pool.AdvanceTo(date);
    }
}
