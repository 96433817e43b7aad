using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Servicing;
using static CreditGrains.Domain.Tests.Loans.Samples;

namespace CreditGrains.Domain.Tests.Loans;

/// <summary>120,000.00 at 6 % over twelve months from 15 January 2024, level at 10,327.97, unless said otherwise.</summary>
public sealed class ServicingTests
{
    private const long Level = 1_032_797;

    private static readonly OverdueTerms Chinese = new()
    {
        PenaltyPpm = 1_500_000,
        Compounding = Compounding.OnInterest,
        Allocation = AllocationRule.PrincipalFirstAfter90,
    };

    private static LoanAccount Open(LoanTerms? terms = null) => LoanServicing.Open(terms ?? Terms()).Value;

    private static LoanAccount At(LoanAccount account, string date) => LoanServicing.Advance(account, Day(date)).Value;

    private static LoanAccount Do(LoanAccount account, params LoanAct[] acts)
    {
        foreach (var act in acts)
        {
            var result = LoanServicing.Execute(account, act);
            Assert.True(result.IsOk, result.Refusal?.Message);
            account = result.Value;
        }

        return account;
    }

    private static LoanAct Pay(string date, long amount) => new LoanAct.Repayment(Day(date), amount);

    private static LoanFault Fault(LoanAccount account, LoanAct act) => LoanServicing.Execute(account, act).Refusal!.Fault;

    [Fact]
    public void Repayment_OfEachInstalment_ClosesTheLoan()
    {
        var account = Open();
        foreach (var one in account.Upcoming) account = Do(account, new LoanAct.Repayment(one.Due, one.Total));
        Assert.True(account.IsClosed);
        Assert.Equal((12_000_000, 0L, 0), (account.Paid.Principal, account.Unapplied, account.DaysPastDue));
    }

    [Fact]
    public void Repayment_BeforeTheDueDate_WaitsForIt()
    {
        var account = Do(Open(), Pay("2024-02-01", Level));
        Assert.Equal((Level, 0L), (account.Unapplied, account.Paid.Total));
        account = At(account, "2024-02-15");
        Assert.Equal((0L, Level, 60_000L), (account.Unapplied, account.Paid.Total, account.Paid.Interest));
    }

    [Fact]
    public void Penalty_OfAMissedInstalment_IsPrincipalTimesDays()
    {
        var account = At(Open(Terms() with { Overdue = Chinese }), "2024-03-14");
        var due = Assert.Single(account.Dues);
        Assert.Equal((972_797, 60_000), (due.Principal, due.Interest));
        // 28 days at 9 % over 360.
        Assert.Equal(6_810, due.Penalty(account.Terms)); // 9,727.97 × 9 % × 28/360 = 68.0958
        Assert.Equal(420, due.Compound(account.Terms)); // 600 × 9 % × 28/360 = 4.20
        Assert.Equal(28, account.DaysPastDue);
    }

    [Fact]
    public void Penalty_OfARateAndTime_DoesNotDependOnHowOftenItIsLookedAt()
    {
        var once = At(Open(Terms() with { Overdue = Chinese }), "2024-06-20");
        var daily = Open(Terms() with { Overdue = Chinese });
        while (daily.AsOf < once.AsOf) daily = LoanServicing.Advance(daily, daily.AsOf.AddDays(1)).Value;
        Assert.Equal(once.Dues.AsEnumerable(), daily.Dues.AsEnumerable());
        Assert.Equal(once.NonAccrualSince, daily.NonAccrualSince);
    }

    [Fact]
    public void Grace_WithinItsDays_CostsNothingAndAfterwardsCountsFromTheDueDate()
    {
        var terms = Terms() with { Overdue = Chinese with { GraceDays = 3 } };
        var within = At(Open(terms), "2024-02-18");
        Assert.Equal((0, Level), (within.DaysPastDue, within.AmountDue));
        Assert.Empty(Do(within, Pay("2024-02-18", Level)).Dues);
        var after = At(within, "2024-02-19");
        Assert.Equal(4, after.DaysPastDue);
        Assert.Equal(973 + 60, after.AmountDue - Level); // four days, not one
    }

    [Fact]
    public void Interest_From90DaysPastDue_IsNotRecognisedUntilNothingIsPastDue()
    {
        var account = At(Open(), "2024-05-14");
        Assert.Equal((89, 60_000 + 55_136 + 50_248), (account.DaysPastDue, account.InterestRecognised));
        account = At(account, "2024-07-01");
        Assert.Equal((Day("2024-05-15"), 0L), (account.NonAccrualSince, account.InterestRecognised));
        account = Do(account, Pay("2024-07-02", account.AmountDue - 1));
        Assert.NotNull(account.NonAccrualSince);
        account = Do(account, Pay("2024-07-02", 1));
        Assert.Null(account.NonAccrualSince);
    }

