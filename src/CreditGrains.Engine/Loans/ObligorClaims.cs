using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Graph;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>
/// Whether bad claims on an obligor make its other claims bad (<see cref="ContagionRule"/>). The obligors of a loan are the borrowers above its facility; their claims the loans
/// on all facilities below, products of retail obligors left out. Added up from the rows when a loan is looked at, so it holds at any moment, whatever moved in the graph.
/// </summary>
internal sealed class ObligorClaims(PartitionState state, LoanBook book, LimitGraph graph, ExposureBook exposures)
{
    /// <summary>Whether the loans of a facility whose product is not retail are at least substandard.</summary>
    /// <param name="facility">Its row.</param>
    /// <param name="nowMicros">Writer time, for the rates of other currencies.</param>
    public bool Spreads(int facility, long nowMicros)
    {
        foreach (var entry in graph.ClosureOf(ChildRef.Facility(facility), PathRow.PathMax)?.ToArray() ?? [])
        {
            ref readonly var node = ref state.Nodes.Read(entry.Node);
            if (node.Kind == NodeKind.Borrower && Spreads(entry.Node, node, nowMicros)) return true;
        }
        return false;
    }

    private bool Spreads(int row, in NodeRow borrower, long nowMicros)
    {
        AllBankDebt? debt = state.Small.BankDebts.TryGetValue(SmallState.KeyOf(borrower.Key), out var known) ? new AllBankDebt(known.Total, known.Over90Days) : null;
        // One claim for all that is bad and one for all that is not give the same shares.
        var (total, bad) = (0L, 0L);
        foreach (var (currency, sum) in SumsBelow(row))
        {
            // A currency whose rate was never set cannot be compared: it is left out.
            exposures.Convert(borrower, currency, sum.Total * Share.WholePpm, nowMicros, out var whole);
            exposures.Convert(borrower, currency, sum.Bad * Share.WholePpm, nowMicros, out var part);
            if (whole < 0) continue;
            total = long.CreateSaturating((Int128)total + whole);
            bad = long.CreateSaturating((Int128)bad + part);
        }
        return ContagionRule.Usual.Spreads(total, bad, debt);
    }

    private SortedDictionary<Currency, (Int128 Total, Int128 Bad)> SumsBelow(int borrower)
    {
        var sums = new SortedDictionary<Currency, (Int128 Total, Int128 Bad)>(Comparer<Currency>.Create((a, b) => a.Numeric.CompareTo(b.Numeric)));
        var visited = new HashSet<uint>();
        var walk = new Stack<ChildRef>();
        walk.Push(ChildRef.Node(borrower));
        while (walk.TryPop(out var child))
        {
            if (!visited.Add(child.Value)) continue;
            if (!child.IsNode) Add(child.Row, sums);
            else for (var link = state.Nodes.Read(child.Row).FirstChild; link != 0; link = state.Links.Read(link).NextChild) walk.Push(state.Links.Read(link).Child);
        }
        return sums;
    }

    private void Add(int row, SortedDictionary<Currency, (Int128 Total, Int128 Bad)> sums)
    {
        ref readonly var facility = ref state.Facilities.Read(row);
        if (book.First(facility) == 0) return;
        var today = LoanDays.Date(LoanDays.BusinessDay(state, facility.Tenant, facility.LegalEntity));
        var sum = sums.GetValueOrDefault(facility.Currency);
        for (var loan = book.First(facility); loan != 0; loan = state.Loans.Read(loan).NextOfFacility)
        {
            if (book.ProductOf(loan).IsRetail) continue;
            var owed = book.Owed(loan).Principal;
            sum = (sum.Total + owed, sum.Bad + (book.OwnClass(loan, today).IsNonPerforming() ? owed : 0));
        }
        sums[facility.Currency] = sum;
    }
}
