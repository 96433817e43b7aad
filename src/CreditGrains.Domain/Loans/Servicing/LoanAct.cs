namespace CreditGrains.Domain.Loans.Servicing;

/// <summary>What an early repayment makes smaller.</summary>
public enum PrepaymentMode
{
    /// <summary>The instalments; the term stays (缩额).</summary>
    ShrinkInstalment = 0,

    /// <summary>The term; the instalments stay (缩期).</summary>
    ShrinkTerm = 1,
}

/// <summary>What becomes of the interest of a payment holiday.</summary>
public enum HolidayInterest
{
    /// <summary>It comes with the first instalment after.</summary>
    Deferred = 0,

    /// <summary>It becomes principal at the end of each skipped period.</summary>
    Capitalised = 1,

    /// <summary>It is given up.</summary>
    Waived = 2,
}

/// <summary>What happens to a loan: closed cases. Acts come in the order of their dates.</summary>
/// <param name="Date">Its business date.</param>
public abstract record LoanAct(DateOnly Date)
{
    /// <summary>Money comes in. It goes over what is due; what is left waits for the next due date.</summary>
    /// <param name="Date">Its business date.</param>
    /// <param name="Amount">Minor units, 1 to 2^50.</param>
    public sealed record Repayment(DateOnly Date, long Amount) : LoanAct(Date);

    /// <summary>Principal not yet due is paid. Nothing due may be unpaid.</summary>
    /// <param name="Date">Its business date.</param>
    /// <param name="Amount">Minor units, 1 to the principal not due; all of it settles the loan but for the interest to the day, which becomes due.</param>
    /// <param name="Mode">What becomes smaller.</param>
    public sealed record EarlyRepayment(DateOnly Date, long Amount, PrepaymentMode Mode) : LoanAct(Date);

    /// <summary>A payment bounces: the loan is as if it had never been, and the fee of the terms is due.</summary>
    /// <param name="Date">Its business date.</param>
    /// <param name="Receipt">The number of the act that brought the money, from 1.</param>
    public sealed record Bounce(DateOnly Date, int Receipt) : LoanAct(Date);

    /// <summary>The next instalments are skipped; until the last of them days past due stand still.</summary>
    /// <param name="Date">Its business date.</param>
    /// <param name="Count">How many instalments, 1 to 120.</param>
    /// <param name="Interest">What becomes of their interest.</param>
    /// <param name="ExtendsTerm">Whether as many follow at the end; else fewer instalments bear the principal.</param>
    public sealed record PaymentHoliday(DateOnly Date, int Count, HolidayInterest Interest, bool ExtendsTerm) : LoanAct(Date);

    /// <summary>The term grows (展期): the principal not due is spread over more instalments.</summary>
    /// <param name="Date">Its business date.</param>
    /// <param name="AdditionalCount">How many more, 1 to 1,200.</param>
    /// <param name="IsConcession">Given for a borrower's difficulty: the loan is at least 关注 from then on.</param>
    public sealed record Extension(DateOnly Date, int AdditionalCount, bool IsConcession) : LoanAct(Date);
}

/// <summary>An act that took place.</summary>
/// <param name="Act">What it was.</param>
/// <param name="IsTakenBack">Whether its money bounced.</param>
public sealed record LoggedAct(LoanAct Act, bool IsTakenBack);
