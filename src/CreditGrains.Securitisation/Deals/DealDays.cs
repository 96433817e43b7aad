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

    /// <summary>Payment date of a period; null without dates.</summary>
    public static DateOnly? Payment(DealTerms deal, int period) => Payment(deal.Dates, deal.CutOff?.AddMonths(period * deal.Dates.MonthsPerPayment));

    /// <summary>Days between which coupons of a period accrue, of a deal with dates.</summary>
    public static (DateOnly Start, DateOnly End) Accrual(DealTerms deal, int period)
    {
        var months = deal.Dates.MonthsPerPayment;
        var cutOff = deal.CutOff!.Value;
        if (deal.Dates.Accrual == AccrualSpan.PeriodEnds) return (cutOff.AddMonths((period - 1) * months), cutOff.AddMonths(period * months));
        // From the middle of its life a deal goes on accruing from its last payment date, which is after the cut-off by the payment delay.
        var closing = deal.Closing ?? (deal.PeriodsBefore > 0 ? Payment(deal, 0)!.Value : cutOff);
        var start = period == 1 ? closing : Payment(deal, period - 1)!.Value;
        var end = Payment(deal, period)!.Value;
        return (start < closing ? closing : start, end < closing ? closing : end);
    }

    /// <summary>Part of a year of a period as a fraction of whole numbers.</summary>
    public static (int Numerator, int Denominator) Year(DealTerms deal, AccrualClock clock, int period)
    {
        var months = deal.Dates.MonthsPerPayment;
        if (clock == AccrualClock.Thirty360) return (months, 12);
        var (start, end) = Accrual(deal, period);
        return (end.DayNumber - start.DayNumber, clock == AccrualClock.Actual360 ? 360 : 365);
    }
}
