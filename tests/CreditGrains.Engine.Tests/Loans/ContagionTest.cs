using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Loans;

/// <summary>Bad claims on an obligor make its other claims bad, by the in-house share and by the share of all banks.</summary>
public sealed class ContagionTest : LoanTest
{
    private static readonly LoanProduct Bullet = Level with { Amortisation = new Amortisation.Bullet() };

    public ContagionTest() => World.OpenLine(2, Line, World.Node(NodeKind.Borrower));

    // A loan of one month that goes bad, and one of three years that is not due.
    private void DrawBadAndGood(long bad, long good, LoanProduct? other = null)
    {
        Draw(bad, Bullet, 1, 0);
        Draw(good, other ?? Bullet, 36, 0, facility: 2);
        Date(Start.AddDays(31 + 95));
        World.Idle();
    }

    [Theory]
    [InlineData(100_000, 900_000, Classification.Normal)]
    [InlineData(100_001, 900_000, Classification.Substandard)]
    public void InHouse_AboveATenth_MakesTheOthersSubstandard(long bad, long good, Classification expected)
    {
        DrawBadAndGood(bad, good);

        Assert.Equal((Classification.Substandard, Classification.Substandard), (Loan().Class, Loan().OwnClass));
        // The other has an interest instalment of nothing due each month, so it is never late.
        Assert.Equal((expected, Classification.Normal), (Loan(0, 2).Class, Loan(0, 2).OwnClass));
    }

    [Fact]
    public void InHouse_WhenTheBadLoanIsPaid_SpreadsNoLonger()
    {
        DrawBadAndGood(500_000, 500_000);
        Assert.Equal(Classification.Substandard, Loan(0, 2).Class);

        Repay(500_000);

        Assert.Equal(Classification.Normal, Loan(0, 2).Class);
    }

    [Fact]
    public void InHouse_OfARetailProduct_NeitherSpreadsNorReceives()
    {
        DrawBadAndGood(500_000, 500_000, Bullet with { IsRetail = true });

        Assert.Equal(Classification.Normal, Loan(0, 2).Class);
    }

    [Fact]
    public void InHouse_OfAnotherBorrower_SpreadsNothing()
    {
        World.Open(NodeKind.Borrower, 2, 10 * Line, World.Node(NodeKind.Portfolio));
        World.Set(new MoveFacility(World.F(2), World.Node(NodeKind.Borrower), new ParentShare(World.Node(NodeKind.Borrower, 2))));
        DrawBadAndGood(500_000, 500_000);
        Assert.Equal(Classification.Normal, Loan(0, 2).Class);

        World.Set(new MoveFacility(World.F(2), World.Node(NodeKind.Borrower, 2), new ParentShare(World.Node(NodeKind.Borrower))));

        Assert.Equal(Classification.Substandard, Loan(0, 2).Class);
    }

    [Theory]
    [InlineData(200, Classification.Normal)]
    [InlineData(201, Classification.Substandard)]
    public void AllBanks_AboveAFifth_MakesEveryLoanSubstandard(long over, Classification expected)
    {
        Draw(100_000, Bullet, 12, 0);
        World.Set(new ReportBankDebt(World.Node(NodeKind.Borrower), 1_000, over));

        Assert.Equal((expected, Classification.Normal), (Loan().Class, Loan().OwnClass));
        World.Snapshot();
        World.Reopen();
        Assert.Equal(expected, Loan().Class);
    }

    [Fact]
    public void AllBanks_ReportedAgain_ReplacesAndForgets()
    {
        Draw(100_000, Bullet, 12, 0);
        var borrower = World.Node(NodeKind.Borrower);
        World.Set(new ReportBankDebt(borrower, 1_000, 900));
        Assert.Equal(Reason.NoChange, World.Do(new ReportBankDebt(borrower, 1_000, 900)).Reason);
        Assert.Equal(Reason.UnknownNode, World.Do(new ReportBankDebt(World.Node(NodeKind.Borrower, 9), 1_000, 900)).Reason);
        Assert.Equal(Classification.Substandard, Loan().Class);

        World.Set(new ReportBankDebt(borrower, 0, 0));

        Assert.Equal(Classification.Normal, Loan().Class);
    }

    [Fact]
    public void InHouse_InAnotherCurrency_CountsAtItsRateOrNotAtAll()
    {
        World.OpenLineAs(3, Line, World.Usd, default, World.Node(NodeKind.Borrower));
        DrawBadAndGood(100_000, 900_000);
        var offer = new LoanOffer(World.F(3), SealedProduct.Of(Bullet), new LoanFigures(new RateAnnual(0), 1));
        var drawn = World.Do(World.Of(CommandKind.Drawdown, 50_000, 0, 3) with { Currency = World.Usd, Control = offer });
        Date(Start.AddDays(31 + 95 + 31 + 95));
        World.Idle();
        // Without a rate the line could not be drawn at all when the borrower counts it; then there is nothing to compare.
        Assert.Equal(Reason.FxRateMissing, drawn.Reason);
        Assert.Equal(Classification.Normal, Loan(0, 2).Class);

        World.Set(new SetFxRate(World.Scope, World.Usd, World.Eur, 900_000_000, World.Now + 1_000 * World.Day));
        Assert.Equal(OutcomeKind.Approved, World.Do(World.Of(CommandKind.Drawdown, 50_000, 0, 3) with { Currency = World.Usd, Control = offer }).Kind);
        Assert.Equal(Classification.Normal, Loan(0, 2).Class);
        Date(Start.AddDays(31 + 95 + 31 + 95 + 31 + 95));
        World.Idle();

        // 100,000 + 45,000 of 1,045,000.
        Assert.Equal(Classification.Substandard, Loan(0, 2).Class);
    }
}
