using System.Collections.Immutable;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Money;

namespace CreditGrains.Domain.Loans.Products;

/// <summary>
/// What many loans have in common: their terms but for amount, currency, rate, dates and number of instalments, and how they are classed. A loan names
/// one by the hash of its bytes (<see cref="SealedProduct"/>). The fields mean what those of <see cref="LoanTerms"/> do.
/// </summary>
public sealed record LoanProduct
{
    /// <summary>The time between due dates. Default: monthly.</summary>
    public PaymentInterval Interval { get; init; } = PaymentInterval.Monthly;

    /// <summary>How the principal comes back. Default: level.</summary>
    public Amortisation Amortisation { get; init; } = new Amortisation.Level();

    /// <summary>How days become parts of a year.</summary>
    public DayCount DayCount { get; init; }

    /// <summary>Where a due date goes that is no business day.</summary>
    public BusinessDayRule BusinessDays { get; init; }

    /// <summary>Business days.</summary>
    public BusinessCalendar Calendar { get; init; } = BusinessCalendar.WeekendsOnly;

    /// <summary>Between which dates interest runs.</summary>
    public AccrualDates AccrualDates { get; init; }

    /// <summary>How amounts are rounded.</summary>
    public RoundingRule Rounding { get; init; }

    /// <summary>Who takes what rounding left.</summary>
    public LastInstalmentRule LastInstalment { get; init; }

    /// <summary>Fees.</summary>
    public ImmutableArray<LoanFee> Fees { get; init; } = [];

    /// <summary>What happens to what is unpaid.</summary>
    public OverdueTerms Overdue { get; init; } = new();

    /// <summary>Classes by days past due. Default: the table of loans.</summary>
    public ClassificationTable Classes { get; init; } = ClassificationTable.Loans;

    /// <summary>Buckets of days past due. Default: M0 to M7.</summary>
    public BucketEdges Buckets { get; init; } = BucketEdges.Usual;

    /// <summary>Whether the obligor is a retail one: then its bad debts do not colour its other claims.</summary>
    public bool IsRetail { get; init; }

    /// <summary>The terms of one loan.</summary>
    /// <param name="amount">Principal paid out, minor units.</param>
    /// <param name="currency">Of all amounts.</param>
    /// <param name="drawdown">The day the money is paid out.</param>
    /// <param name="figures">What is the loan's own.</param>
    public LoanTerms TermsOf(long amount, Currency currency, DateOnly drawdown, in LoanFigures figures) => new()
    {
        Amount = amount,
        Currency = currency,
        Rate = figures.Rate,
        Drawdown = drawdown,
        InstalmentCount = figures.InstalmentCount,
        FirstDue = figures.FirstDue,
        DueDay = figures.DueDay,
        Interval = Interval,
        Amortisation = Amortisation,
        DayCount = DayCount,
        BusinessDays = BusinessDays,
        Calendar = Calendar,
        AccrualDates = AccrualDates,
        Rounding = Rounding,
        LastInstalment = LastInstalment,
        Fees = Fees,
        Overdue = Overdue,
    };
}

/// <summary>What one loan has of its own besides amount and drawdown.</summary>
/// <param name="Rate">The contract rate.</param>
/// <param name="InstalmentCount">Number of instalments, 1 to <see cref="LoanTerms.InstalmentCountMax"/>.</param>
/// <param name="FirstDue">The first due date before adjustment; null is one interval after the drawdown.</param>
/// <param name="DueDay">Day of the month of due dates, 1 to 31; null is that of the first due date, or of the drawdown.</param>
public readonly record struct LoanFigures(RateAnnual Rate, int InstalmentCount, DateOnly? FirstDue = null, int? DueDay = null);
