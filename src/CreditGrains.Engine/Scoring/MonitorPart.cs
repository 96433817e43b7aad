using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Risk.Monitoring;

namespace CreditGrains.Engine.Scoring;

/// <summary>Rows of a calendar month by band.</summary>
/// <param name="Month">Year × 12 + month − 1.</param>
/// <param name="Rows">Scored requests.</param>
/// <param name="Counts">For each input, then the score: rows of each band.</param>
internal sealed record MonitorMonth(int Month, long Rows, long[][] Counts);

/// <summary>What one monitor of a model version has: those of the partitions of a cluster are added up.</summary>
/// <param name="Name">The version.</param>
/// <param name="Role">Its role.</param>
/// <param name="Decisions">Decisions it scored or should have.</param>
/// <param name="NotScored">Of these, without a score.</param>
/// <param name="Approved">Of these, approved.</param>
/// <param name="Inputs">Names of its inputs.</param>
/// <param name="Scales">Bands of each input, then the score, from the version's metadata; empty when it has none, for bands of the first rows would differ from part to part.</param>
/// <param name="Months">The newest months that had rows, in order.</param>
/// <param name="Accounts">The newest decision of each account.</param>
internal sealed record MonitorPart(
    VersionName Name, VersionRole Role, long Decisions, long NotScored, long Approved, IReadOnlyList<string> Inputs, IReadOnlyList<DecileBands> Scales, IReadOnlyList<MonitorMonth> Months,
    IReadOnlyList<ScoredDecision> Accounts)
{
    /// <summary>How a version does, of all parts together. Drift is of the newest month over that has enough rows in all parts together, else of the newest; without bands in the metadata there is none.</summary>
    /// <param name="parts">Of the same version, at least one.</param>
    /// <param name="asOf">Up to which day outcomes are known.</param>
    /// <param name="performanceMonths">Months over which the bad event is looked for.</param>
    public static ModelMonitorView Sum(IReadOnlyList<MonitorPart> parts, DateOnly asOf, int performanceMonths)
    {
        var first = parts[0];
        var months = parts.SelectMany(part => part.Months).GroupBy(month => month.Month).OrderBy(month => month.Key).ToArray();
        var shown = months.SkipLast(1).LastOrDefault(month => month.Sum(part => part.Rows) >= DriftScale.RowsMin) ?? months.LastOrDefault();
        var drifts = Enumerable.Range(0, first.Inputs.Count + 1).Select(column => DriftOf(first, column, shown)).ToArray();
        var review = ModelReview.Of([.. parts.SelectMany(part => part.Accounts)], asOf, performanceMonths);
        return ViewOf(first.Name, first.Role, parts.Sum(part => part.Decisions), parts.Sum(part => part.NotScored), parts.Sum(part => part.Approved), drifts, review);
    }

    /// <summary>A view with its alarms.</summary>
    /// <param name="name">The version.</param>
    /// <param name="role">Its role.</param>
    /// <param name="decisions">Decisions.</param>
    /// <param name="notScored">Without a score.</param>
    /// <param name="approved">Approved.</param>
    /// <param name="drifts">Of each input, then the score.</param>
    /// <param name="review">Outcomes.</param>
    public static ModelMonitorView ViewOf(VersionName name, VersionRole role, long decisions, long notScored, long approved, Drift[] drifts, ModelReview review)
    {
        var alarms = drifts.Where(one => one.Level == DriftLevel.Alarm).Select(one => $"{(one.Name.Length == 0 ? "the score" : one.Name)} has drifted: PSI {one.Psi:F3} (alarm from {DriftScale.AlarmFrom})").ToList();
        if (review.IsReviewDue) alarms.Add(review.NewestMatured is { } day ? $"review is due: the newest matured outcome is of {day:yyyy-MM-dd}" : "review is due: there is no matured outcome");
        return new ModelMonitorView(name, role, decisions, notScored, decisions == 0 ? double.NaN : (double)approved / decisions, drifts[^1], drifts[..^1], review, alarms);
    }

    private static Drift DriftOf(MonitorPart first, int column, IGrouping<int, MonitorMonth>? month)
    {
        var label = column < first.Inputs.Count ? first.Inputs[column] : "";
        if (first.Scales.Count == 0 || month is null) return new Drift(label, double.NaN, DriftLevel.TooFew);
        var counts = new long[first.Scales[column].Counts.Length];
        var rows = 0L;
        foreach (var part in month)
        {
            rows += part.Rows;
            for (var band = 0; band < counts.Length; band++) counts[band] += part.Counts[column][band];
        }

        var psi = DriftScale.From(first.Scales[column]).Psi(counts);
        return new Drift(label, psi, DriftScale.LevelOf(psi, rows));
    }
}
