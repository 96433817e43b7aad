using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>A loan as it stands before something happens to it.</summary>
internal readonly struct LoanLook
{
    /// <param name="book">Reads it.</param>
    /// <param name="state">Where it is.</param>
    /// <param name="row">Its row.</param>
    /// <param name="until">Instalments to come are looked at up to this date and one more; null looks at all.</param>
    public LoanLook(LoanBook book, PartitionState state, int row, DateOnly? until)
    {
        ref readonly var loan = ref state.Loans.Read(row);
        Row = row;
        (vintage, renewals) = (LoanDays.Date(loan.Vintage), loan.RenewalCount);
        Reference = loan.Reference;
        Product = book.ProductOf(row);
        Terms = book.TermsOf(row);
        Before = book.Read(row);
        Account = Before.ToAccount(Terms, vintage, renewals, until);
    }

    private readonly DateOnly vintage;
    private readonly int renewals;

    /// <summary>The account of another standing of the loan, on its date.</summary>
    public LoanAccount AccountOf(LoanStanding standing) => standing.ToAccount(Terms, vintage, renewals, standing.AsOf);

    public int Row { get; }

    public long Reference { get; }

    public LoanProduct Product { get; }

    public LoanTerms Terms { get; }

    public LoanStanding Before { get; }

    public LoanAccount Account { get; }
}
