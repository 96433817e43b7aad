using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Loans;

/// <summary>A write-off or a recovery finds the loan counted to the business date, whenever it was last aged.</summary>
public sealed class LoanWriteOffTest : LoanTest
{
    private static readonly LoanProduct Equal = Level with { Amortisation = new Amortisation.EqualPrincipal() };

    [Fact]
    public void WriteOff_OfSomePrincipal_LeavesThePenaltyOfTheDaysBefore()
    {
        // 10 % a year, one and a half times when late, over 360.
        var drawn = Draw(1_200_000, Equal with { Overdue = new OverdueTerms { PenaltyPpm = 1_500_000 } }, 12, 1_000);
        AgeOn(new DateOnly(2026, 2, 15), new DateOnly(2026, 2, 16));
        Date(new DateOnly(2026, 3, 10));

        // The interest of 10,000, and 40,000 of 100,000 principal.
        var part = WriteOff(50_000, drawn);

        // 100,000 × 23 days × 15 % / 360 = 958.33.
        Assert.Equal((60_000L, 958L), (Loan().Dues.Single().Principal, Loan().Dues.Single().Penalty));
        Assert.Equal((23, Classification.SpecialMention), (part.DaysPastDue, part.Class));
        Date(new DateOnly(2026, 3, 14));
        // And 60,000 × 4 days: 100 more.
        Assert.Equal(1_058, Loan().Dues.Single().Penalty);
    }

    [Fact]
    public void WriteOff_OfAllThatIsOverdue_BeginsTheObservationOnItsDay()
    {
        var drawn = Draw(120_000, Equal with { Overdue = new OverdueTerms { Observation = new ObservationRule(91, 0, 1) } }, 12, 0);
        // Held from 17 May, 91 days after 15 February.
        AgeOn(new DateOnly(2026, 5, 15), new DateOnly(2026, 5, 17));
        Assert.True(Loan().IsHeld);
        Date(new DateOnly(2026, 5, 27));

        WriteOff(40_000, drawn);

        Assert.Equal((true, new DateOnly(2026, 6, 27)), (Loan().IsHeld, Loan().HeldUntil));
    }

    [Fact]
    public void WriteOff_OfAllButAFee_RecognisesInterestAgain()
    {
        var drawn = Draw(120_000, Equal with { Overdue = new OverdueTerms { NonAccrualFromDays = 5, BounceFee = 700 } }, 12, 0);
        AgeOn(new DateOnly(2026, 2, 15));
        var receipt = Repay(1_000);
        World.Do(World.Of(CommandKind.ReverseRepayment, 0, receipt.Sequence));
        AgeOn(new DateOnly(2026, 2, 16), new DateOnly(2026, 2, 20));
        Assert.Equal(new DateOnly(2026, 2, 20), Loan().NonAccrualSince);

        // The instalment of 10,000 is older than the fee of 15 February for the payment that bounced.
        WriteOff(10_000, drawn);

        Assert.Equal((0L, 700L), (Loan().Dues.Single().Principal, Loan().Dues.Single().Fees));
        Assert.Equal((null, 0), (Loan().NonAccrualSince, Loan().DaysPastDue));
    }

    [Fact]
    public void WriteOff_OfTheOldestInstalment_LeavesTheDaysOfTheNext()
    {
        var drawn = Draw(120_000, Equal, 12, 0);
        AgeOn(new DateOnly(2026, 2, 15), new DateOnly(2026, 2, 16), new DateOnly(2026, 3, 15));
        // 29 days after 15 February nothing happens to it by itself.
        Date(new DateOnly(2026, 3, 16));

        var part = WriteOff(10_000, drawn);

        Assert.Equal((1, 1, Classification.SpecialMention), (part.DaysPastDue, part.Bucket, part.Class));
    }

    [Fact]
    public void Recovery_OnALateLoan_TellsItsDaysOfTheDay()
    {
        var drawn = Draw(120_000, Equal, 12, 0);
        AgeOn(new DateOnly(2026, 2, 15), new DateOnly(2026, 2, 16));
        WriteOff(4_000, drawn);
        Date(new DateOnly(2026, 3, 10));

        var recovered = World.Do(World.Of(CommandKind.Recover, 1_000, drawn.Sequence));

        Assert.Equal(OutcomeKind.Posted, recovered.Kind);
        Assert.Equal((23, 3_000L), (World.EventsAfter(recovered.Sequence - 1).Single().Loans.Single().DaysPastDue, Loan().WrittenOff));
    }

    [Fact]
    public void LoanThatStoodStill_WhenRoomIsMade_IsAgedAtOnce()
    {
        // 12 % a year: interest of 12,000, then of 11,000.
        var drawn = Draw(1_200_000, Equal, 12, 1_200);
        AgeOn(new DateOnly(2026, 2, 15), new DateOnly(2026, 2, 16));
        Assert.Equal(OutcomeKind.Posted, World.Do(CommandKind.PostInterest, Command.AmountMax - 12_000).Kind);
        AgeOn(new DateOnly(2026, 3, 15));
        Assert.Equal(Command.AmountMax, World.Balances().Interest);

        WriteOff(12_000, drawn);
        World.Idle();

        Assert.Equal(Command.AmountMax - 12_000 + 11_000, World.Balances().Interest);
        Assert.Equal((28, 2), (Loan().DaysPastDue, Loan().Dues.Count));
    }

    private LoanEventView WriteOff(long amount, Outcome drawn)
    {
        var outcome = World.Do(World.Of(CommandKind.WriteOff, amount, drawn.Sequence));
        Assert.Equal((OutcomeKind.Posted, Reason.None), (outcome.Kind, outcome.Reason));
        return World.EventsAfter(outcome.Sequence - 1).Single().Loans.Single();
    }

    private void AgeOn(params DateOnly[] dates)
    {
        foreach (var date in dates)
        {
            Date(date);
            World.Idle();
        }
    }
}
