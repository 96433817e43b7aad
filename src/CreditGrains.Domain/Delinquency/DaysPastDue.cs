namespace CreditGrains.Domain.Delinquency;

/// <summary>Whole days since the oldest unpaid due date. Days of a payment holiday do not count; spans do not overlap.</summary>
public static class DaysPastDue
{
    /// <summary>Days past due on a date.</summary>
    /// <param name="oldestUnpaid">The oldest due date with something unpaid; null when there is none.</param>
    /// <param name="asOf">The business date.</param>
    /// <param name="graceDays">Days after the due date within which nothing is late; after them all days count.</param>
    /// <param name="frozen">Days that do not count.</param>
    /// <returns>0 or more.</returns>
    public static int Of(DateOnly? oldestUnpaid, DateOnly asOf, int graceDays, ReadOnlySpan<FrozenSpan> frozen)
    {
        if (oldestUnpaid is not { } due) return 0;
        var days = Counted(due, asOf, frozen);
        return days <= graceDays ? 0 : days;
    }

    /// <summary>Days after one date up to another that count.</summary>
    public static int Counted(DateOnly after, DateOnly until, ReadOnlySpan<FrozenSpan> frozen)
    {
        var days = Math.Max(0, until.DayNumber - after.DayNumber);
        foreach (var span in frozen) days -= span.DaysWithin(after, until);
        return days;
    }
}
