using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Engine.Queries;

/// <summary>An instalment that is due and not wholly paid. Amounts are minor units.</summary>
/// <param name="Number">Its number; 0 for a fee or interest of its own.</param>
/// <param name="Due">When it was due.</param>
/// <param name="Fees">Unpaid fees.</param>
/// <param name="Penalty">Unpaid interest for lateness on principal, to the date of the view.</param>
/// <param name="Compound">Unpaid interest for lateness on interest, to the date of the view.</param>
/// <param name="Interest">Unpaid contract interest.</param>
/// <param name="Principal">Unpaid principal.</param>
public sealed record LoanDueView(int Number, DateOnly Due, long Fees, long Penalty, long Compound, long Interest, long Principal);

/// <summary>A loan of a facility on its legal entity's business date. Amounts are minor units.</summary>
public sealed record LoanView
{
    /// <summary>Sequence of the decision that made it.</summary>
    public required long Reference { get; init; }

    /// <summary>Hash of its product, 32 hexadecimal digits.</summary>
    public required string Product { get; init; }

    /// <summary>Amount lent.</summary>
    public required long Amount { get; init; }

    /// <summary>Contract rate, billionths a year.</summary>
    public required long RateNano { get; init; }

    /// <summary>The day the money was paid out.</summary>
    public required DateOnly Drawdown { get; init; }

    /// <summary>The day of the first drawdown: renewals keep it.</summary>
    public required DateOnly Vintage { get; init; }

    /// <summary>The business date of the view.</summary>
    public required DateOnly AsOf { get; init; }

    /// <summary>Principal not yet due.</summary>
    public required long PrincipalNotDue { get; init; }

    /// <summary>Instalments to come.</summary>
    public required int Remaining { get; init; }

    /// <summary>When the next falls due; null when all have.</summary>
    public DateOnly? NextDue { get; init; }

    /// <summary>Principal and interest of the next; 0 when all have fallen due.</summary>
    public long NextPrincipal { get; init; }

    /// <summary>Interest of the next.</summary>
    public long NextInterest { get; init; }

    /// <summary>Fees of the next.</summary>
    public long NextFees { get; init; }

    /// <summary>What is due and unpaid, oldest first.</summary>
    public IReadOnlyList<LoanDueView> Dues { get; init; } = [];

    /// <summary>Days past due.</summary>
    public required int DaysPastDue { get; init; }

    /// <summary>Bucket by its product's edges: 0 is M0.</summary>
    public required int Bucket { get; init; }

    /// <summary>Its class: its own, or what bad claims on the same obligor make it.</summary>
    public required Classification Class { get; init; }

    /// <summary>Class by its product's table and what it may have at best.</summary>
    public required Classification OwnClass { get; init; }

    /// <summary>Since when interest is not recognised; null while it is.</summary>
    public DateOnly? NonAccrualSince { get; init; }

    /// <summary>Whether its class is held at substandard or worse because it was non-performing.</summary>
    public bool IsHeld { get; init; }

    /// <summary>The last day of its observation; null while something is overdue, and when it is not held.</summary>
    public DateOnly? HeldUntil { get; init; }

    /// <summary>How often it was renewed without repaying.</summary>
    public int RenewalCount { get; init; }

    /// <summary>Written off and not recovered.</summary>
    public long WrittenOff { get; init; }
}

/// <summary>What an event did to a loan. Amounts are minor units.</summary>
/// <param name="Reference">The loan; of a loan made, the event's own sequence.</param>
/// <param name="Deed">What happened: Made, Aged, Paid and so on.</param>
/// <param name="Charged">Fees, interest and interest for lateness charged.</param>
/// <param name="Paid">Where the money went.</param>
/// <param name="PrincipalOwed">Principal owed after it, due or not.</param>
/// <param name="Remaining">Instalments to come after it.</param>
/// <param name="UnpaidCount">Instalments due and unpaid after it.</param>
/// <param name="DaysPastDue">Days past due after it.</param>
/// <param name="Bucket">Bucket after it.</param>
/// <param name="Class">Class after it.</param>
/// <param name="HasEnded">Whether nothing is left of it.</param>
public sealed record LoanEventView(
    long Reference, string Deed, long Charged, LoanAllocation Paid, long PrincipalOwed, int Remaining, int UnpaidCount, int DaysPastDue, int Bucket, Classification Class, bool HasEnded);