    [Fact]
    public void Allocation_ByDaysPastDue_TakesInterestFirstThenPrincipalFirst()
    {
        var open = Open(Terms() with { Overdue = Chinese });
        var early = Do(open, Pay("2024-03-01", 70_000));
        Assert.Equal(60_000, early.Paid.Interest);
        Assert.Equal(70_000 - 60_000 - early.Paid.Penalty - early.Paid.Compound, early.Paid.Principal);
        var late = Do(open, Pay("2024-06-01", 3_000_000));
        Assert.Equal((3_000_000, 0L), (late.Paid.Principal, late.Paid.Interest));
        Assert.Equal([1, 2, 3, 4], late.Dues.Select(due => due.Number));
    }

    [Theory]
    [InlineData(PrepaymentMode.ShrinkInstalment, 9)]
    [InlineData(PrepaymentMode.ShrinkTerm, 5)]
    public void EarlyRepayment_OnADueDate_ShrinksOneThing(PrepaymentMode mode, int left)
    {
        var account = Open();
        foreach (var one in account.Upcoming[..3]) account = Do(account, new LoanAct.Repayment(one.Due, one.Total));
        account = Do(account, new LoanAct.EarlyRepayment(account.AsOf, 4_000_000, mode));
        Assert.Equal(left, account.Upcoming.Length);
        Assert.Equal(12_000_000, account.Paid.Principal + account.PrincipalOwed);
        Assert.Equal(4, account.Upcoming[0].Number);
        if (mode == PrepaymentMode.ShrinkTerm) Assert.All(account.Upcoming[..^1], one => Assert.Equal(Level, one.Payment));
        else Assert.All(account.Upcoming, one => Assert.InRange(one.Payment, 570_000, 590_000));
    }

    [Fact]
    public void EarlyRepayment_WithinAPeriod_BearsInterestForTheDaysBefore()
    {
        // ACT/360: 12 days on 120,000.00 and 19 on 60,000.00.
        var account = Do(Open(Terms(amortisation: new Amortisation.Bullet()) with { DayCount = DayCount.Actual360 }), new LoanAct.EarlyRepayment(Day("2024-01-27"), 6_000_000, PrepaymentMode.ShrinkInstalment));
        Assert.Equal(24_000 + 19_000, account.Upcoming[0].Interest);
        Assert.Equal(29_000, account.Upcoming[1].Interest);
    }

    [Fact]
    public void EarlyRepayment_OfAll_LeavesTheInterestToTheDay()
    {
        var account = Open(Terms() with { DayCount = DayCount.Actual360 });
        var settlement = LoanServicing.SettlementAmount(At(account, "2024-01-27"));
        Assert.Equal(12_024_000, settlement);
        account = Do(account, new LoanAct.EarlyRepayment(Day("2024-01-27"), 12_000_000, PrepaymentMode.ShrinkTerm));
        Assert.Equal((24_000, 0L), (account.AmountDue, account.PrincipalOwed));
        Assert.True(Do(account, Pay("2024-01-27", 24_000)).IsClosed);
    }

    [Theory]
    [InlineData(PrepaymentMode.ShrinkTerm)]
    [InlineData(PrepaymentMode.ShrinkInstalment)]
    public void EarlyRepayment_OfEqualPrincipal_ShrinksOneThing(PrepaymentMode mode)
    {
        var account = Do(Open(Terms(amortisation: new Amortisation.EqualPrincipal())), new LoanAct.EarlyRepayment(Day("2024-01-15"), 6_000_000, mode));
        Assert.Equal(mode == PrepaymentMode.ShrinkTerm ? 6 : 12, account.Upcoming.Length);
        Assert.All(account.Upcoming, one => Assert.Equal(mode == PrepaymentMode.ShrinkTerm ? 1_000_000 : 500_000, one.Principal));
    }

    [Fact]
    public void Bounce_OfAPayment_MakesTheLoanAsIfItHadNeverBeen()
    {
        var terms = Terms() with { Overdue = Chinese with { BounceFee = 2_000 } };
        var account = Do(Open(terms), Pay("2024-02-15", Level));
        Assert.Equal(0, account.DaysPastDue);
        account = Do(account, new LoanAct.Bounce(Day("2024-02-20"), 1));
        var never = At(Open(terms), "2024-02-20");
        Assert.Equal(never.AmountDue + 2_000, account.AmountDue);
        Assert.Equal((5, 0L), (account.DaysPastDue, account.Paid.Total));
        Assert.Equal(LoanFault.UnknownReceipt, Fault(account, new LoanAct.Bounce(Day("2024-02-20"), 1)));
        Assert.Equal(LoanFault.UnknownReceipt, Fault(account, new LoanAct.Bounce(Day("2024-02-20"), 9)));
    }

