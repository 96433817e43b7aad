using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Pools;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;

namespace CreditGrains.Dashboard.Tests.Pages;

/// <summary>A small live pool of the site's engine.</summary>
internal static class LivePool
{
    public const string Id = "live-2-1";
    private const int Loans = 40;
    private const int Epoch = 719_162;
    private static readonly NodeKey Pool = new(1, 1, 2, NodeKind.Pool);
    private static readonly DateOnly CutOff = new(2026, 1, 31);
    private static readonly Currency Eur = Currency.Parse("EUR");

    private static readonly byte[] Terms = Encoding.UTF8.GetBytes("""
        { "name": "site", "currency": "EUR", "cutOff": "2026-01-31", "buckets": [0, 30, 60, 90], "default": { "daysPastDue": 91 },
          "triggers": [{ "name": "late over 30", "measure": "delinquency", "level": 0.1, "fromDays": 31 }] }
        """);

    public static async Task SeedAsync(ICreditEngine engine)
    {
        await DoAsync(engine, new OpenNode(Pool, Eur, Command.AmountMax, default, []));
        await DoAsync(engine, new DefinePool(Pool, Terms));
        for (var loan = 1; loan <= Loans; loan++) await DoAsync(engine, new PutLoanInPool(Pool, loan, TransferKind.Purchase, CutOff, Loan(loan)));
        await DoAsync(engine, new AdvanceBusinessDate(new NodeKey(0, 1, 2, NodeKind.None), CutOff.AddMonths(1).DayNumber - Epoch));
    }

    public static Task PayAsync(ICreditEngine engine, long loan) => DoAsync(engine, new ReportLoan(Pool, loan, new LoanMovement
    {
        Date = CutOff.AddMonths(1), Cause = MovementCause.Paid, Principal = Loan(loan).Principal - 100_000_00, Scheduled = 100_000_00, Interest = 500_00, RemainingMonths = 23, RatePpm = 60_000,
    }));

    private static LoanCandidate Loan(long loan) => new()
    {
        Currency = Eur, Principal = (200_000 + 1_000 * loan) * 100, RatePpm = 60_000, RemainingMonths = 24, Region = 1, Industry = 1, Obligor = loan, Origination = new DateOnly(2025, 6, 30),
    };

    private static async Task DoAsync(ICreditEngine engine, ControlCommand control)
    {
        var outcome = await engine.ExecuteAsync(Command.Of(RequestId.FromGuid(Guid.CreateVersion7()), control));
        Assert.True(outcome.Kind == OutcomeKind.Posted, $"{control.Kind}: {outcome.Reason} {outcome.Message}");
    }
}
