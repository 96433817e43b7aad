using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Apr;

namespace CreditGrains.Cli.Loans;

/// <summary>One published case beside what comes out here.</summary>
/// <param name="Id">Its name in the file.</param>
/// <param name="Published">Percent as printed.</param>
/// <param name="ByUnits">By the times in unit-periods of the file; null when it gives none.</param>
/// <param name="ByDates">By its dates; null when it gives none, or a number of unit-periods a year that dates do not tell.</param>
internal sealed record AprCase(string Id, decimal Published, AprResult? ByUnits, AprResult? ByDates)
{
    /// <summary>Whether every way gives the printed digits.</summary>
    public bool IsEqual => Has(ByUnits) && Has(ByDates) && (ByUnits ?? ByDates) is not null;

    private bool Has(AprResult? result) => result is null || result.PercentRounded(Math.Max(2, (int)Published.Scale)) == Published;
}

/// <summary>Published cases of annual percentage rates (docs/loans.md, "Published cases").</summary>
internal static class AprCases
{
    private static readonly Dictionary<int, string> Intervals = new()
    {
        [1] = "12 months", [2] = "6 months", [4] = "3 months", [6] = "2 months", [12] = "1 month", [13] = "4 weeks", [24] = "semimonth", [26] = "2 weeks", [52] = "1 week", [365] = "1 day",
    };

    public static List<AprCase> Read(JsonAt list) =>
        list.Items().Select(Case).ToList() is { Count: > 0 } cases ? cases : throw CommandFault.Usage("NoCases", "$.cases is empty; write at least one case, docs/loans.md describes them");

    /// <summary>Prints each case; 1 when one differs.</summary>
    public static ExitCode Print(Shell shell, List<AprCase> cases, PrintFormat format)
    {
        var equal = cases.Count(one => one.IsEqual);
        if (format == PrintFormat.Csv) shell.Line($"id,published_percent,by_units_percent,by_dates_percent,equal");
        foreach (var one in cases)
        {
            if (format == PrintFormat.Json) shell.Record(new { one.Id, PublishedPercent = one.Published, ByUnitsPercent = one.ByUnits?.Percent, ByDatesPercent = one.ByDates?.Percent, Equal = one.IsEqual });
            else if (format == PrintFormat.Csv) shell.Line($"{one.Id},{one.Published},{one.ByUnits?.Percent:F6},{one.ByDates?.Percent:F6},{(one.IsEqual ? "true" : "false")}");
        }

        if (format == PrintFormat.Table)
        {
            shell.Table("", ["case", "#published %", "#by units %", "#by dates %", "unit-period", ""], cases.Select(one => new[]
            {
                one.Id, one.Published.ToString(CultureInfo.InvariantCulture), Shown(one.ByUnits), Shown(one.ByDates), one.ByDates?.Unit?.ToString() ?? "", one.IsEqual ? "equal" : "DIFFERS",
            }));
            shell.Line($"{equal} of {cases.Count} cases have the printed digits");
        }

        return equal == cases.Count ? ExitCode.Ok : ExitCode.Differences;
    }

    private static AprCase Case(JsonAt at)
    {
        var id = at.Need("id").Text();
        var published = at.Need("published_apr_pct").Number();
        var payments = at.Need("payments").Items().Select(Cents).ToArray();
        var advance = Cents(at.Need("amount_advanced"));
        var perYear = at.Need("unit_periods_per_year").Number();
        AprResult? byUnits = null, byDates = null;
        if (at.Maybe("whole_units_t") is { } whole)
        {
            var (first, fraction) = (whole.Count(), (double)(at.Maybe("fraction_f")?.Number() ?? 0));
            if (first is < 0 or > LoanTerms.TermDaysMax) throw whole.Bad($"must be 0 to {LoanTerms.TermDaysMax}");
            byUnits = LoanFile.Or(AnnualPercentageRate.Of([new AprUnitFlow(default, advance)], [.. payments.Select((amount, i) => new AprUnitFlow(new UnitTime(first + i, fraction), amount))], (double)perYear));
        }

        if (at.Maybe("advance") is { } start && at.Maybe("first") is { } firstDate && Intervals.TryGetValue(perYear == decimal.Truncate(perYear) && perYear <= 365 ? (int)perYear : 0, out var every))
        {
            var date = firstDate.Date();
            byDates = LoanFile.Or(AnnualPercentageRate.Of([new AprFlow(start.Date(), advance)], [.. payments.Select((amount, i) => new AprFlow(AprFile.Place(firstDate, every, date, date.Day, i), amount))]));
        }

        return new AprCase(id, published, byUnits, byDates);
    }

    private static string Shown(AprResult? result) => result is null ? "" : result.Percent.ToString("F6", CultureInfo.InvariantCulture);

    private static long Cents(JsonAt value)
    {
        var cents = value.Number() * 100;
        return cents == decimal.Truncate(cents) && cents is >= 1 and <= LoanTerms.SumMax ? (long)cents : throw value.Bad("must be an amount above 0 with at most two digits after the point");
    }
}
