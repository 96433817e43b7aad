using System.Collections.Immutable;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Monitoring;

/// <summary>How much a distribution has moved.</summary>
public enum DriftLevel
{
    /// <summary>Fewer rows than <see cref="DriftScale.RowsMin"/> in the period: no judgement.</summary>
    TooFew,

    /// <summary>PSI below 0.1.</summary>
    Stable,

    /// <summary>PSI from 0.1, below 0.25.</summary>
    Watch,

    /// <summary>PSI of 0.25 or more.</summary>
    Alarm,
}

/// <summary>
/// Bands of one score or feature by the deciles of its development rows, with a band for missing values, and their shares then. Population stability index: Σ (share now − share then) · ln(share now ÷ share then)
/// (Siddiqi, "Credit Risk Scorecards", ch. 9); a share of 0 counts as half a row, so that PSI stays finite.
/// </summary>
public sealed class DriftScale
{
    /// <summary>Least rows of a period for a judgement.</summary>
    public const int RowsMin = 500;

    /// <summary>From here on: watch.</summary>
    public const double WatchFrom = 0.1;

    /// <summary>From here on: alarm.</summary>
    public const double AlarmFrom = 0.25;

    private readonly double[] uppers;
    private readonly long[] development;

    private DriftScale(double[] uppers, long[] development) => (this.uppers, this.development) = (uppers, development);

    /// <summary>Largest value of each band but the last; the last is open.</summary>
    public ImmutableArray<double> Uppers => [.. uppers];

    /// <summary>Number of bands, with that of missing values, which is the last.</summary>
    public int Bands => development.Length;

    /// <summary>Cuts development values into deciles; equal values stay together, so there may be fewer bands.</summary>
    /// <exception cref="ModelFault">Fewer than <see cref="RowsMin"/> values.</exception>
    public static DriftScale Of(ReadOnlySpan<double> values)
    {
        if (values.Length < RowsMin) throw new ModelFault("TooFewRows", $"{values.Length} development rows are given; {RowsMin} are needed");
        var known = values.ToArray().Where(value => !double.IsNaN(value)).Order().ToArray();
        var uppers = new List<double>();
        for (var decile = 1; decile < 10 && known.Length > 0; decile++)
        {
            var upper = known[Math.Max(0, (int)((long)decile * known.Length / 10) - 1)];
            if (upper < known[^1] && (uppers.Count == 0 || upper > uppers[^1])) uppers.Add(upper);
        }

        var scale = new DriftScale([.. uppers], new long[uppers.Count + 2]);
        foreach (var value in values) scale.development[scale.BandOf(value)]++;
        return scale;
    }

    /// <summary>Whether bands that were written make a scale: bounds that rise, and a count for each band.</summary>
    public static bool Fits(DecileBands bands)
    {
        ArgumentNullException.ThrowIfNull(bands);
        if (bands.Uppers is null || bands.Counts is null || bands.Counts.Length != bands.Uppers.Length + 2 || bands.Counts.Any(count => count < 0) || bands.Counts.Sum() < RowsMin) return false;
        for (var i = 1; i < bands.Uppers.Length; i++)
            if (!(bands.Uppers[i] > bands.Uppers[i - 1])) return false;
        return bands.Uppers.All(double.IsFinite);
    }

    /// <summary>The scale of bands that fit.</summary>
    public static DriftScale From(DecileBands bands)
    {
        ArgumentNullException.ThrowIfNull(bands);
        return new DriftScale([.. bands.Uppers], [.. bands.Counts]);
    }

    /// <summary>Its bounds and development counts.</summary>
    public DecileBands ToBands() => new([.. uppers], [.. development]);

    /// <summary>The band of a value; NaN has the last.</summary>
    public int BandOf(double value)
    {
        if (double.IsNaN(value)) return development.Length - 1;
        var at = Array.BinarySearch(uppers, value);
        return at >= 0 ? at : ~at;
    }

    /// <summary>PSI of counts of a period by band; NaN when the period has no row.</summary>
    /// <exception cref="ArgumentException">Not one count for each band.</exception>
    public double Psi(ReadOnlySpan<long> counts)
    {
        if (counts.Length != development.Length) throw new ArgumentException($"{counts.Length} counts are given for {development.Length} bands", nameof(counts));
        double now = 0, then = 0, psi = 0;
        for (var band = 0; band < counts.Length; band++) (now, then) = (now + counts[band], then + development[band]);
        if (now == 0) return double.NaN;
        for (var band = 0; band < counts.Length; band++)
        {
            if (counts[band] == 0 && development[band] == 0) continue;
            var (a, b) = (Math.Max(0.5, counts[band]) / now, Math.Max(0.5, development[band]) / then);
            psi += (a - b) * Math.Log(a / b);
        }

        return psi;
    }

    /// <summary>What a PSI over so many rows says.</summary>
    public static DriftLevel LevelOf(double psi, long rows) => rows < RowsMin ? DriftLevel.TooFew : psi >= AlarmFrom ? DriftLevel.Alarm : psi >= WatchFrom ? DriftLevel.Watch : DriftLevel.Stable;
}
