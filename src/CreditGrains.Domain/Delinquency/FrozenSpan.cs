namespace CreditGrains.Domain.Delinquency;

/// <summary>Days that do not count for ageing: a payment holiday. The day after <paramref name="After"/> is its first, <paramref name="Until"/> its last.</summary>
/// <param name="After">The day before the first.</param>
/// <param name="Until">The last day.</param>
public readonly record struct FrozenSpan(DateOnly After, DateOnly Until)
{
    /// <summary>How many days of the span lie after one date and up to another.</summary>
    public int DaysWithin(DateOnly after, DateOnly until)
    {
        var from = after > After ? after : After;
        var to = until < Until ? until : Until;
        return Math.Max(0, to.DayNumber - from.DayNumber);
    }
}
