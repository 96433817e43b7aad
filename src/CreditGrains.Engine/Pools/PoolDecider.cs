using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tables;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Pools;

/// <summary>Decides commands about pools against the state. All checks come first, in the order of docs/rules.md "Pools"; what passes them can be applied without fail.</summary>
internal sealed class PoolDecider(PartitionState state, PooledLoans loans)
{
    private const int NoteLengthMax = 1_000;

    /// <summary>What stands in the way of the command in the event; a note then says what, and how to mend it.</summary>
    public Reason Check(ref LedgerEvent e, PoolCommand command)
    {
        var node = state.FindNode(command.Key);
        if (node == 0)
        {
            e.Limits = [new FailingLimit(command.Key, LimitKind.Blocked, 0, 0, 0)];
            return Reason.UnknownNode;
        }

        if (command is DefinePool define) return Define(ref e, define, node);
        if (state.Pools.Find(command.Key) is not { } pool) return Reason.PoolNotDefined;
        return command switch
        {
            PutLoanInPool c => Put(ref e, pool, c),
            TakeLoanFromPool c => Take(ref e, pool, c),
            ReportLoan c => Report(ref e, pool, c),
            _ => throw new InvalidOperationException($"{command.GetType().Name} is not decided here."),
        };
    }

    /// <summary>Whether the months of a legal entity's pools reach a date.</summary>
    public Reason CheckDate(ref LedgerEvent e, AdvanceBusinessDate command)
    {
        foreach (var pool in state.Pools.All)
        {
            if (pool.Key.Tenant != command.Key.Tenant || pool.Key.LegalEntity != command.Key.LegalEntity) continue;
            if (pool.Ledger.CheckDate(PoolDates.Of(command.Day)) is { } refusal) return Refuse(ref e, refusal);
        }

        return Reason.None;
    }

    /// <summary>What stands in the way of the loans of a facility that is to be transferred; none when it has none, or when the node has no terms.</summary>
    public Reason CheckTransfer(ref LedgerEvent e, int facility, TransferToPool command) =>
        command.Pool != default && state.Pools.Find(command.Pool) is { } pool && loans.Check(facility, pool, command.Others) is { } refusal ? Refuse(ref e, refusal) : Reason.None;

    /// <summary>What stands in the way of one loan of a facility that is in the pool.</summary>
    public Reason CheckEntry(ref LedgerEvent e, int facility, TransferToPool command)
    {
        e.Reference = command.Loan;
        if (state.Pools.Find(command.Pool) is not { } pool) return Reason.PoolNotDefined;
        return loans.CheckEntry(facility, command.Loan, pool, command.Others) is { } refusal ? Refuse(ref e, refusal) : Reason.None;
    }

    private Reason Define(ref LedgerEvent e, DefinePool command, int node)
    {
        if (state.Pools.Find(command.Key) is not null) return Reason.AlreadyExists;
        if (state.Nodes.Read(node).Status == NodeStatus.Closed)
        {
            e.Note = "the node of the pool is closed; open another";
            return Reason.InvalidParent;
        }

        try
        {
            var terms = PoolFile.Parse(command.Terms);
            var currency = state.Nodes.Read(node).Currency;
            if (terms.Currency == currency) return Reason.None;
            e.Note = $"the terms are in {terms.Currency}, the pool's node in {currency}; write the node's currency in the terms";
            return Reason.CurrencyMismatch;
        }
        catch (InvalidInputException fault)
        {
            e.Note = Cut(fault.Message);
            return Reason.InvalidPoolTerms;
        }
    }

    private Reason Put(ref LedgerEvent e, LivePool pool, PutLoanInPool command)
    {
        var row = state.Pools.FindLoan(command.Key, command.Loan);
        if (row != 0 && state.Pools.Loans.Read(row).Member.Pool is var place and not 0)
        {
            e.Note = $"loan {command.Loan} is in pool {state.Pools.All[place - 1].Key}; take it out first";
            return Reason.AlreadyInPool;
        }

        return pool.Ledger.Check(command.State, command.Transfer, command.Date, command.Concentration) is { } refusal ? Refuse(ref e, refusal) : Reason.None;
    }

    private Reason Take(ref LedgerEvent e, LivePool pool, TakeLoanFromPool command)
    {
        if (!IsIn(ref e, pool, command.Loan, out _)) return Reason.NotInPool;
        return pool.Ledger.CheckDate(command.Date) is { } refusal ? Refuse(ref e, refusal) : Reason.None;
    }

    private Reason Report(ref LedgerEvent e, LivePool pool, ReportLoan command)
    {
        if (!IsIn(ref e, pool, command.Loan, out var row)) return Reason.NotInPool;
        return pool.Ledger.CheckReport(state.Pools.Loans.Read(row).Member, command.Movement) is { } refusal ? Refuse(ref e, refusal) : Reason.None;
    }

    private bool IsIn(ref LedgerEvent e, LivePool pool, long loan, out int row)
    {
        row = state.Pools.FindLoan(pool.Key, loan);
        var place = row == 0 ? 0 : state.Pools.Loans.Read(row).Member.Pool;
        if (place == pool.Place + 1) return true;
        e.Note = place == 0 ? $"loan {loan} is in no pool; put it in first" : $"loan {loan} is in pool {state.Pools.All[place - 1].Key}; name that one";
        return false;
    }

    private static Reason Refuse(ref LedgerEvent e, PoolRefusal refusal)
    {
        e.Note = Cut(refusal.Rule.Length == 0 ? refusal.Message : $"rule '{refusal.Rule}': {refusal.Message}");
        return refusal.Fault switch
        {
            PoolFault.LoanInAPool => Reason.AlreadyInPool,
            PoolFault.LoanInNoPool => Reason.NotInPool,
            PoolFault.CurrencyDiffers => Reason.CurrencyMismatch,
            PoolFault.NothingOwed => Reason.NothingOwed,
            PoolFault.LoanInDefault => Reason.LoanInDefault,
            PoolFault.PurchasesEnded => Reason.PurchasesEnded,
            PoolFault.PoolTooLarge => Reason.AmountOverflow,
            PoolFault.NotEligible => Reason.NotEligible,
            PoolFault.TooConcentrated => Reason.TooConcentrated,
            PoolFault.TooManyCodes or PoolFault.TooManyMonths => Reason.PoolFull,
            PoolFault.MoreThanOwed => Reason.MoreThanOwed,
            _ => throw new InvalidOperationException($"{refusal.Fault} has no reason."),
        };
    }

    private static string Cut(string text) => text.Length <= NoteLengthMax ? text : text[..NoteLengthMax];
}

/// <summary>Days since 1970-01-01 as dates.</summary>
internal static class PoolDates
{
    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    public static DateOnly Of(int day) => DateOnly.FromDayNumber(Epoch + day);

    public static int Of(DateOnly date) => date.DayNumber - Epoch;
}