    [Fact]
    public void Bounce_OfWhatLaterActsRestOn_IsRefused()
    {
        var account = Do(Open(), Pay("2024-02-15", Level), new LoanAct.EarlyRepayment(Day("2024-02-20"), 1_000_000, PrepaymentMode.ShrinkTerm));
        Assert.Equal(LoanFault.ReceiptBuiltUpon, Fault(account, new LoanAct.Bounce(Day("2024-02-21"), 1)));
        Assert.True(LoanServicing.Execute(account, new LoanAct.Bounce(Day("2024-02-21"), 2)).IsOk);
    }

    [Theory]
    [InlineData(HolidayInterest.Deferred, true, 12_000_000)]
    [InlineData(HolidayInterest.Capitalised, true, 12_180_901)] // 60,000.00 + 60,300.00 + 60,601.50 at 0.5 % a month
    [InlineData(HolidayInterest.Waived, true, 12_000_000)]
    [InlineData(HolidayInterest.Deferred, false, 12_000_000)]
    public void Holiday_OfThreeMonths_SkipsThemAndKeepsTheNumber(HolidayInterest interest, bool extends, long principal)
    {
        var account = Do(Open(), new LoanAct.PaymentHoliday(Day("2024-01-20"), 3, interest, extends));
        Assert.Equal(Day("2024-05-15"), account.Upcoming[0].Due);
        Assert.Equal(extends ? 12 : 9, account.Upcoming.Length);
        Assert.Equal(principal, account.PrincipalOwed, 1.0);
        Assert.Equal(account.PrincipalOwed, 12_000_000 + account.Capitalised);
        Assert.Equal(principal, account.Upcoming.Sum(one => one.Principal), 1.0);
        var expected = interest == HolidayInterest.Deferred ? 240_000 : account.Upcoming[0].Opening / 200.0;
        Assert.Equal(expected, account.Upcoming[0].Interest, 1.0);
        Assert.Equal(0, At(account, "2024-05-14").DaysPastDue);
    }

    [Fact]
    public void Holiday_OfALateLoan_FreezesItsDays()
    {
        var account = Do(At(Open(Terms() with { Overdue = Chinese }), "2024-03-01"), new LoanAct.PaymentHoliday(Day("2024-03-01"), 2, HolidayInterest.Deferred, true));
        Assert.Equal(15, account.DaysPastDue);
        var during = At(account, "2024-04-15");
        Assert.Equal((15, account.AmountDue), (during.DaysPastDue, during.AmountDue));
        Assert.Equal(16, At(account, "2024-04-16").DaysPastDue);
    }

    [Fact]
    public void Extension_ForADifficulty_IsAtLeastSpecialMention()
    {
        var account = Do(Open(), new LoanAct.Extension(Day("2024-01-20"), 12, IsConcession: true));
        Assert.Equal(24, account.Upcoming.Length);
        Assert.Equal(12_000_000, account.Upcoming.Sum(one => one.Principal));
        Assert.Equal(Classification.SpecialMention, account.Classify(ClassificationTable.Loans));
        Assert.Equal(Classification.Normal, Do(Open(), new LoanAct.Extension(Day("2024-01-20"), 12, IsConcession: false)).Classify(ClassificationTable.Loans));
    }

    private static LoanTerms Renewed(long amount, string date) => Terms(amount) with { Drawdown = Day(date) };

    [Fact]
    public void Renewal_OfAPerformingLoan_KeepsVintageAndClass()
    {
        var bullet = Open(Terms(amortisation: new Amortisation.Bullet()));
        foreach (var one in bullet.Upcoming[..11]) bullet = Do(bullet, new LoanAct.Repayment(one.Due, one.Total));
        var renewal = LoanRenewal.Renew(bullet, Renewed(12_000_000, "2025-01-10"), isEligible: true).Value;
        Assert.Equal((Day("2024-01-15"), 1, Classification.Normal), (renewal.After.Vintage, renewal.After.RenewalCount, renewal.After.Classify(ClassificationTable.Loans)));
        Assert.Equal((0L, 52_000), (renewal.Before.PrincipalOwed, renewal.Before.AmountDue)); // 26 days of December and January
        Assert.Equal(12_000_000, renewal.Before.Paid.Principal);
        Assert.True(Do(renewal.Before, Pay("2025-01-10", 52_000)).IsClosed);
        Assert.Equal(Classification.SpecialMention, LoanRenewal.Renew(bullet, Renewed(12_000_000, "2025-01-10"), isEligible: false).Value.After.Classify(ClassificationTable.Loans));
    }

