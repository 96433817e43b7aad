using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Loans;

/// <summary>Interest for lateness joins what is owed on the last day of each month, where the product says so.</summary>
public sealed class LoanChargeTest : LoanTest
{
    // 10 % a year, one and a half times when late, over 360.
    private static readonly LoanProduct Charged = Level with
    {
        Amortisation = new Amortisation.EqualPrincipal(),
        Overdue = new OverdueTerms { PenaltyPpm = 1_500_000, Compounding = Compounding.OnInterest, ChargesAtMonthEnd = true },
    };

    [Fact]
    public void MonthEnd_WithALateInstalment_ChargesThePenaltyToInterest()
    {
        Draw(1_200_000, Charged, 12, 1_000);
        Date(new DateOnly(2026, 2, 27));
        World.Idle();
        var before = World.Balances();
        var due = Loan().Dues.Single();

        Date(new DateOnly(2026, 2, 28));
        World.Idle();

        // 13 days from the 15th: 100,000 × 13 × 15 % / 360 = 541.67 and 10,000 × 13 × 15 % / 360 = 54.17.
        Assert.Equal(before.Interest + 542 + 54, World.Balances().Interest);
        var aged = World.EventsAfter(World.LastSequence - 1).Single();
        Assert.Equal((CommandKind.AgeLoan, 596L), (aged.Kind, aged.Amount));
        Assert.Equal((due.Interest, 542L, 54L), (Loan().Dues[0].Interest, Loan().Dues[0].Penalty, Loan().Dues[0].Compound));
    }

    [Fact]
    public void MonthEnd_PassedInOneStepOrDayByDay_ChargesTheSame()
    {
        Draw(1_200_000, Charged, 12, 1_000);
        for (var day = Start.AddDays(1); day <= new DateOnly(2026, 5, 20); day = day.AddDays(1))
        {
            Date(day);
            World.Idle();
        }

        var pure = LoanServicing.Advance(Pure(1_200_000, Charged, 12, 1_000), new DateOnly(2026, 5, 20)).Value;
        Assert.Equal(pure.Dues.Sum(due => due.Interest + due.LatenessOwed), World.Balances().Interest);
        Assert.Equal(pure.Dues.Select(due => (due.Penalty(pure.Terms), due.Compound(pure.Terms))), Loan().Dues.Select(due => (due.Penalty, due.Compound)));
        // Three month ends on the oldest: charged to 30 April, the days of May are not.
        Assert.True(pure.Dues[0].LatenessOwed < pure.Dues[0].Penalty(pure.Terms) + pure.Dues[0].Compound(pure.Terms));
    }

    [Fact]
    public void Payment_AfterACharge_TakesTheLatenessOnce()
    {
        Draw(1_200_000, Charged, 12, 1_000);
        Date(new DateOnly(2026, 3, 10));
        World.Idle();
        var dues = Loan().Dues.Single();
        var total = dues.Penalty + dues.Compound + dues.Interest + dues.Principal;

        var repaid = Repay(total);

        Assert.Equal((0L, 0L), (repaid.Balances.Interest, repaid.Balances.Credit));
        Assert.Empty(Loan().Dues);
        var paid = World.EventsAfter(repaid.Sequence - 1).Single().Loans.Single();
        // February's part was charged before, March's with the payment.
        Assert.Equal((dues.Penalty, dues.Compound), (paid.Paid.Penalty, paid.Paid.Compound));
        Assert.Equal(dues.Penalty + dues.Compound - 596, paid.Charged);
    }

    [Fact]
    public void WriteOff_OfAllAfterACharge_WritesOffTheLatenessToo()
    {
        var drawn = Draw(1_200_000, Charged, 12, 1_000);
        Date(new DateOnly(2026, 3, 1));
        World.Idle();
        var owed = World.Balances();

        var written = World.Do(World.Of(CommandKind.WriteOff, owed.Principal + owed.Interest) with { Reference = drawn.Sequence });

        Assert.Equal(OutcomeKind.Posted, written.Kind);
        Assert.Equal((0L, 0L, 1_210_596L), (written.Balances.Principal, written.Balances.Interest, written.Balances.WrittenOff));
    }

