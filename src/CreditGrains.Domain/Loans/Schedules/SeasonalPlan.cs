using System.Globalization;

namespace CreditGrains.Domain.Loans.Schedules;

/// <summary>
/// Instalments from a borrower's cash. Lean months pay interest only. Rich ones pay interest and one common part of the cash that interest leaves:
/// the smallest part, in billionths, by which the loan ends in its term. What no cash can pay is refused with the month.
/// </summary>
internal static class SeasonalPlan
{
    private const long WholePart = 1_000_000_000;

    /// <summary>The principal of each instalment.</summary>
    public static LoanResult<PlannedAmount[]> Of(SchedulePlan plan, CashProfile profile)
    {
        var cash = new long[plan.Periods.Length];
        var isRich = new bool[plan.Periods.Length];
        for (var i = 0; i < cash.Length; i++) (cash[i], isRich[i]) = Cash(plan, i, profile);

        var most = new long[cash.Length];
        if (Run(plan, cash, isRich, WholePart, most) is { } tooShort) return tooShort;
        long low = 0, high = WholePart;
        var principal = most;
        while (high - low > 1)
        {
            var part = low + (high - low) / 2;
            var tried = new long[cash.Length];
            if (Run(plan, cash, isRich, part, tried) is null) (high, principal) = (part, tried);
            else low = part;
        }

        return Array.ConvertAll(principal, PlannedAmount.OfPrincipal);
    }

    private static LoanRefusal? Run(SchedulePlan plan, long[] cash, bool[] isRich, long part, long[] principal)
    {
        var balance = plan.Principal;
        for (var i = 0; i < cash.Length && balance > 0; i++)
        {
            var interest = plan.InterestOf(i, balance);
            if (interest > cash[i]) return TooShort(plan, i, interest, cash[i], "interest");
            if (isRich[i]) principal[i] = Math.Min(balance, Rounding.Divide((Int128)(cash[i] - interest) * part, WholePart, RoundingMode.Down));
            balance -= principal[i];
        }

        if (balance == 0) return null;
        var last = cash.Length - 1;
        return TooShort(plan, last, cash[last] + balance, cash[last], "what is left of the loan");
    }

    private static (long Cash, bool IsRich) Cash(SchedulePlan plan, int place, CashProfile profile)
    {
        var period = plan.Periods[place];
        var (sum, months) = ((Int128)0, 0);
        // The months after that of the date before, up to that of the due date; at least the latter.
        for (var month = FirstOfMonth(period.Unadjusted); months == 0 || month > FirstOfMonth(period.UnadjustedBefore); month = month.AddMonths(-1), months++)
            sum += Math.Max(0, profile.Months[month.Month - 1]);
        // Twelve times the sum against the year's cash for as many months keeps the mean whole.
        var year = (Int128)0;
        foreach (var one in profile.Months) year += Math.Max(0, one);
        var isRich = profile.LeanBelow is { } edge ? sum >= (Int128)edge * months : sum * CashProfile.MonthCount >= year * months;
        return ((long)(sum * profile.SharePpm / CashProfile.WholePpm), isRich && sum > 0);
    }

    private static DateOnly FirstOfMonth(DateOnly date) => new(date.Year, date.Month, 1);

    private static LoanRefusal TooShort(SchedulePlan plan, int place, long needed, long cash, string what) => new(
        LoanFault.CashTooShort,
        string.Create(CultureInfo.InvariantCulture, $"{plan.Periods[place].Unadjusted:yyyy-MM} has cash of {cash} minor units and needs {needed} for {what}; lower the amount or lengthen the term"));
}
