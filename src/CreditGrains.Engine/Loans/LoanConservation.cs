using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>Holds loans against their facilities: linked as they should be, and owing no more than the facility does.</summary>
internal sealed class LoanConservation(PartitionState state)
{
    private readonly LoanBook book = new(state);
    private int loans;
    private int dues;

    /// <summary>The first thing that does not add up on a facility; null when all does.</summary>
    public string? BreachOf(int row, in FacilityRow facility)
    {
        var first = book.First(facility);
        if (first == 0) return null;
        var count = 0;
        for (var loan = first; loan != 0; loan = state.Loans.Read(loan).NextOfFacility)
        {
            if (state.Loans.Read(loan).Facility != row || ++count > LoanDecider.OfFacilityMax) return $"the loans of {facility.Key} are not linked as they should be";
            if (BreachOfDues(loan) is { } breach) return breach;
        }
        loans += count;
        var owed = book.Owed(facility);
        return owed.Principal <= facility.Principal && owed.Interest <= facility.Interest && owed.Fees <= facility.Fees ? null
            : $"the loans of {facility.Key} owe {owed} and the facility {facility.Balances}";
    }

    /// <summary>Whether rows are left that no facility leads to.</summary>
    public string? BreachOfCounts() => loans == state.Loans.Count && dues == state.LoanDues.Count ? null
        : $"facilities lead to {loans} loans with {dues} unpaid instalments; there are {state.Loans.Count} and {state.LoanDues.Count}";

    private string? BreachOfDues(int row)
    {
        ref readonly var loan = ref state.Loans.Read(row);
        for (var due = loan.FirstUnpaid; due != 0; due = state.LoanDues.Read(due).Next, dues++)
            if (state.LoanDues.Read(due).Reference != loan.Reference) return $"the unpaid instalments of loan {loan.Reference} are not linked as they should be";
        var isToCome = loan.Remaining > 0 == loan.PrincipalNotDue > 0;
        return isToCome ? null : $"loan {loan.Reference} has {loan.Remaining} instalments to come and {loan.PrincipalNotDue} of principal not due";
    }
}
