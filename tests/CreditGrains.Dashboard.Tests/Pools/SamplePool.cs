using CreditGrains.Dashboard.Pools;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Pools;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Dashboard.Tests.Pools;

/// <summary>Four loans with three months behind them, and a deal of two tranches on them.</summary>
internal static class SamplePool
{
    private const string Deal = """
        {
          "name": "Sample",
          "collateral": { "currency": "EUR", "amounts": "minor", "cutOff": "2026-01-31", "lines": [{ "balance": 4000000, "rate": 0.12, "remainingMonths": 12 }] },
          "tranches": [{ "name": "A", "balance": 3000000, "coupon": 0.03 }, { "name": "=Sub", "kind": "equity", "balance": 1000000 }],
          "losses": "ledger",
          "waterfalls": {
            "amortising": [
              { "do": "payInterest", "to": ["A"], "from": ["income", "principal"] },
              { "do": "restore", "to": ["A", "=Sub"], "from": "income" },
              { "do": "payPrincipal", "to": ["A"], "from": "principal" },
              { "do": "payResidual", "to": "=Sub", "from": ["income"] },
              { "do": "payPrincipal", "to": ["=Sub"], "from": "principal" },
              { "do": "payResidual", "to": "=Sub", "from": ["principal"] }
            ]
          }
        }
        """;

    public static DealTerms Terms { get; } = DealFile.Parse(System.Text.Encoding.UTF8.GetBytes(Deal));

    public static PoolSight Sight { get; } = new("sample", "Sample", Currency.Parse("EUR"), Ledger(), Terms.Lines, Terms, 1);

    private static PoolLedger Ledger()
    {
        var terms = new PoolTerms
        {
            Name = "Sample", Currency = Currency.Parse("EUR"), CutOff = new DateOnly(2026, 1, 31),
            Triggers = [new PoolTrigger("late", PoolMeasure.Delinquency, 0.5), new PoolTrigger("defaults", PoolMeasure.CumulativeDefault, 0.1)],
        };
        var book = new PoolBook(4);
        book.Define(terms);
        for (var i = 0; i < 4; i++)
            Assert.Null(book.Enter(i, 0, new LoanCandidate { Currency = terms.Currency, Principal = 1_000_000, RatePpm = 120_000, RemainingMonths = 15, Obligor = i + 1, Origination = new DateOnly(2025, 6 + i, 1) }, TransferKind.Purchase, terms.CutOff));
        for (var month = 2; month <= 4; month++)
        {
            var date = new DateOnly(2026, month, 15);
            book.Apply(0, new LoanMovement { Date = date, Cause = MovementCause.Paid, Principal = 1_000_000 - month * 50_000, RemainingMonths = 15 - month, RatePpm = 120_000, Scheduled = month == 2 ? 100_000 : 50_000 });
            book.Apply(1, new LoanMovement { Date = date, Cause = MovementCause.Aged, Principal = 1_000_000, RemainingMonths = 15, RatePpm = 120_000, DaysPastDue = 30 * (month - 1) });
            book.AdvanceTo(new DateOnly(2026, month + 1, 1));
        }
        return book.Pools[0];
    }
}
