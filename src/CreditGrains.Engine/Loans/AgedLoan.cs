namespace CreditGrains.Engine.Loans;

/// <summary>
/// What the short way of ageing makes of a loan: the row and the unpaid instalments as they will be kept. One object is used for every loan, until the event is
/// applied. Of the row, what links it to others is not meant.
/// </summary>
internal sealed class AgedLoan
{
    /// <summary>Most unpaid instalments the short way looks at.</summary>
    public const int DuesMax = 64;

    /// <summary>The loan as it will be kept.</summary>
    public LoanRow Row;

    /// <summary>Its unpaid instalments, oldest first.</summary>
    public readonly LoanDueRow[] Dues = new LoanDueRow[DuesMax];

    /// <summary>How many there are.</summary>
    public int DueCount;

    /// <summary>How many of them were there before.</summary>
    public int KeptCount;

    /// <summary>All principal owed.</summary>
    public long PrincipalOwed
    {
        get
        {
            var sum = Row.PrincipalNotDue;
            foreach (ref readonly var due in Dues.AsSpan(0, DueCount)) sum += due.Principal;
            return sum;
        }
    }
}
