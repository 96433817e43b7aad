using CreditGrains.Domain.Commands;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Pools;

/// <summary>Carries out events about pools, live and on replay. Cannot fail on an event this engine decided.</summary>
internal sealed class PoolApplier(PartitionState state)
{
    public void Apply(PoolCommand command)
    {
        var pools = state.Pools;
        switch (command)
        {
            case DefinePool c:
                pools.Define(c.Key, c.Terms);
                break;
            case PutLoanInPool c:
                Put(c);
                break;
            case TakeLoanFromPool c:
                pools.Find(c.Key)!.Ledger.Exit(ref pools.WriteLoan(pools.FindLoan(c.Key, c.Loan)).Member, c.Transfer, c.Date);
                break;
            case ReportLoan c:
                ref var loan = ref pools.WriteLoan(pools.FindLoan(c.Key, c.Loan));
                pools.Find(c.Key)!.Ledger.Apply(ref loan.Member, c.Movement);
                (loan.DaysPastDue, loan.RemainingMonths, loan.RatePpm) = (c.Movement.DaysPastDue, (ushort)c.Movement.RemainingMonths, c.Movement.RatePpm);
                break;
        }
    }

    /// <summary>Closes the months of a legal entity's pools that ended before its business date.</summary>
    public void Advance(AdvanceBusinessDate command)
    {
        foreach (var pool in state.Pools.All)
            if (pool.Key.Tenant == command.Key.Tenant && pool.Key.LegalEntity == command.Key.LegalEntity) pool.Ledger.AdvanceTo(PoolDates.Of(command.Day));
    }

    private void Put(PutLoanInPool c)
    {
        var pool = state.Pools.Find(c.Key)!;
        var row = state.Pools.FindLoan(c.Key, c.Loan);
        if (row == 0) row = state.Pools.AddLoan(c.Key, c.Loan);
        ref var loan = ref state.Pools.WriteLoan(row);
        pool.Ledger.Enter(ref loan.Member, pool.Place, c.State, c.Transfer, c.Date);
        Store(ref loan, c.State);
    }

    /// <summary>What a row keeps of a loan besides its place in the pool.</summary>
    public static void Store(ref PoolLoanRow loan, in LoanCandidate candidate)
    {
        (loan.Obligor, loan.OriginDay, loan.RatePpm, loan.DaysPastDue) = (candidate.Obligor, candidate.Origination.DayNumber, candidate.RatePpm, candidate.DaysPastDue);
        (loan.RemainingMonths, loan.LevelMonths, loan.Plan) = ((ushort)candidate.RemainingMonths, (ushort)candidate.LevelMonths, candidate.Plan);
    }
}
