using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Engine;

namespace CreditGrains.Contract;

/// <summary>Loans on any host: made by a drawdown, aged by the business date, repaid (docs/rules.md, "Loans").</summary>
public abstract class LoanContract(Func<ICreditEngine> engine) : EngineContract(engine)
{
    private static readonly DateOnly Start = new(2026, 1, 15);

    private static readonly SealedProduct Equal = SealedProduct.Of(new LoanProduct { Amortisation = new Amortisation.EqualPrincipal(), DayCount = DayCount.MonthsOverTwelve });

    [ContractFact]
    public async Task Loan_DrawnAgedAndRepaid_HasTheBalancesOfItsSchedule()
    {
        await Book.OpenOneLine();
        await DateTo(Start);
        var drawn = await Book.Do(Book.Of(CommandKind.Drawdown, 1, 600) with { Control = Offer(6, 120_000_000) });
        AssertApproved(600, drawn);
        await DateTo(new DateOnly(2026, 2, 15));

        // A command brings its facility's loans to the date: 100 of principal and 6 of interest are due.
        var repaid = await Book.Do(CommandKind.Repay, 1, 110);

        AssertPosted(110, repaid);
        Assert.Equal(Balances(principal: 500, credit: 4, released: 100), repaid.Balances);
        var loan = Assert.Single((await Book.View()).Loans);
        Assert.Equal((drawn.Sequence, 600L, 500L, 5, new DateOnly(2026, 3, 15)), (loan.Reference, loan.Amount, loan.PrincipalNotDue, loan.Remaining, loan.NextDue));
        Assert.Equal(500, (await Book.View(Book.Node(NodeKind.Portfolio))).Exposure);
        var history = await Book.Engine.GetHistoryAsync(Book.F(1), 0, 10);
        Assert.Equal(["Paid", "Aged", "Made"], history.Events.SelectMany(e => e.Loans).Select(e => e.Deed));
    }

    [ContractFact]
    public async Task Loan_Unpaid_IsAgedWithoutACommand()
    {
        await Book.OpenOneLine();
        await DateTo(Start);
        AssertApproved(600, await Book.Do(Book.Of(CommandKind.Drawdown, 1, 600) with { Control = Offer(2, 0) }));
        await DateTo(new DateOnly(2026, 4, 20));
        for (var left = 1_000; left > 0 && (await Book.Engine.GetHistoryAsync(Book.F(1), 0, 1)).Events[0].Kind != CommandKind.AgeLoan; left--) await Task.Yield();

        var loan = Assert.Single((await Book.View()).Loans);

        Assert.Equal((0, 2, 64, 3), (loan.Remaining, loan.Dues.Count, loan.DaysPastDue, loan.Bucket));
        Assert.Equal(CommandKind.AgeLoan, (await Book.Engine.GetHistoryAsync(Book.F(1), 0, 1)).Events[0].Kind);
    }

    [ContractFact]
    public async Task Loan_SentTwice_IsMadeOnce_AndWithoutADateNever()
    {
        await Book.OpenOneLine();
        AssertDeclined(Reason.BusinessDateMissing, await Book.Do(Book.Of(CommandKind.Drawdown, 1, 600) with { Control = Offer(6, 0) }));
        await DateTo(Start);
        var command = Book.Of(CommandKind.Drawdown, 1, 600) with { Control = Offer(6, 0), Id = Book.NextId() };
        var (first, second) = (await Book.Do(command), await Book.Do(command));
        Assert.Equal((first.Sequence, true), (second.Sequence, second.Duplicate));
        AssertRefused(Reason.RequestIdReused, await Book.Do(command with { Control = Offer(7, 0) }));
        Assert.Single((await Book.View()).Loans);
    }

    private LoanOffer Offer(int count, long rateNano) => new(Book.F(1), Equal, new LoanFigures(new RateAnnual(rateNano), count));

    private async Task DateTo(DateOnly date) =>
        await Book.Set(new AdvanceBusinessDate(new NodeKey(0, Book.Tenant, 1, NodeKind.None), date.DayNumber - new DateOnly(1970, 1, 1).DayNumber));
}
