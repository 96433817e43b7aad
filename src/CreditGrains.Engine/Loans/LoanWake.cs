using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Engine.Loans;

/// <summary>
/// The next day on which something happens to a loan by time alone: its next instalment falls due, or its days past due pass an edge: the end of the days of
/// grace, of a bucket, of a class, of recognised interest. In between days are counted when somebody looks.
/// </summary>
internal static class LoanWake
{
    /// <summary>The day; null when there is none.</summary>
    /// <param name="standing">The loan.</param>
    /// <param name="account">The same, with its next instalment if one is to come.</param>
    /// <param name="product">Its edges.</param>
    public static DateOnly? Next(LoanStanding standing, LoanAccount account, LoanProduct product)
    {
        DateOnly? next = account.Upcoming.IsEmpty ? null : account.Upcoming[0].Due;
        foreach (var due in standing.Dues)
        {
            if (!due.Ages) continue;
            if (NextEdge(product, due.DaysLate, standing.AsOf) is { } days && Reached(standing, days - due.DaysLate) is { } day && (next is null || day < next)) next = day;
            break;
        }
        return next;
    }

    /// <summary>The fewest days late, above those now, at which bucket, class, grace or recognition may change.</summary>
    private static int? NextEdge(LoanProduct product, int daysLate, DateOnly asOf)
    {
        int? next = null;
        void Consider(int days)
        {
            if (days > daysLate && (next is null || days < next)) next = days;
        }

        Consider(product.Overdue.GraceDays + 1);
        if (daysLate <= product.Overdue.GraceDays) return next;
        Consider(product.Overdue.NonAccrualFromDays);
        foreach (var edge in product.Buckets.LastDays) Consider(edge + 1);
        var row = product.Classes.Rows[0];
        foreach (var later in product.Classes.Rows)
            if (later.From <= asOf) row = later;
        Consider(row.SpecialMention);
        Consider(row.Substandard);
        Consider(row.Doubtful);
        Consider(row.Loss);
        return next;
    }

    /// <summary>The day on which so many more days are counted.</summary>
    private static DateOnly? Reached(LoanStanding standing, int more)
    {
        var day = standing.AsOf;
        foreach (var span in standing.Frozen)
        {
            if (span.Until <= day) continue;
            var free = Math.Max(0, span.After.DayNumber - day.DayNumber);
            if (more <= free) break;
            more -= free;
            day = span.Until;
        }
        return day.DayNumber <= DateOnly.MaxValue.DayNumber - more ? day.AddDays(more) : null;
    }
}
