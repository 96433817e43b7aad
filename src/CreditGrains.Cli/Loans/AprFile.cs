using System.Collections.Immutable;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Apr;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Schedules;

namespace CreditGrains.Cli.Loans;

/// <summary>The rate of a file: of loan terms, of dated advances and payments, or of such in unit-periods (docs/loans.md, "The rate file").</summary>
internal static class AprFile
{
    private const int CountMax = AnnualPercentageRate.FlowsMax;

    /// <exception cref="CommandFault">The file is none of these, or has no rate.</exception>
    public static AprResult Read(JsonAt file)
    {
        if (!file.IsObject) throw file.Bad("must be an object { … }");
        if (file.Maybe("advances") is null) return OfLoan(LoanFile.Or(ScheduleBuilder.Build(LoanFile.Terms(file))));
        file.Only("currency", "amounts", "start", "unitPeriodsPerYear", "advances", "payments");
        var amounts = Amounts.Of(file);
        if (file.Maybe("unitPeriodsPerYear") is { } perYear)
        {
            if (file.Maybe("start") is { } start) throw start.Bad("does not go with unitPeriodsPerYear: times count from the start");
            return LoanFile.Or(AnnualPercentageRate.Of(UnitFlows(file.Need("advances"), amounts), UnitFlows(file.Need("payments"), amounts), (double)perYear.Number()));
        }

        return LoanFile.Or(AnnualPercentageRate.Of(Flows(file.Need("advances"), amounts), Flows(file.Need("payments"), amounts), file.Maybe("start")?.Date()));
    }

    /// <summary>The rate of a schedule: what is paid out less finance charges, and instalments with fees that are finance charges.</summary>
    public static AprResult OfLoan(LoanSchedule schedule)
    {
        var terms = schedule.Terms;
        var charges = terms.Fees.Where(fee => fee.IsFinanceCharge).ToImmutableArray();
        var counted = LoanFile.Or(ScheduleBuilder.Build(terms with { Fees = charges }));
        return LoanFile.Or(AnnualPercentageRate.Of(
            [new AprFlow(terms.Drawdown, counted.PaidOut)], [.. counted.Instalments.Where(one => one.Total > 0).Select(one => new AprFlow(one.UnadjustedDue, one.Total))]));
    }

    private static List<AprFlow> Flows(JsonAt list, Amounts amounts)
    {
        var flows = new List<AprFlow>();
        foreach (var at in list.Items())
        {
            at.Only("date", "amount", "count", "every", "dueDay");
            var first = at.Need("date").Date();
            var amount = amounts.Read(at.Need("amount"));
            var every = at.Maybe("every") is { } text ? text : (JsonAt?)null;
            var dueDay = at.Maybe("dueDay")?.Count() ?? first.Day;
            if (dueDay is < 1 or > 31) throw at.Bad("has a dueDay that must be 1 to 31");
            foreach (var i in Places(at, flows.Count))
                flows.Add(new AprFlow(every is { } step ? Place(step, step.Text(), first, dueDay, i) : i == 0 ? first : throw at.Bad("must say every how long its count comes"), amount));
        }

        return flows;
    }

    /// <summary>The date a number of intervals after the first.</summary>
    /// <param name="at">Where the file says so, for a fault.</param>
    /// <param name="every">An interval, or "semimonth".</param>
    /// <param name="first">The first date.</param>
    /// <param name="dueDay">The day of the month to come back to.</param>
    /// <param name="place">How many intervals, 0 or more.</param>
    public static DateOnly Place(JsonAt at, string every, DateOnly first, int dueDay, int place)
    {
        // Half months: the same two days of each month.
        if (every == "semimonth")
        {
            if (first.Day > 15) throw at.Bad("must start on one of the first fifteen days of a month");
            var month = PaymentInterval.Monthly.After(first, first.Day, place / 2);
            return place % 2 == 0 ? month : new DateOnly(month.Year, month.Month, Math.Min(month.Day + 15, DateTime.DaysInMonth(month.Year, month.Month)));
        }

        var interval = LoanWords.Interval(at, every);
        if (place * interval.DaysMin > LoanTerms.TermDaysMax) throw at.Bad("must not reach over a hundred years");
        return interval.After(first, dueDay, place);
    }

    private static List<AprUnitFlow> UnitFlows(JsonAt list, Amounts amounts)
    {
        var flows = new List<AprUnitFlow>();
        foreach (var at in list.Items())
        {
            at.Only("whole", "fraction", "amount", "count");
            var whole = at.Need("whole").Count();
            if (whole is < 0 or > LoanTerms.TermDaysMax) throw at.Bad($"has a whole that must be 0 to {LoanTerms.TermDaysMax}");
            var fraction = (double)(at.Maybe("fraction")?.Number() ?? 0);
            var amount = amounts.Read(at.Need("amount"));
            foreach (var i in Places(at, flows.Count)) flows.Add(new AprUnitFlow(new UnitTime(whole + i, fraction), amount));
        }

        return flows;
    }

    private static IEnumerable<int> Places(JsonAt at, int before)
    {
        var count = at.Maybe("count")?.Count() ?? 1;
        return count >= 1 && count <= CountMax - before ? Enumerable.Range(0, count) : throw at.Bad($"has a count that must be 1 or more, {CountMax} in all");
    }
}
