using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Tranches;

namespace CreditGrains.Cli.Deals;

/// <summary>A deal in one line.</summary>
internal static class DealSummary
{
    public static string Of(DealRun run)
    {
        var last = run.Periods[^1];
        var tranches = run.Terms.Tranches.Select(tranche => One(run, tranche));
        var breached = run.Periods.SelectMany(period => period.Triggers.Where(trigger => trigger.IsBreached).Select(trigger => trigger.Name)).Distinct().ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Terms.Name}: {run.Periods.Count} payment dates, cumulative default {100 * last.CumulativeDefault:F2} %, {string.Join("; ", tranches)}{(breached.Length == 0 ? "" : "; breached: " + string.Join(", ", breached))}{(last.CleanUpProceeds > 0 ? "; called" : "")}");
    }

    private static string One(DealRun run, TrancheTerms tranche)
    {
        var periods = run.Of(tranche.Name).ToArray();
        var life = run.AverageLifeYears(tranche.Name) is { } years ? string.Create(CultureInfo.InvariantCulture, $" average life {years:F2} y, last principal {run.LastPrincipalPeriod(tranche.Name)},") : "";
        long cash = 0;
        foreach (var period in periods) cash += period.Cash;
        var last = periods[^1];
        var missing = last.Closing + last.InterestUnpaid + periods.Sum(period => period.WrittenDown);
        var unpaid = tranche.Kind == TrancheKind.Equity || missing == 0 ? "" : $", unpaid {AmountText.Of(missing, run.Terms.Currency)}";
        return $"{tranche.Name}{life} paid {AmountText.Of(cash, run.Terms.Currency)}{unpaid}";
    }
}
