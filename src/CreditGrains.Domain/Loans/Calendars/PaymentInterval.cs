namespace CreditGrains.Domain.Loans.Calendars;

/// <summary>The unit of a payment interval.</summary>
public enum IntervalUnit
{
    /// <summary>Calendar months.</summary>
    Months = 0,

    /// <summary>Seven days.</summary>
    Weeks = 1,

    /// <summary>Days.</summary>
    Days = 2,
}

/// <summary>The time from one due date to the next. The default value is not valid.</summary>
/// <param name="Count">1 to 120 months, 520 weeks or 3,660 days.</param>
/// <param name="Unit">The unit.</param>
public readonly record struct PaymentInterval(int Count, IntervalUnit Unit)
{
    /// <summary>Every month.</summary>
    public static readonly PaymentInterval Monthly = new(1, IntervalUnit.Months);

    /// <summary>Every three months.</summary>
    public static readonly PaymentInterval Quarterly = new(3, IntervalUnit.Months);

    /// <summary>Whether the count is within its range.</summary>
    public bool IsValid => Count >= 1 && Count <= Unit switch { IntervalUnit.Months => 120, IntervalUnit.Weeks => 520, IntervalUnit.Days => 3_660, _ => 0 };

    /// <summary>Days of an interval at least: months of 28.</summary>
    public long DaysMin => Unit switch { IntervalUnit.Months => 28L * Count, IntervalUnit.Weeks => 7L * Count, _ => Count };

    /// <summary>Days of an interval at most: months of 31.</summary>
    public long DaysMax => Unit switch { IntervalUnit.Months => 31L * Count, IntervalUnit.Weeks => 7L * Count, _ => Count };

    /// <summary>
    /// The date a number of intervals after another. In months it falls on the due day, or on the last day of a month that has no such day,
    /// and comes back to the due day after it.
    /// </summary>
    /// <param name="first">The first date.</param>
    /// <param name="dueDay">Day of the month, 1 to 31, in months only.</param>
    /// <param name="times">How many intervals; 0 gives the first date.</param>
    public DateOnly After(DateOnly first, int dueDay, int times)
    {
        if (times == 0) return first;
        if (Unit == IntervalUnit.Weeks) return first.AddDays(7 * Count * times);
        if (Unit == IntervalUnit.Days) return first.AddDays(Count * times);
        var (firstYear, firstMonth, _) = first;
        var months = firstYear * 12 + (firstMonth - 1) + Count * times;
        var (year, month) = (months / 12, months % 12 + 1);
        return new DateOnly(year, month, Math.Min(dueDay, DateTime.DaysInMonth(year, month)));
    }
}
