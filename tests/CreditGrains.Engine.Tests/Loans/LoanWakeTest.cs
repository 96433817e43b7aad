using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Loans;

/// <summary>A loan is aged on the days on which something happens to it that a caller can see, and on no other.</summary>
public sealed class LoanWakeTest : LoanTest
{
    private static readonly LoanProduct Equal = Level with { Amortisation = new Amortisation.EqualPrincipal() };

    // 45 days after the first due date, where no bucket ends.
    private static readonly DateOnly Late = new(2026, 4, 1);

    [Fact]
    public void Loan_WithoutAccrual_IsNotAgedWhenItsNextInstalmentReachesTheDaysOfThat()
    {
        Draw(120_000, Equal with { Overdue = new OverdueTerms { NonAccrualFromDays = 45 } }, 12, 0);
        DayByDay(Late);
        Repay(10_000);
        Assert.Equal((Late, 17), (Loan().NonAccrualSince, Loan().DaysPastDue));

        DayByDay(Late.AddDays(100));

        Assert.Equal(Late, Loan().NonAccrualSince);
    }

    [Fact]
    public void Loan_Held_IsNotAgedWhenItReachesTheDaysOfAClassItHasAlready()
    {
        Draw(120_000, Equal with { Classes = Classes(1, 45), Overdue = new OverdueTerms { Observation = new ObservationRule(40, 2, 6) } }, 12, 0);
        DayByDay(Late);
        Repay(10_000);
        Assert.Equal((true, Classification.Substandard, 17), (Loan().IsHeld, Loan().OwnClass, Loan().DaysPastDue));

        DayByDay(Late.AddDays(100));

        Assert.True(Loan().IsHeld);
    }

    [Fact]
    public void Loan_ExtendedAsAConcession_IsNotAgedWhenItReachesTheDaysOfTheClassItIsAtBest()
    {
        var drawn = Draw(120_000, Equal with { Classes = Classes(20, 45) }, 12, 0);
        World.Do(World.Of(CommandKind.ExtendLoan, 0, drawn.Sequence) with { Control = new LoanExtension(World.F(1), 2, true) });
        Assert.Equal(Classification.SpecialMention, Loan().OwnClass);

        DayByDay(Late.AddDays(100));

        Assert.Equal(Classification.Substandard, Loan().OwnClass);
    }

    private static ClassificationTable Classes(int specialMention, int substandard) => new([new ClassificationRow(new DateOnly(2023, 7, 1), specialMention, substandard, 271, 361)]);

    private void DayByDay(DateOnly until)
    {
        var today = LoanDate;
        while (today < until)
        {
            today = today.AddDays(1);
            var (before, last) = (Seen(), World.LastSequence);
            Date(today);
            World.Idle();
            var isAged = World.EventsAfter(last).Any(e => e.Loans.Any(loan => loan.Deed == "Aged"));
            Assert.Equal((today, before != Seen()), (today, isAged));
        }
    }

    private DateOnly LoanDate => new DateOnly(1970, 1, 1).AddDays(World.Partition.State.Small.BusinessDates[(1, 1)]);

    private (int, int, Classification, bool, DateOnly?, bool) Seen()
    {
        var loan = Loan();
        return (loan.Remaining, loan.Bucket, loan.OwnClass, loan.DaysPastDue > 0, loan.NonAccrualSince, loan.IsHeld);
    }
}
