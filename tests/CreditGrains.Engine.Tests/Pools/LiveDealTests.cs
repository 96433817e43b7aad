using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Tests.Rules;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Engine.Tests.Pools;

/// <summary>A deal on a live pool that bought and exchanged loans after its cut-off.</summary>
public sealed class LiveDealTests : IDisposable
{
    private static readonly NodeKey Pool = PoolWorld.Pool(1);
    private readonly PoolWorld pools = new(1);

    public LiveDealTests()
    {
        for (var loan = 1; loan <= 4; loan++) pools.World.Set(PoolWorld.Put(loan, 300_000, region: loan));
        Date(2, 10);
        pools.World.Set(new ReportLoan(Pool, 1, PoolWorld.Paid(new DateOnly(2026, 2, 10), 260_000, 40_000)));
        // Loan 2 is exchanged for a smaller one; 30,000 are bought with what was collected.
        pools.World.Set(new TakeLoanFromPool(Pool, 2, TransferKind.SubstituteOut, new DateOnly(2026, 2, 20)));
        pools.World.Set(new PutLoanInPool(Pool, 5, TransferKind.SubstituteIn, new DateOnly(2026, 2, 20), PoolWorld.Loan(290_000, region: 2)));
        pools.World.Set(new PutLoanInPool(Pool, 6, TransferKind.Purchase, new DateOnly(2026, 2, 20), PoolWorld.Loan(30_000, region: 2)));
    }

    [Fact]
    public async Task Deal_OnAPoolThatBought_HasThePurchasesInItsActuals()
    {
        Date(3, 1);
        var deal = await DealAsync("""{ "do": "purchase", "from": "principal" }""");
        Assert.Equal(1_200_000, deal.OriginalPool);
        var month = Assert.Single(deal.Actuals);
        Assert.Equal((1_200_000, 40_000, 10_000, 30_000, 1_150_000), (month.Opening, month.Scheduled, month.Prepaid, month.Purchased, month.Closing));
        var run = DealRunner.Run(deal);
        Assert.Equal((true, 30_000, 1_180_000), (run.Periods[0].IsActual, run.Periods[0].Purchases, run.Periods[1].Pool.Opening));
        Assert.Equal(20_000, run.Periods[0].Accounts.Single(account => account.Name == "principal").Closing);
        Assert.True(run.Periods[1].Purchases > 0, "the revolving period goes on");
    }

    [Fact]
    public async Task Deal_WhileItsMonthIsOpen_CountsWhatWasBoughtInIt()
    {
        var deal = await DealAsync("""{ "do": "purchase", "from": "principal" }""");
        Assert.Equal(30_000, Assert.Single(deal.Actuals).Purchased);
        Assert.Equal(pools.Ledger().Balance, DealRunner.Run(deal).Periods[1].Pool.Opening);
    }

    /// <summary>Interest that became principal, and what was lent further, came in without cash of the deal; the months still add up and meet the lines.</summary>
    [Fact]
    public async Task Deal_OnAPoolThatCapitalised_AddsUp()
    {
        pools.World.Set(new ReportLoan(Pool, 3, PoolWorld.Paid(new DateOnly(2026, 2, 21), 301_500, 0) with { Cause = MovementCause.Capitalised, Interest = 0 }));
        pools.World.Set(new ReportLoan(Pool, 4, PoolWorld.Paid(new DateOnly(2026, 2, 21), 302_000, 0) with { Cause = MovementCause.Drawn, Interest = 0 }));
        Date(3, 1);
        var deal = await DealAsync("""{ "do": "purchase", "from": "principal" }""");
        Assert.Equal(3_500, Assert.Single(deal.Actuals).Added);
        Assert.Equal(pools.Ledger().Balance, DealRunner.Run(deal).Periods[1].Pool.Opening);
    }

