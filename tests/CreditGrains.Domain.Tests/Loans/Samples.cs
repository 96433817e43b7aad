using System.Globalization;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Schedules;
using CreditGrains.Domain.Money;

namespace CreditGrains.Domain.Tests.Loans;

internal static class Samples
{
    public static DateOnly Day(string date) => DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static RateAnnual Rate(decimal percent) => RateAnnual.TryFromPercent(percent, out var rate) ? rate : throw new ArgumentOutOfRangeException(nameof(percent));

    /// <summary>120,000.00 at 6 % over a year, monthly from 15 January 2024.</summary>
    public static LoanTerms Terms(long amount = 12_000_000, decimal percent = 6, int count = 12, Amortisation? amortisation = null) => new()
    {
        Amount = amount,
        Currency = Currency.Parse("CNY"),
        Rate = Rate(percent),
        Drawdown = Day("2024-01-15"),
        InstalmentCount = count,
        Amortisation = amortisation ?? new Amortisation.Level(),
        DayCount = DayCount.MonthsOverTwelve,
    };

    public static LoanSchedule Schedule(LoanTerms terms) => ScheduleBuilder.Build(terms).Value;
}
