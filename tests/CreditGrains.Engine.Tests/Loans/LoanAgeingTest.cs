using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Loans;

namespace CreditGrains.Engine.Tests.Loans;

/// <summary>The short way of ageing gives the bytes of the long one, for any product it takes.</summary>
public sealed class LoanAgeingTest : LoanTest
{
    private const int Steps = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void ShortWay_OfRandomLoansOnRandomDates_GivesTheBytesOfTheLongWay(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 12; i++)
        {
            var outcome = TryDraw(random.Next(10_000, 400_000), Product(random), new LoanFigures(new RateAnnual(random.Next(0, 300) * 1_000_000L), random.Next(2, 30), DueDay: random.Next(1, 32)));
            Assert.Equal((OutcomeKind.Approved, Reason.None), (outcome.Kind, outcome.Reason));
        }

        var (taken, date) = (0, Start);
        for (var step = 0; step < Steps; step++)
        {
            date = date.AddDays(random.Next(1, 45));
            Date(date);
            taken += CompareAll(date);
            World.Idle();
            if (random.Next(3) == 0) Repay(random.Next(1, 60_000));
        }
        Assert.True(taken > Steps, $"the short way took only {taken} loans");
    }

    private int CompareAll(DateOnly date)
    {
        var state = World.Partition.State;
        var book = new LoanBook(state);
        var (outcome, ageing) = (new LoanOutcome(state, book), new LoanAgeing(state, book));
        var count = 0;
        for (var row = 1; row < state.Loans.End; row++)
        {
            if (state.Loans.Read(row).Reference == 0 || !ageing.TryAge(row, date, out var shortly)) continue;
            count++;
            var look = new LoanLook(book, state, row, date);
            var longly = outcome.Of(look, LoanDeed.Aged, LoanServicing.Advance(look.Account, date).Value);
            Assert.Equal(BytesOf(longly), BytesOf(shortly));
            Assert.Equal((longly.Moved, longly.Charged, longly.WakeDay, longly.DaysPastDue, longly.PrincipalAfter), (shortly.Moved, shortly.Charged, shortly.WakeDay, shortly.DaysPastDue, shortly.PrincipalAfter));
        }

        return count;
    }

    private static byte[] BytesOf(LoanPart part)
    {
        var bytes = new byte[EventCodec.LengthMax];
        var w = new EventWriter(bytes);
        LoanPartCodec.Write(ref w, [part]);
        return bytes[..w.Length];
    }

    private static LoanProduct Product(Random random) => new()
    {
        Amortisation = random.Next(6) switch
        {
            0 => new Amortisation.EqualPrincipal(),
            1 => new Amortisation.Bullet(),
            2 => new Amortisation.InterestOnlyThenLevel(1),
            _ => new Amortisation.Level(),
        },
        DayCount = (DayCount)random.Next(7),
        Interval = random.Next(4) == 0 ? new PaymentInterval(2, IntervalUnit.Weeks) : PaymentInterval.Monthly,
        BusinessDays = random.Next(2) == 0 ? BusinessDayRule.None : BusinessDayRule.Following,
        Overdue = new OverdueTerms { PenaltyPpm = random.Next(2) * 1_500_000, Compounding = (Compounding)random.Next(2), GraceDays = random.Next(3) * 5, NonAccrualFromDays = random.Next(2) == 0 ? 90 : 3, ChargesAtMonthEnd = random.Next(3) == 0, Observation = random.Next(3) == 0 ? new ObservationRule(random.Next(1, 100), random.Next(3), 2) : null },
        Fees = random.Next(2) == 0 ? [] : [new LoanFee("service", FeeTiming.WithEachInstalment, FeeMeasure.OfPrincipal, 500, true)],
        Classes = random.Next(2) == 0 ? ClassificationTable.Loans : LoanClassDateTest.Classes(random, random.Next(2, 5)),
    };
}
