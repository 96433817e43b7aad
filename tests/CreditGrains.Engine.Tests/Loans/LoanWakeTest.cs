using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
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

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Loan_OfRandomDatedClassesPaidNowAndThen_IsAgedOnTheDaysOfWhatIsSeen(int seed)
    {
        var random = new Random(seed);
        var product = Equal with
        {
            Classes = LoanClassDateTest.Classes(random, random.Next(2, 5)),
            Overdue = new OverdueTerms { GraceDays = random.Next(3) * 7, NonAccrualFromDays = random.Next(1, 120), Observation = seed % 2 == 0 ? new ObservationRule(random.Next(20, 80), 1, 1) : null },
        };
        var drawn = Draw(240_000, product, 24, 0);
        for (var step = 0; step < 10; step++)
        {
            DayByDay(LoanDate.AddDays(random.Next(10, 45)));
            if (random.Next(4) == 0) World.Do(World.Of(CommandKind.GrantHoliday, 0, drawn.Sequence) with { Control = new LoanHoliday(World.F(1), 1, HolidayInterest.Deferred, true) });
            else if (random.Next(3) > 0) Repay(Math.Max(1, Loan().Dues.Sum(due => due.Principal) * random.Next(1, 3) / 2));
            World.Idle();
        }
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

    private (int, int, Classification, bool, DateOnly?, bool) Seen()
    {
        var loan = Loan();
        return (loan.Remaining, loan.Bucket, loan.OwnClass, loan.DaysPastDue > 0, loan.NonAccrualSince, loan.IsHeld);
    }
}
