using System.Collections.Immutable;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Training;

namespace CreditGrains.Risk.Monitoring;

/// <summary>One decision that a model took part in, and what became of it.</summary>
/// <param name="Probability">Of the bad event, as scored then; NaN when it was not scored.</param>
/// <param name="IsApproved">Whether it was approved.</param>
/// <param name="DecidedAt">Day of the decision.</param>
/// <param name="IsBad">The outcome; null while none is known.</param>
public readonly record struct ScoredDecision(double Probability, bool IsApproved, DateOnly DecidedAt, bool? IsBad);

/// <summary>A band of probabilities: what was foretold and what came.</summary>
/// <param name="Rows">Matured accounts.</param>
/// <param name="Predicted">Their mean probability.</param>
/// <param name="Observed">Their bad rate.</param>
public readonly record struct CalibrationBand(int Rows, double Predicted, double Observed);

/// <summary>How a model does in a period. Outcomes count only where the performance window is over and the account was approved: others have none that was seen.</summary>
public sealed record ModelReview
{
    /// <summary>Default of how old the newest matured outcome may be.</summary>
    public const int ReviewDays = 90;

    /// <summary>Decisions in the period.</summary>
    public required int Decisions { get; init; }

    /// <summary>Of these, not scored.</summary>
    public required int NotScored { get; init; }

    /// <summary>Approved ÷ decisions; NaN without decisions.</summary>
    public required double ApprovalRatio { get; init; }

    /// <summary>AUC, KS, Gini and Brier of matured accounts; null when there are only goods, only bads or none.</summary>
    public required Measures? Outcome { get; init; }

    /// <summary>Bads ÷ matured accounts; NaN without any.</summary>
    public required double BadRatio { get; init; }

    /// <summary>Ten bands by probability, lowest first, fewer when accounts are few.</summary>
    public required ImmutableArray<CalibrationBand> Calibration { get; init; }

    /// <summary>Day on which the newest outcome matured; null without any.</summary>
    public required DateOnly? NewestMatured { get; init; }

    /// <summary>Whether the newest matured outcome is older than the review period, or there is none.</summary>
    public required bool IsReviewDue { get; init; }

    /// <summary>Looks at decisions as of a day.</summary>
    /// <param name="decisions">Decisions of one model version.</param>
    /// <param name="asOf">The day up to which outcomes are known.</param>
    /// <param name="performanceMonths">Months over which the bad event is looked for, 1 to 120.</param>
    /// <param name="reviewDays">How old the newest matured outcome may be, in days.</param>
    /// <exception cref="ModelFault">A parameter is out of range, or a probability is not one.</exception>
    public static ModelReview Of(IReadOnlyList<ScoredDecision> decisions, DateOnly asOf, int performanceMonths, int reviewDays = ReviewDays)
    {
        ArgumentNullException.ThrowIfNull(decisions);
        if (performanceMonths is < 1 or > 120) throw new ModelFault("BadReview", $"performanceMonths is {performanceMonths}; give 1 to 120");
        if (reviewDays < 1) throw new ModelFault("BadReview", $"reviewDays is {reviewDays}; give 1 or more");
        if (decisions.Any(one => one.Probability is < 0 or > 1)) throw new ModelFault("BadReview", "a probability lies outside 0 to 1; give probabilities of the bad event, not points");
        var scored = decisions.Where(one => !double.IsNaN(one.Probability)).ToArray();
        var matured = scored.Where(one => one.IsApproved && one.IsBad is not null && one.DecidedAt.AddMonths(performanceMonths) <= asOf).OrderBy(one => one.Probability).ToArray();
        var bads = Array.ConvertAll(matured, one => one.IsBad!.Value);
        DateOnly? newest = matured.Length == 0 ? null : matured.Max(one => one.DecidedAt).AddMonths(performanceMonths);
        var bands = ImmutableArray.CreateBuilder<CalibrationBand>();
        for (var band = 0; band < 10; band++)
        {
            var part = matured[(int)(band * (long)matured.Length / 10)..(int)((band + 1L) * matured.Length / 10)];
            if (part.Length > 0) bands.Add(new CalibrationBand(part.Length, part.Average(one => one.Probability), part.Average(one => one.IsBad == true ? 1.0 : 0)));
        }

        return new ModelReview
        {
            Decisions = decisions.Count,
            NotScored = decisions.Count - scored.Length,
            ApprovalRatio = decisions.Count == 0 ? double.NaN : decisions.Average(one => one.IsApproved ? 1.0 : 0),
            Outcome = bads.Contains(true) && bads.Contains(false) ? Measures.Of(Array.ConvertAll(matured, one => one.Probability), bads) : null,
            BadRatio = bads.Length == 0 ? double.NaN : bads.Average(bad => bad ? 1.0 : 0),
            Calibration = bands.ToImmutable(),
            NewestMatured = newest,
            IsReviewDue = newest is not { } day || asOf.DayNumber - day.DayNumber > reviewDays,
        };
    }
}
