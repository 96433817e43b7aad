using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Securitisation.Tranches;

namespace CreditGrains.Securitisation.Deals;

/// <summary>Dates of a payment period, and the part of a year that a coupon counts.</summary>
internal static class DealDays
{
    public static DateOnly? Payment(DealDates dates, DateOnly? end)
    {
        if (end is not { } day) return null;
        var unadjusted = day.AddDays(dates.PaymentDelayDays);
        return (dates.Calendar ?? BusinessCalendar.WeekendsOnly).Adjust(unadjusted, dates.Rule)
            ?? throw new InvalidInputException("NoBusinessDay", "dates.holidays", $"no business day is near {unadjusted:yyyy-MM-dd}; leave some holidays out");
    }

    public static DateOnly? Determination(DealDates dates, DateOnly? payment)
    {
        if (payment is not { } day) return null;
        var calendar = dates.Calendar ?? BusinessCalendar.WeekendsOnly;
        for (var i = 0; i < dates.DeterminationDaysBefore; i++)
        {
            day = calendar.Adjust(day.AddDays(-1), BusinessDayRule.Preceding)
                ?? throw new InvalidInputException("NoBusinessDay", "dates.holidays", $"no business day is near {day:yyyy-MM-dd}; leave some holidays out");
        }

        return day;
    }

    /// <summary>Part of a year of a period as a fraction of whole numbers. Actual days run between ends of periods.</summary>
    public static (int Numerator, int Denominator) Year(DealTerms deal, AccrualClock clock, int period)
    {
        var months = deal.Dates.MonthsPerPayment;
        if (clock == AccrualClock.Thirty360) return (months, 12);
        var start = deal.CutOff!.Value.AddMonths((period - 1) * months);
        var end = deal.CutOff.Value.AddMonths(period * months);
        return (end.DayNumber - start.DayNumber, clock == AccrualClock.Actual360 ? 360 : 365);
    }
}
