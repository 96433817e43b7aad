using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// Loans that were drawn under the policy only. Nobody saw how they would have been repaid: each instalment is taken as paid whole on the business date that brings it due.
/// The money is allocated like any repayment of the facility.
/// </summary>
internal sealed class DrawnLoans(PartitionState state)
{
    private readonly LoanBook book = new(state);

    /// <summary>By loan: the last instalment paid.</summary>
    private readonly Dictionary<long, int> paidTo = [];
    private readonly Queue<(NodeKey Facility, long Loan)> fallenDue = new();

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => paidTo.Count == 0;

    /// <summary>Notes a loan that was made.</summary>
    public void Add(long loan) => paidTo[loan] = 0;

    /// <summary>What becomes of a loan was seen after all.</summary>
    /// <returns>False when it is none of these.</returns>
    public bool Forget(long loan) => paidTo.Remove(loan);

    /// <summary>Looks at an event of the second book for instalments that fell due.</summary>
    public void Look(in LedgerEvent e)
    {
        foreach (var part in e.Loans ?? [])
        {
            if (paidTo.TryGetValue(part.Loan, out var last) && part.After is { Dues: [.., var newest] } && newest.Number > last) fallenDue.Enqueue((e.Key, part.Loan));
        }
    }

    /// <summary>The next payment there is to be made, without id, in the order in which they fell due; false when there is none.</summary>
    public bool TryTakeDue(out Command repayment)
    {
        while (fallenDue.TryDequeue(out var next))
        {
            var facility = state.FindFacility(next.Facility);
            if (facility == 0 || !paidTo.TryGetValue(next.Loan, out var last) || book.Find(state.Facilities.Read(facility), next.Loan) is not (var row and not 0)) continue;
            var look = new LoanLook(book, state, row, null);
            var amount = 0L;
            foreach (var due in look.Account.Dues)
                if (due.Number > last) (amount, paidTo[next.Loan]) = (amount + due.Total(look.Terms), due.Number);
            if (amount == 0) continue;
            repayment = new Command { Kind = CommandKind.Repay, Facility = next.Facility, Currency = state.Facilities.Read(facility).Currency, Amount = amount };
            return true;
        }

        repayment = default;
        return false;
    }
}