    /// <summary>
    /// A loan of 300,000 in default is no line of the deal any more: 60,000 came back and 240,000 are still owed. They come back at 25 % two months after the last actual month, which is period 3: 60,000, and
    /// 180,000 are lost.
    /// </summary>
    [Fact]
    public async Task Deal_OnAPoolWithLoansInDefault_RecoversAndLosesWhatTheyOwe()
    {
        pools.World.Set(new ReportLoan(Pool, 3, PoolWorld.Paid(new DateOnly(2026, 2, 21), 300_000, 0) with { Cause = MovementCause.ChargedOff, Interest = 0 }));
        pools.World.Set(new ReportLoan(Pool, 3, PoolWorld.Paid(new DateOnly(2026, 2, 22), 240_000, 0) with { Cause = MovementCause.Recovered, Interest = 0 }));
        Date(3, 1);
        var deal = (await DealAsync("""{ "do": "purchase", "from": "principal" }""")).Assume(scenario => scenario with { Recovery = new RecoveryTerms(0.75, 2) });
        Assert.Equal((240_000, 300_000, 60_000), (deal.DefaultedStock, deal.Actuals[0].Defaulted, deal.Actuals[0].Recovered));
        var run = DealRunner.Run(deal);
        Assert.Equal([(60_000, 0), (0, 0), (60_000, 180_000)], run.Periods.Take(3).Select(period => ((int)period.Pool.Recovered, (int)period.Pool.Loss)));
        Assert.Equal(300_000, run.Periods.Sum(period => period.Pool.Defaulted));
    }

    /// <summary>Whoever hands terms with other actuals to the run is refused by name.</summary>
    [Fact]
    public async Task Deal_WithActualsOfAnotherPool_IsRefusedByName()
    {
        Date(3, 1);
        var deal = await DealAsync("""{ "do": "purchase", "from": "principal" }""");
        var other = deal with { Actuals = [deal.Actuals[0] with { Scheduled = 0, Closing = deal.Actuals[0].Closing + deal.Actuals[0].Scheduled }] };
        Assert.Equal("ActualsApart", Assert.Throws<InvalidInputException>(() => DealRunner.Run(other)).Name);
    }

    [Fact]
    public async Task Deal_WhoseStepsPayForNoLoans_IsRefusedByName()
    {
        Date(3, 1);
        var deal = await DealAsync("""{ "do": "payPrincipal", "to": "A", "from": "principal" }""");
        Assert.Equal("PurchasesUnfunded", Assert.Throws<InvalidInputException>(() => DealRunner.Run(deal)).Name);
    }

    public void Dispose() => pools.Dispose();

    private void Date(int month, int day) => pools.World.Set(new AdvanceBusinessDate(World.Scope, new DateOnly(2026, month, day).DayNumber - new DateOnly(1970, 1, 1).DayNumber));

    private async Task<DealTerms> DealAsync(string step)
    {
        var copy = (await PoolReader.CopyAsync(new Look(pools.World.Partition), Pool, null, CancellationToken.None))!;
        var file = DealFile.Parse(Encoding.UTF8.GetBytes($$"""
            { "collateral": { "currency": "EUR", "lines": [{ "balance": 1, "rate": 0, "remainingMonths": 1 }] },
              "tranches": [{ "name": "A", "balance": 1200000, "coupon": 0.01 }], "revolvingPeriods": 3, "purchase": { "remainingMonths": 24 },
              "waterfalls": { "revolving": [{ "do": "payInterest", "to": "A", "from": "income" }, {{step}}],
                "amortising": [{ "do": "payInterest", "to": "A", "from": "income" }, { "do": "payPrincipal", "to": "A", "from": "principal" }] } }
            """));
        return LiveCollateral.Deal(copy.State, file, LiveCollateral.Lines(copy, LiveCollateral.StartOf(copy.State.Ledger)));
    }

    private sealed class Look(Partition partition) : IWriterLook
    {
        public ValueTask<T> RunAsync<T>(Func<Partition, T> look) => new(look(partition));
    }
}
