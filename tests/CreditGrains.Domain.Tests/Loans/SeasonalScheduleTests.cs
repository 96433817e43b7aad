using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Schedules;
using static CreditGrains.Domain.Tests.Loans.Samples;

namespace CreditGrains.Domain.Tests.Loans;

/// <summary>Instalments from a borrower's cash: a farm that sells in September to November.</summary>
public sealed class SeasonalScheduleTests
{
    private static readonly long[] Farm = [200_000, 200_000, 150_000, 150_000, 200_000, 300_000, 300_000, 300_000, 4_000_000, 5_000_000, 4_500_000, 400_000];

    private static LoanTerms Of(long amount, long[] months, long? leanBelow = null, long share = 1_000_000, int count = 24) =>
        Terms(amount, 6, count, new Amortisation.Seasonal(new CashProfile([.. months], leanBelow, share)));

    [Fact]
    public void Seasonal_OfAHarvest_PaysPrincipalInRichMonthsOnly()
    {
        var schedule = Schedule(Of(20_000_000, Farm));
        Assert.Equal(20_000_000, schedule.Instalments.Sum(one => one.Principal));
        Assert.All(schedule.Instalments, one =>
        {
            Assert.Equal(one.Due.Month is 9 or 10 or 11, one.Principal > 0);
            Assert.True(one.Payment <= Farm[one.Due.Month - 1], $"{one.Due}: {one.Payment}");
        });
        Assert.Equal((2025, 11), (schedule.Instalments[^1].Due.Year, schedule.Instalments[^1].Due.Month));
    }

    [Fact]
    public void Seasonal_WhoseLeanMonthCannotPayInterest_NamesTheMonth()
    {
        var months = (long[])Farm.Clone();
        months[3] = 90_000;
        var refusal = ScheduleBuilder.Build(Of(20_000_000, months)).Refusal!;
        Assert.Equal(LoanFault.CashTooShort, refusal.Fault);
        Assert.Contains("2024-04 has cash of 90000", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Seasonal_WhoseRichMonthsCannotRepay_NamesTheLast()
    {
        var refusal = ScheduleBuilder.Build(Of(30_000_000, Farm)).Refusal!;
        Assert.Equal(LoanFault.CashTooShort, refusal.Fault);
        Assert.Contains("2026-01", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Seasonal_OfAShareOfTheCash_StaysWithinIt()
    {
        var schedule = Schedule(Of(10_000_000, Farm, share: 500_000));
        Assert.All(schedule.Instalments, one => Assert.True(one.Payment * 2 <= Farm[one.Due.Month - 1]));
    }

    [Fact]
    public void Seasonal_ByQuarters_HasTheCashOfItsMonths()
    {
        var schedule = Schedule(Of(20_000_000, Farm, count: 8) with { Interval = PaymentInterval.Quarterly });
        // Due on 15 April has the cash of February to April.
        Assert.Equal(0, schedule.Instalments[0].Principal);
        Assert.True(schedule.Instalments[0].Payment <= 500_000);
        Assert.Equal(20_000_000, schedule.Instalments.Sum(one => one.Principal));
    }

    /// <summary>Due on the first of a month and moved back into the month before: no month's cash is counted twice.</summary>
    [Fact]
    public void Seasonal_WithDueDatesMovedAcrossMonths_HasTheCashOfItsOwnMonth()
    {
        var terms = Of(20_000_000, Farm) with { FirstDue = Day("2024-02-01"), BusinessDays = BusinessDayRule.Preceding, AccrualDates = AccrualDates.Adjusted };
        Assert.All(Schedule(terms).Instalments, one => Assert.True(one.Payment <= Farm[one.UnadjustedDue.Month - 1], $"{one.UnadjustedDue}: {one.Payment}"));
    }

    [Fact]
    public void Seasonal_OfMonthsLeanBelowAnAmount_PaysPrincipalAboveIt()
    {
        var schedule = Schedule(Of(20_000_000, Farm, leanBelow: 300_000));
        Assert.All(schedule.Instalments, one => Assert.Equal(one.Due.Month is 6 or 7 or 8 or 9 or 10 or 11 or 12, one.Principal > 0));
    }
}
