using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Loans;

/// <summary>A loan that runs already is taken over as it stands, whatever the limits say, and goes on like any other.</summary>
public sealed class LoanTakeoverTest : LoanTest
{
    private static readonly LoanProduct Product = Level with { Overdue = new OverdueTerms { PenaltyPpm = 1_500_000, Compounding = Compounding.OnInterest } };

    private Outcome TakeOver(long amount, DateOnly start, int instalments, LoanProduct? product = null, DateOnly? vintage = null)
    {
        var offer = new LoanOffer(World.F(1), SealedProduct.Of(product ?? Product), new LoanFigures(new RateAnnual(60_000_000), instalments));
        return World.Do(World.Of(CommandKind.ImportLoan, amount) with { Control = new LoanTakeover(World.F(1), offer, start, vintage ?? start) });
    }

    private static LoanAccount PureOf(long amount, DateOnly start, int instalments, DateOnly today) => LoanServicing.TakeOver(
        Product.TermsOf(amount, World.Eur, start, new LoanFigures(new RateAnnual(60_000_000), instalments)), start, today).Value;

    [Fact]
    public void TakeOver_OfALoanInTime_OwesItsBalanceAndFallsDueNext()
    {
        var taken = TakeOver(900_000, new DateOnly(2026, 1, 10), 9, vintage: new DateOnly(2024, 6, 10));

        Assert.Equal((OutcomeKind.Posted, 900_000L, 900_000L), (taken.Kind, taken.Amount, World.Balances().Principal));
        AssertIs(PureOf(900_000, new DateOnly(2026, 1, 10), 9, Start));
        var loan = Loan();
        Assert.Equal((new DateOnly(2024, 6, 10), new DateOnly(2026, 2, 10), 9), (loan.Vintage, loan.NextDue, loan.Remaining));
        Assert.Equal("Made", World.EventsAfter(taken.Sequence - 1).Single().Loans.Single().Deed);
    }

    [Fact]
    public void TakeOver_OfALateLoan_HasItsDaysAndMissedInstalments()
    {
        // Due dates 5 November, 5 December, 5 January are missed on 15 January.
        var start = new DateOnly(2025, 10, 5);
        var taken = TakeOver(1_200_000, start, 12);

        var pure = PureOf(1_200_000, start, 12, Start);
        AssertIs(pure);
        Assert.Equal((71, 3, 3, 9), (Loan().DaysPastDue, Loan().Bucket, Loan().Dues.Count, Loan().Remaining));
        Assert.Equal(1_200_000 + pure.Dues.Sum(due => due.Interest), taken.Amount);
        Date(Start.AddDays(25));
        World.Idle();
        AssertIs(LoanServicing.Advance(pure, Start.AddDays(25)).Value);
    }

    [Fact]
    public void TakeOver_AboveTheLimit_PostsAndListsTheExcess()
    {
        var taken = TakeOver(Line + 1, Start, 12);

        Assert.Equal(OutcomeKind.Posted, taken.Kind);
        Assert.Equal(-1, World.View().Node.Headroom);
    }

    [Fact]
    public void TakeOver_OfWhatCannotBe_IsDeclinedByName()
    {
        Assert.Equal((OutcomeKind.Declined, Reason.InvalidTerms), (TakeOver(1_000, Start.AddDays(1), 12).Kind, World.EventsAfter(World.LastSequence - 1).Single().Reason));
        Assert.Equal(Reason.InvalidField, TakeOver(1_000, Start, 12, vintage: Start.AddDays(1)).Reason);
        Assert.Equal(Reason.InvalidField, TakeOver(1_000, Start, 0).Reason);
        Assert.Empty(World.View().Loans);
    }

    [Fact]
    public void Bounce_OfAPaymentThatEndedALoanTakenOver_MakesItAgain()
    {
        TakeOver(100_000, new DateOnly(2025, 12, 10), 1, Level with { Amortisation = new Amortisation.Bullet() });
        var owed = World.Balances();
        var repaid = Repay(owed.Principal + owed.Interest);
        Assert.Empty(World.View().Loans);

        var bounced = World.Do(CommandKind.ReverseRepayment, 0, repaid.Sequence);

        Assert.Equal(OutcomeKind.Posted, bounced.Kind);
        Assert.Equal(owed, World.Balances());
        Assert.Equal((new DateOnly(2025, 12, 10), 5), (Loan().Vintage, Loan().DaysPastDue));
    }
}