    [Fact]
    public void Bounce_OverAMonthEnd_ChargesWhatWouldHaveBeen()
    {
        Draw(1_200_000, Charged, 12, 1_000);
        Date(new DateOnly(2026, 2, 20));
        World.Idle();
        var repaid = Repay(110_000);
        Date(new DateOnly(2026, 3, 5));
        World.Idle();

        World.Do(CommandKind.ReverseRepayment, 0, repaid.Sequence);

        var pure = LoanServicing.Advance(Pure(1_200_000, Charged, 12, 1_000), new DateOnly(2026, 3, 5)).Value;
        Assert.Equal(pure.Dues.Sum(due => due.Interest + due.LatenessOwed), World.Balances().Interest);
    }

    [Fact]
    public void MonthEnd_AfterPrincipalWasPaidInTheDaysOfGraceAndAFeeWasNot_ChargesTheDaysBefore()
    {
        DueComponent[] feesLast = [DueComponent.Principal, DueComponent.Interest, DueComponent.Compound, DueComponent.Penalty, DueComponent.Fees];
        var product = Charged with
        {
            Amortisation = new Amortisation.Bullet(),
            Fees = [new LoanFee("end", FeeTiming.WithLastInstalment, FeeMeasure.Fixed, 900, true)],
            Overdue = Charged.Overdue with { Compounding = Compounding.None, GraceDays = 20, Allocation = new AllocationRule([new AllocationOrder(0, AllocationScope.ByInstalment, [.. feesLast])]) },
        };
        Draw(1_200_000, product, 1, 1_000);
        Date(new DateOnly(2026, 2, 15));
        World.Idle();
        Date(new DateOnly(2026, 2, 20));
        Repay(1_210_000);
        // The last day of February is within the days of grace: 13 of 20.
        Date(new DateOnly(2026, 2, 28));
        World.Idle();
        Assert.Equal((0L, 900L), (World.Balances().Interest, World.Balances().Fees));
        Date(new DateOnly(2026, 3, 30));
        World.Idle();

        Date(new DateOnly(2026, 3, 31));
        World.Idle();

        // With the fee the instalment was not paid in time: 1,200,000 × 5 days × 15 % / 360.
        Assert.Equal((2_500L, 900L), (World.Balances().Interest, World.Balances().Fees));
    }

    [Fact]
    public void MonthEnd_InAHoliday_ChargesWhatIsNotChargedYetAndThenNothing()
    {
        var drawn = Draw(1_200_000, Charged, 12, 1_000);
        Date(new DateOnly(2026, 2, 15));
        World.Idle();
        Date(new DateOnly(2026, 2, 20));
        World.Idle();
        var granted = World.Do(World.Of(CommandKind.GrantHoliday, 0, drawn.Sequence) with { Control = new LoanHoliday(World.F(1), 3, HolidayInterest.Deferred, true) });
        Assert.Equal(OutcomeKind.Posted, granted.Kind);

        // Of five days: 100,000 × 5 × 15 % / 360 and 10,000 × 5 × 15 % / 360. To 15 May no days count.
        Assert.Equal(208 + 21, AgedOn(new DateOnly(2026, 2, 28)));
        Assert.Null(AgedOn(new DateOnly(2026, 3, 31)));
        Assert.Null(AgedOn(new DateOnly(2026, 4, 30)));
        // Then sixteen more: 100,000 × 21 × 15 % / 360 = 875, of interest 87.5.
        Assert.Equal(875 - 208 + 88 - 21, AgedOn(new DateOnly(2026, 5, 31)));
    }

    /// <summary>What was charged by time alone on a day; null when the loan was not aged.</summary>
    private long? AgedOn(DateOnly date)
    {
        Date(date);
        var last = World.LastSequence;
        World.Idle();
        return World.EventsAfter(last).Find(e => e.Kind == CommandKind.AgeLoan)?.Amount;
    }
}
