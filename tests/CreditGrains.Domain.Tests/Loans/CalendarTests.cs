using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using static CreditGrains.Domain.Tests.Loans.Samples;

namespace CreditGrains.Domain.Tests.Loans;

public sealed class CalendarTests
{
    /// <summary>The National Day week of 2024 in China: 1 to 7 October off, Sunday 29 September and Saturday 12 October worked (State Council notice of 25 October 2023).</summary>
    private static readonly BusinessCalendar China = BusinessCalendar.Create(
        Enumerable.Range(1, 7).Select(day => new DateOnly(2024, 10, day)), [Day("2024-09-29"), Day("2024-10-12")]).Value;

    [Theory]
    [InlineData("2024-09-28", BusinessDayRule.Following, "2024-09-29")] // Saturday: the Sunday is worked
    [InlineData("2024-09-29", BusinessDayRule.Following, "2024-09-29")]
    [InlineData("2024-10-01", BusinessDayRule.Following, "2024-10-08")]
    [InlineData("2024-10-01", BusinessDayRule.Preceding, "2024-09-30")]
    [InlineData("2024-10-05", BusinessDayRule.None, "2024-10-05")]
    [InlineData("2024-10-12", BusinessDayRule.ModifiedFollowing, "2024-10-12")] // worked Saturday
    [InlineData("2024-10-13", BusinessDayRule.ModifiedFollowing, "2024-10-14")]
    [InlineData("2024-08-31", BusinessDayRule.ModifiedFollowing, "2024-08-30")] // Monday lies in September
    [InlineData("2024-08-31", BusinessDayRule.Following, "2024-09-02")]
    public void Adjust_ByARule_GivesItsDay(string date, BusinessDayRule rule, string expected) => Assert.Equal(Day(expected), China.Adjust(Day(date), rule));

    [Fact]
    public void Calendar_OfAWorkingWeekday_IsRefused() =>
        Assert.Equal(LoanFault.InvalidCalendar, BusinessCalendar.Create([], [Day("2024-10-09")]).Refusal!.Fault);

    [Fact]
    public void Calendar_OfADayInBothLists_IsRefused() =>
        Assert.Equal(LoanFault.InvalidCalendar, BusinessCalendar.Create([Day("2024-10-12")], [Day("2024-10-12")]).Refusal!.Fault);

    [Fact]
    public void Adjust_WithoutABusinessDayNear_GivesNone()
    {
        var calendar = BusinessCalendar.Create(Enumerable.Range(0, 60).Select(day => Day("2024-01-01").AddDays(day)), []).Value;
        Assert.Null(calendar.Adjust(Day("2024-01-10"), BusinessDayRule.Following));
        var terms = Terms() with { Calendar = calendar, BusinessDays = BusinessDayRule.Following, FirstDue = Day("2024-01-20") };
        Assert.Equal(LoanFault.InvalidCalendar, CreditGrains.Domain.Loans.Schedules.ScheduleBuilder.Build(terms).Refusal!.Fault);
    }

    /// <summary>Rows: the examples of the conventions themselves. ACT/ACT: ISDA's memorandum of 1998, 1 November 2003 to 1 May 2004 is 61/365 + 121/366.</summary>
    [Theory]
    [InlineData(DayCount.Thirty360Us, "2024-01-31", "2024-02-29", 29, 360)]
    [InlineData(DayCount.Thirty360Us, "2024-02-29", "2024-03-31", 30, 360)]
    [InlineData(DayCount.Thirty360Us, "2024-01-15", "2024-03-31", 76, 360)]
    [InlineData(DayCount.Thirty360Us, "2023-02-28", "2023-03-15", 15, 360)]
    [InlineData(DayCount.Thirty360European, "2024-01-15", "2024-03-31", 75, 360)]
    [InlineData(DayCount.Thirty360European, "2024-01-31", "2024-02-29", 29, 360)]
    [InlineData(DayCount.Thirty360EuropeanIsda, "2024-01-31", "2024-02-29", 30, 360)]
    [InlineData(DayCount.Thirty360EuropeanIsda, "2023-02-28", "2023-03-31", 30, 360)]
    [InlineData(DayCount.Actual360, "2024-01-15", "2024-02-15", 31, 360)]
    [InlineData(DayCount.Actual365Fixed, "2024-01-01", "2025-01-01", 366, 365)]
    [InlineData(DayCount.ActualActualIsda, "2003-11-01", "2004-05-01", 61 * 366 + 121 * 365, 365 * 366)]
    [InlineData(DayCount.ActualActualIsda, "2024-01-01", "2025-01-01", 366 * 365, 365 * 366)]
    [InlineData(DayCount.MonthsOverTwelve, "2024-01-31", "2024-02-29", 30, 360)]
    [InlineData(DayCount.MonthsOverTwelve, "2024-01-10", "2024-03-15", 65, 360)]
    public void DayCount_BetweenTwoDates_IsItsFraction(DayCount dayCount, string start, string end, long numerator, long denominator) =>
        Assert.Equal(new YearFraction(numerator, denominator), dayCount.Between(Day(start), Day(end)));
}
