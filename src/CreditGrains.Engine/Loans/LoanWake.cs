using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Engine.Loans;

/// <summary>
/// The next day on which something happens to a loan by time alone: its next instalment falls due, its days past due pass an edge (the end of the days of grace, of a
/// bucket, of a class, of recognised interest, the begin of an observation), or a later row of its product's classes comes into force. What would change nothing is none. In
/// between days are counted when somebody looks.
/// </summary>
internal static class LoanWake
{
    private const int YearsMax = 200;

    /// <summary>The day; null when there is none.</summary>
    /// <param name="standing">The loan.</param>
    /// <param name="terms">Its terms.</param>
    /// <param name="nextDue">When its next instalment falls due; null when none is to come.</param>
    /// <param name="product">Its edges.</param>
    public static DateOnly? Next(LoanStanding standing, LoanTerms terms, DateOnly? nextDue, LoanProduct product)
    {
        if (product.Overdue.ChargesAtMonthEnd)
            foreach (var due in standing.Dues) nextDue = Sooner(nextDue, NextCharge(terms, due, standing.AsOf, standing.Frozen.AsSpan()));
        foreach (var due in standing.Dues)
            if (due.Ages) return Next(standing.AsOf, due.DaysLate, standing.Frozen.AsSpan(), nextDue, product, LoanSettled.Of(standing));
        // With nothing overdue an observation ends by itself.
        return standing.HeldUntil is { } until && until < Observation.UntilCured && until >= standing.AsOf ? Sooner(nextDue, until.AddDays(1)) : nextDue;
    }

    /// <summary>The earlier of two days; either may be none.</summary>
    public static DateOnly? Sooner(DateOnly? one, DateOnly? other) => one is null || other < one ? other ?? one : one;

    /// <summary>The first month end after a date at which an unpaid instalment is charged interest for lateness; null when none grows on it.</summary>
    public static DateOnly? NextCharge(LoanTerms terms, DueInstalment due, DateOnly asOf, ReadOnlySpan<FrozenSpan> frozen)
    {
        if (!due.AwaitsCharge(terms)) return null;
        // Within the days of grace nothing is charged, and in a holiday nothing grows. At most a holiday of ten years may hold it up.
        for (var end = MonthEnds.After(asOf); end.Year <= Math.Min(asOf.Year + YearsMax, DateOnly.MaxValue.Year - 1); end = MonthEnds.After(end))
            if (DaysPastDue.Counted(asOf, end, frozen) is var days && due.DaysLate + days > terms.Overdue.GraceDays && (days > 0 || due.HasUncharged(terms))) return end;
        return null;
    }

    /// <summary>The day, of a loan that is late.</summary>
    /// <param name="asOf">The date to which it is counted.</param>
    /// <param name="daysLate">Days counted since its oldest unpaid date.</param>
    /// <param name="frozen">Days that do not count.</param>
    /// <param name="nextDue">When its next instalment falls due; null when none is to come.</param>
    /// <param name="product">Its edges.</param>
    /// <param name="settled">What edges would begin and has begun: those are of no consequence.</param>
    public static DateOnly? Next(DateOnly asOf, int daysLate, ReadOnlySpan<FrozenSpan> frozen, DateOnly? nextDue, LoanProduct product, LoanSettled settled)
    {
        var next = NextEdge(product, daysLate, settled) is { } days ? Sooner(nextDue, Reached(asOf, frozen, days - daysLate)) : nextDue;
        // Within the days of grace the class is that of no days in any row.
        return product.Classes.Rows.Length == 1 || daysLate <= product.Overdue.GraceDays ? next : Sooner(next, NextClass(asOf, daysLate, frozen, product.Classes, settled.ClassBest));
    }

    /// <summary>The fewest days late, above those now, at which bucket, grace, recognition, observation, or a class that does not depend on the date changes.</summary>
    private static int? NextEdge(LoanProduct product, int daysLate, LoanSettled settled)
    {
        var next = new FewestDays(daysLate);
        next.Consider(product.Overdue.GraceDays + 1);
        if (daysLate <= product.Overdue.GraceDays) return next.Days;
        if (!settled.IsNonAccrual) next.Consider(product.Overdue.NonAccrualFromDays);
        if (!settled.IsHeld && product.Overdue.Observation is { } observation) next.Consider(observation.FromDays);
        foreach (var edge in product.Buckets.LastDays) next.Consider(edge + 1);
        if (product.Classes.Rows.Length == 1) next.Consider(product.Classes.Rows[0], settled.ClassBest);
        return next.Days;
    }

    /// <summary>The first day after a date on which a late loan has another class than on it: by its days late, or because another row is in force.</summary>
    private static DateOnly? NextClass(DateOnly asOf, int daysLate, ReadOnlySpan<FrozenSpan> frozen, ClassificationTable table, Classification best)
    {
        var rows = table.Rows;
        var place = 0;
        while (place + 1 < rows.Length && rows[place + 1].From <= asOf) place++;
        var (since, late, now) = (asOf, daysLate, Classifications.Worse(rows[place].Of(daysLate), best));
        while (true)
        {
            var until = place + 1 < rows.Length ? rows[place + 1].From : (DateOnly?)null;
            var edge = new FewestDays(late);
            edge.Consider(rows[place], best);
            if (edge.Days is { } days && Reached(since, frozen, days - late) is { } day && (until is null || day < until)) return day;
            if (until is not { } begin) return null;
            late += DaysPastDue.Counted(since, begin, frozen);
            since = begin;
            if (Classifications.Worse(rows[++place].Of(late), best) != now) return begin;
        }
    }

    /// <summary>The fewest of some days late that are above those now.</summary>
    private struct FewestDays(int daysLate)
    {
        /// <summary>Null when none is above.</summary>
        public int? Days { get; private set; }

        public void Consider(int days)
        {
            if (days > daysLate && (Days is null || days < Days)) Days = days;
        }

        /// <summary>The days of the classes of a row that are worse than one.</summary>
        public void Consider(in ClassificationRow row, Classification best)
        {
            if (best < Classification.SpecialMention) Consider(row.SpecialMention);
            if (best < Classification.Substandard) Consider(row.Substandard);
            if (best < Classification.Doubtful) Consider(row.Doubtful);
            if (best < Classification.Loss) Consider(row.Loss);
        }
    }

    /// <summary>The day on which so many more days are counted.</summary>
    private static DateOnly? Reached(DateOnly asOf, ReadOnlySpan<FrozenSpan> frozen, int more)
    {
        var day = asOf;
        foreach (var span in frozen)
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

/// <summary>
/// What stays with a late loan until nothing is overdue, or longer, although its days late may fall when the oldest instalment is paid and pass the same edges again.
/// </summary>
/// <param name="IsNonAccrual">Whether its interest is not recognised.</param>
/// <param name="IsHeld">Whether its class is held for an observation.</param>
/// <param name="ClassBest">The class it is at best.</param>
internal readonly record struct LoanSettled(bool IsNonAccrual, bool IsHeld, Classification ClassBest)
{
    /// <summary>Of a standing.</summary>
    public static LoanSettled Of(LoanStanding standing) => Of(standing.NonAccrualSince is not null, standing.HeldUntil is not null, standing.ClassificationBest);

    /// <summary>Of a loan as its row has it.</summary>
    public static LoanSettled Of(in LoanRow loan) => Of(loan.NonAccrualSince != 0, loan.HeldUntil != 0, (Classification)loan.ClassBest);

    private static LoanSettled Of(bool isNonAccrual, bool isHeld, Classification best) => new(isNonAccrual, isHeld, isHeld ? Classifications.Worse(best, Classification.Substandard) : best);
}
