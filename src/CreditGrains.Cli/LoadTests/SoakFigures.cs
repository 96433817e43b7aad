using System.Globalization;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.LoadTests;

/// <summary>Whether memory stays flat over a long run, and whether the run was long.</summary>
internal static class SoakFigures
{
    private const double MinutesAsked = 30;
    private const double GrowthPercentMax = 1;
    private const double ResidentGiBMax = 8;

    /// <summary>The figures.</summary>
    /// <param name="seconds">One at least.</param>
    public static IEnumerable<Figure> Of(IReadOnlyList<LoadSecond> seconds)
    {
        var seen = seconds.Select(second => second.ResidentGiB).Where(double.IsFinite).ToList();
        var why = seen.Count == seconds.Count ? "" : string.Create(CultureInfo.InvariantCulture, $"seen in {seen.Count} of {seconds.Count} seconds; it is seen of a server that is started here and runs");
        yield return new Figure("resident memory, most in the run", "GiB", seen.Count == 0 ? double.NaN : seen.Max(), Demand.AtMost, ResidentGiBMax, why);
        yield return Growth(seconds, why);
        var minutes = Math.Round(seconds[^1].AtSeconds / 60, 2);
        yield return new Figure("length of the soak", "min", minutes, Demand.AtLeast, MinutesAsked, minutes < MinutesAsked ? "shorter than asked" : "");
    }

    /// <summary>From the tenth of the run after its middle to its last tenth, medians.</summary>
    private static Figure Growth(IReadOnlyList<LoadSecond> seconds, string why)
    {
        const string name = "growth of resident memory over the last half";
        var tenth = Math.Max(1, seconds.Count / 10);
        var middle = Median(seconds.Skip(seconds.Count / 2).Take(tenth));
        var end = Median(seconds.TakeLast(tenth));
        return double.IsNaN(middle + end)
            ? Figure.Missing(name, "%", Demand.AtMost, GrowthPercentMax, why)
            : new Figure(name, "%", (end - middle) / middle * 100, Demand.AtMost, GrowthPercentMax, string.Create(CultureInfo.InvariantCulture, $"from {middle:F2} to {end:F2} GiB"));
    }

    /// <summary>NaN where a second was not seen.</summary>
    private static double Median(IEnumerable<LoadSecond> seconds)
    {
        var sorted = seconds.Select(second => second.ResidentGiB).Order().ToList();
        return double.IsNaN(sorted[0]) ? double.NaN : sorted[sorted.Count / 2];
    }
}
