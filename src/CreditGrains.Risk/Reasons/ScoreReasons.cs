using System.Collections.Immutable;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Scorecards;

namespace CreditGrains.Risk.Reasons;

/// <summary>With whom a scorecard's applicant is compared (Regulation B, 12 CFR 1002.9 comment 9(b)(2)-5, allows either).</summary>
public enum ReasonBasis
{
    /// <summary>Applicants whose score was at or just above the cut-off.</summary>
    AtCutoff,

    /// <summary>All applicants.</summary>
    AllApplicants,
}

/// <summary>One factor of a decline by score.</summary>
/// <param name="Input">The input that it is about.</param>
/// <param name="Text">Code and words.</param>
/// <param name="Weight">How much worse than the comparison: points lost, or log-odds of bad added. Above 0.</param>
public sealed record ScoreReason(string Input, ReasonText Text, double Weight);

/// <summary>The factors of a decline by score, the heaviest first: at most four, each counted against the applicant, none that was not scored.</summary>
public static class ScoreReasons
{
    /// <summary>More than four reasons tell an applicant little (comment 9(b)(2)-1).</summary>
    public const int CountMax = 4;

    /// <summary>Factors of a scorecard: its characteristics by how far their points lie below the average.</summary>
    /// <exception cref="ModelFault">A characteristic lacks the average that is asked for.</exception>
    public static ImmutableArray<ScoreReason> Of(Scorecard card, ReadOnlySpan<double> row, ReasonCatalogue catalogue, ReasonBasis basis = ReasonBasis.AtCutoff)
    {
        ArgumentNullException.ThrowIfNull(card);
        if (row.Length != card.Inputs.Length) throw new ArgumentException($"the row has {row.Length} numbers, the scorecard {card.Inputs.Length} inputs", nameof(row));
        Span<double> below = row.Length <= 512 ? stackalloc double[row.Length] : new double[row.Length];
        for (var i = 0; i < row.Length; i++)
        {
            var one = card.Characteristics[i];
            var average = (basis == ReasonBasis.AtCutoff ? one.CutoffAverage : one.AllAverage)
                ?? throw new ModelFault("NoBackground", $"characteristic '{one.Input}' has no {(basis == ReasonBasis.AtCutoff ? "cutoffAverage" : "allAverage")}; write the averages into the scorecard");
            below[i] = average - card.PointsOf(i, row[i]);
        }

        return Heaviest(card, below, catalogue);
    }

    /// <summary>Factors of trees: what moved the log-odds of the bad event up from the background's mean.</summary>
    /// <param name="inputs">Names of the features.</param>
    /// <param name="contributions">Of each feature, as <see cref="TreeExplainer.Explain"/> gives them.</param>
    /// <param name="catalogue">The words.</param>
    public static ImmutableArray<ScoreReason> Of(CompiledModel inputs, ReadOnlySpan<double> contributions, ReasonCatalogue catalogue)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (contributions.Length != inputs.Inputs.Length) throw new ArgumentException($"{contributions.Length} contributions for {inputs.Inputs.Length} inputs", nameof(contributions));
        return Heaviest(inputs, contributions, catalogue);
    }

    private static ImmutableArray<ScoreReason> Heaviest(CompiledModel model, ReadOnlySpan<double> weights, ReasonCatalogue catalogue)
    {
        ArgumentNullException.ThrowIfNull(catalogue);
        var all = new List<ScoreReason>();
        for (var i = 0; i < weights.Length; i++)
            if (weights[i] > 0 && double.IsFinite(weights[i])) all.Add(new ScoreReason(model.Inputs[i].Name, catalogue.Of(model.Inputs[i].Name), weights[i]));
        // Inputs that share a text are one reason of their weights together; equal weights stand in the order of the model's inputs.
        return [.. all.GroupBy(reason => reason.Text.Code, StringComparer.Ordinal)
            .Select(group => group.MaxBy(reason => reason.Weight)! with { Weight = group.Sum(reason => reason.Weight) })
            .OrderByDescending(reason => reason.Weight).Take(CountMax)];
    }
}
