using System.Collections.Frozen;

namespace CreditGrains.Domain.Loans.Calendars;

/// <summary>Which day is used when a due date is no business day.</summary>
public enum BusinessDayRule
{
    /// <summary>The date as it is.</summary>
    None = 0,

    /// <summary>The next business day.</summary>
    Following = 1,

    /// <summary>The next business day unless it lies in another month: then the one before.</summary>
    ModifiedFollowing = 2,

    /// <summary>The business day before.</summary>
    Preceding = 3,
}

/// <summary>
/// Business days: Monday to Friday without holidays, and the weekend days on which people work to make up for a bridge (调休).
/// Immutable; holds at most <see cref="DaysMax"/> days.
/// </summary>
public sealed class BusinessCalendar
{
    /// <summary>Most holidays and working weekend days together.</summary>
    public const int DaysMax = 100_000;

    /// <summary>How far a due date may be moved.</summary>
    public const int MoveDaysMax = 31;

    private readonly FrozenSet<DateOnly> holidays;
    private readonly FrozenSet<DateOnly> workingWeekends;

    private BusinessCalendar(FrozenSet<DateOnly> holidays, FrozenSet<DateOnly> workingWeekends)
    {
        this.holidays = holidays;
        this.workingWeekends = workingWeekends;
    }

    /// <summary>Days without business besides weekends, in no order.</summary>
    public IReadOnlyCollection<DateOnly> Holidays => holidays;

    /// <summary>Weekend days with business, in no order.</summary>
    public IReadOnlyCollection<DateOnly> WorkingWeekends => workingWeekends;

    /// <summary>Saturdays and Sundays off, nothing else.</summary>
    public static BusinessCalendar WeekendsOnly { get; } = new([], []);

    /// <summary>Makes a calendar.</summary>
    /// <param name="holidays">Days without business; a weekend day may be among them.</param>
    /// <param name="workingWeekends">Saturdays and Sundays with business.</param>
    public static LoanResult<BusinessCalendar> Create(IEnumerable<DateOnly> holidays, IEnumerable<DateOnly> workingWeekends)
    {
        var off = holidays.ToFrozenSet();
        var on = workingWeekends.ToFrozenSet();
        if (off.Count + on.Count > DaysMax) return new LoanRefusal(LoanFault.InvalidCalendar, $"a calendar holds at most {DaysMax} days; give those of the loan's term only");
        foreach (var day in on.Order())
        {
            if (!IsWeekend(day)) return new LoanRefusal(LoanFault.InvalidCalendar, $"{day:yyyy-MM-dd} is no Saturday or Sunday; a working weekend day must be one");
            if (off.Contains(day)) return new LoanRefusal(LoanFault.InvalidCalendar, $"{day:yyyy-MM-dd} is both a holiday and a working weekend day; leave it in one list");
        }

        return new BusinessCalendar(off, on);
    }

    /// <summary>Whether there is business on a day.</summary>
    public bool IsBusinessDay(DateOnly day) => workingWeekends.Contains(day) || (!IsWeekend(day) && !holidays.Contains(day));

    /// <summary>The day on which a date falls by a rule; null when no business day is within <see cref="MoveDaysMax"/> days.</summary>
    public DateOnly? Adjust(DateOnly date, BusinessDayRule rule)
    {
        if (rule == BusinessDayRule.None) return date;
        if (rule == BusinessDayRule.Preceding) return Next(date, -1);
        var following = Next(date, 1);
        if (rule == BusinessDayRule.Following) return following;
        return following is { } day && day.Month == date.Month ? following : Next(date, -1);
    }

    private DateOnly? Next(DateOnly date, int step)
    {
        for (var moved = 0; moved <= MoveDaysMax; moved++, date = date.AddDays(step))
            if (IsBusinessDay(date)) return date;
        return null;
    }

    private static bool IsWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
}
