namespace CreditGrains.Domain.Loans.Apr;

/// <summary>Which unit-period a transaction has, Appendix J (b)(4).</summary>
internal static class UnitPeriodChoice
{
    private const int YearDays = 365;

    /// <summary>The unit-period of a transaction of several advances or payments.</summary>
    /// <param name="start">Where the term starts.</param>
    /// <param name="advances">Dates of the advances, in order, none twice.</param>
    /// <param name="payments">Dates of the payments, in order, none twice.</param>
    public static UnitPeriod Of(DateOnly start, IReadOnlyList<DateOnly> advances, IReadOnlyList<DateOnly> payments)
    {
        var periods = new List<UnitPeriod>();
        AddPeriods(periods, start, advances);
        AddPeriods(periods, start, payments);
        var common = periods
            .GroupBy(period => period)
            .Where(group => group.Count() > 1)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key.Days)
            .FirstOrDefault();
        return common is not null ? AtMostAYear(common.Key) : Average(periods);
    }

    /// <summary>The unit-period of a single advance with a single payment: the term, at most a year.</summary>
    public static UnitPeriod OfTerm(DateOnly start, DateOnly end)
    {
        var (months, days) = default(MonthAnchor).Back(start, end);
        if (months >= 12) return new UnitPeriod(UnitPeriodKind.Year, 1);
        return days == 0 && months > 0 ? new UnitPeriod(UnitPeriodKind.TermInMonths, months) : new UnitPeriod(UnitPeriodKind.TermInDays, end.DayNumber - start.DayNumber);
    }

    private static void AddPeriods(List<UnitPeriod> periods, DateOnly start, IReadOnlyList<DateOnly> dates)
    {
        var anchor = MonthAnchor.Of(dates);
        for (var i = 0; i < dates.Count; i++)
        {
            var from = i == 0 ? start : dates[i - 1];
            if (from == dates[i]) continue;
            periods.Add(i > 0 && IsSemimonth(dates, i, anchor) ? new UnitPeriod(UnitPeriodKind.Semimonth, 1) : Classify(from, dates[i], anchor));
        }
    }

    /// <summary>Whether two dates are half a month apart: with the date before or after them they span one month.</summary>
    private static bool IsSemimonth(IReadOnlyList<DateOnly> dates, int place, MonthAnchor anchor)
    {
        var days = dates[place].DayNumber - dates[place - 1].DayNumber;
        if (days is < 12 or > 18) return false;
        return (place + 1 < dates.Count && IsMonth(dates[place - 1], dates[place + 1], anchor)) || (place > 1 && IsMonth(dates[place - 2], dates[place], anchor));
    }

    private static bool IsMonth(DateOnly from, DateOnly to, MonthAnchor anchor) => anchor.Back(from, to) == (1, 0);

    private static UnitPeriod Classify(DateOnly from, DateOnly to, MonthAnchor anchor)
    {
        var (months, odd) = anchor.Back(from, to);
        if (odd == 0 && months > 0) return months % 12 == 0 ? new UnitPeriod(UnitPeriodKind.Year, months / 12) : new UnitPeriod(UnitPeriodKind.Month, months);
        var days = to.DayNumber - from.DayNumber;
        return days % 7 == 0 ? new UnitPeriod(UnitPeriodKind.Week, days / 7) : new UnitPeriod(UnitPeriodKind.Day, days);
    }

    private static UnitPeriod AtMostAYear(UnitPeriod period) =>
        period.Kind == UnitPeriodKind.Year || period.Days >= YearDays ? new UnitPeriod(UnitPeriodKind.Year, 1) : period;

    /// <summary>No period occurs twice: the average of all, to the nearest standard interval; of two as near the shorter.</summary>
    private static UnitPeriod Average(List<UnitPeriod> periods)
    {
        var sum = periods.Sum(period => period.Kind == UnitPeriodKind.Year ? (long)YearDays * period.Count : period.Days);
        var candidates = Enumerable.Range(1, 52).Select(weeks => new UnitPeriod(UnitPeriodKind.Week, weeks))
            .Concat(Enumerable.Range(1, 11).Select(months => new UnitPeriod(UnitPeriodKind.Month, months)))
            .Append(new UnitPeriod(UnitPeriodKind.Day, 1))
            .Append(new UnitPeriod(UnitPeriodKind.Semimonth, 1))
            .Append(new UnitPeriod(UnitPeriodKind.Year, 1));
        return candidates.OrderBy(one => Math.Abs(one.Days * (long)periods.Count - sum)).ThenBy(one => one.Days).First();
    }
}