    [Fact]
    public void Renewal_OfALoanPastDue_IsDowngradedOrRefused()
    {
        var late = At(Open(), "2024-03-01");
        Assert.Equal(LoanFault.OverdueAmounts, LoanRenewal.Renew(late, Renewed(12_000_000, "2024-03-01"), true).Refusal!.Fault);
        var interestPaid = Do(late, Pay("2024-03-01", 60_000));
        Assert.Equal(LoanFault.PrincipalMismatch, LoanRenewal.Renew(interestPaid, Renewed(11_000_000, "2024-03-01"), true).Refusal!.Fault);
        var renewal = LoanRenewal.Renew(interestPaid, Renewed(12_000_000, "2024-03-01"), true).Value;
        Assert.Equal(Classification.SpecialMention, renewal.After.Classify(ClassificationTable.Loans));
    }

    [Fact]
    public void Acts_OutOfBounds_AreRefusedByName()
    {
        var account = At(Open(), "2024-02-10");
        Assert.Equal(LoanFault.OutOfOrder, Fault(account, Pay("2024-02-09", 1)));
        Assert.Equal(LoanFault.InvalidAmount, Fault(account, Pay("2024-02-10", 0)));
        Assert.Equal(LoanFault.InvalidAmount, Fault(account, Pay("2024-02-10", long.MaxValue)));
        Assert.Equal(LoanFault.MoreThanOwed, Fault(account, new LoanAct.EarlyRepayment(Day("2024-02-10"), 12_000_001, PrepaymentMode.ShrinkTerm)));
        Assert.Equal(LoanFault.OverdueAmounts, Fault(account, new LoanAct.EarlyRepayment(Day("2024-02-16"), 1, PrepaymentMode.ShrinkTerm)));
        Assert.Equal(LoanFault.InvalidTerm, Fault(account, new LoanAct.PaymentHoliday(Day("2024-02-10"), 0, default, true)));
        Assert.Equal(LoanFault.InvalidTerm, Fault(account, new LoanAct.PaymentHoliday(Day("2024-02-10"), 12, default, false)));
        Assert.Equal(LoanFault.InvalidTerm, Fault(account, new LoanAct.Extension(Day("2024-02-10"), 0, false)));
        Assert.Equal(LoanFault.LoanClosed, Fault(account, new LoanAct.Extension(Day("2025-02-10"), 1, false)));
        Assert.Equal(LoanFault.TermCannotShrink, Fault(Open(Terms(amortisation: new Amortisation.Bullet())), new LoanAct.EarlyRepayment(Day("2024-01-20"), 1, PrepaymentMode.ShrinkTerm)));
    }

    [Fact]
    public void Acts_AtTheBoundsOfDatesAndAmounts_AreRefusedByName()
    {
        var yearly = Open(Terms(amortisation: new Amortisation.Bullet()) with { Interval = new PaymentInterval(12, IntervalUnit.Months) });
        Assert.Equal(LoanFault.InvalidDate, LoanServicing.Advance(yearly, DateOnly.MaxValue).Refusal!.Fault);
        Assert.Equal(LoanFault.InvalidDate, Fault(yearly, new LoanAct.Repayment(DateOnly.MaxValue, 1)));
        Assert.Equal(LoanFault.InvalidTerm, Fault(yearly, new LoanAct.Extension(yearly.AsOf, 1_200, false)));
        Assert.Equal(LoanFault.InvalidAmount, LoanServicing.Open(Terms(1L << 50, 1_000) with { Overdue = Chinese }).Refusal!.Fault);
        var large = At(Open(Terms(1L << 50, 4) with { Overdue = Chinese }), "2200-01-01");
        Assert.True(large.AmountDue > 1L << 50);
    }

    [Fact]
    public void EarlyRepayment_OfAll_BringsTheFeesOfTheLastInstalment()
    {
        var account = Open(Terms() with { Fees = [new LoanFee("release", FeeTiming.WithLastInstalment, FeeMeasure.Fixed, 700, false)] });
        Assert.Equal(12_000_700, LoanServicing.SettlementAmount(account));
        account = Do(account, new LoanAct.EarlyRepayment(account.AsOf, 12_000_000, PrepaymentMode.ShrinkTerm));
        Assert.Equal(700, account.AmountDue);
    }
}
