using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Securitisation.Tests.Pools;

/// <summary>Terms, loans and movements of tests.</summary>
internal static class PoolWorld
{
    public static readonly DateOnly CutOff = new(2026, 1, 31);

    public static readonly PoolTerms Terms = new()
    {
        Name = "test",
        Currency = Currency.Parse("EUR"),
        CutOff = CutOff,
        Buckets = new BucketEdges([0, 30, 60, 90]),
    };

    public static LoanCandidate Loan(long principal = 100_000) => new()
    {
        Currency = Terms.Currency, Principal = principal, RatePpm = 60_000, RemainingMonths = 24, Industry = 1, Region = 1, Obligor = 1, Origination = new DateOnly(2025, 10, 15),
    };

    public static LoanMovement Move(DateOnly date, MovementCause cause, long principal, int daysPastDue = 0) =>
        new() { Date = date, Cause = cause, Principal = principal, DaysPastDue = daysPastDue, RemainingMonths = 20, RatePpm = 60_000 };

    public static PoolBook Book(PoolTerms? terms = null, params long[] principals)
    {
        var book = new PoolBook();
        book.Define(terms ?? Terms);
        for (var i = 0; i < principals.Length; i++) Assert.Null(book.Enter(i, 0, Loan(principals[i]), TransferKind.Purchase, CutOff));
        return book;
    }

    public static DateOnly On(int month, int day) => new(2026, month, day);
}
