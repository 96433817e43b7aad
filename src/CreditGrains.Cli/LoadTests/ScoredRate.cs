using System.Globalization;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.LoadTests;

/// <summary>The rate that is asked of scored decisions on a large book over ten minutes. A smaller run shows it and is not judged by it.</summary>
internal static class ScoredRate
{
    private const long AccountsAsked = 10_000_000;
    private const double SecondsAsked = 600;
    private const double StreamAsked = 200_000;
    private const double UnaryAsked = 40_000;

    /// <summary>The figure.</summary>
    /// <param name="settings">Population and transport.</param>
    /// <param name="length">Seconds of the run.</param>
    /// <param name="totals">The whole run.</param>
    public static Figure Of(LoadTestSettings settings, double length, LoadTotals totals)
    {
        var isStream = settings.Transport == Transport.Stream;
        var asked = isStream ? StreamAsked : UnaryAsked;
        // What came due within the length; whole decisions, so that the fraction of one that a second cuts off is not missed.
        var sustained = Math.Round(totals.Tally.Completed / length);
        var offered = Math.Round(totals.Offered / length);
        var isJudged = settings.Bench.Shape.Facilities >= AccountsAsked && length >= SecondsAsked;
        var note = !isJudged ? string.Create(CultureInfo.InvariantCulture, $"{asked:N0} are asked with {AccountsAsked:N0} accounts over {SecondsAsked:N0} s")
            : offered < asked ? string.Create(CultureInfo.InvariantCulture, $"{offered:N0} requests/s were offered; offer what is asked by --rate {asked:F0}")
            : "";
        return new Figure(isStream ? "scored stream sustained" : "scored unary sustained", "decisions/s", sustained, isJudged ? Demand.AtLeast : Demand.None, isJudged ? asked : 0, note);
    }
}
