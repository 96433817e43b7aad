using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Scorecards;

namespace CreditGrains.Risk.Training;

/// <summary>All of a run: cross-validation, then the final models on all rows.</summary>
/// <param name="Plan">What was asked.</param>
/// <param name="Table">The rows.</param>
/// <param name="Scores">Out-of-fold scores of each kind of model.</param>
/// <param name="Scorecard">The final scorecard.</param>
/// <param name="Card">What it was made of.</param>
/// <param name="Trees">The final trees.</param>
public sealed record TrainingRun(TrainingPlan Plan, TrainingTable Table, IReadOnlyList<FoldScores> Scores, Scorecard? Scorecard, WoeScorecard? Card, BoostedTrees? Trees)
{
    /// <summary>Runs a plan; the same plan and rows give the same models.</summary>
    public static TrainingRun Of(TrainingPlan plan, TrainingTable table)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(table);
        var scores = new List<FoldScores>();
        var all = Enumerable.Range(0, table.Rows).ToArray();
        Scorecard? scorecard = null;
        WoeScorecard? card = null;
        BoostedTrees? trees = null;
        if (plan.Scorecard is { } ask)
        {
            scores.Add(FoldScores.Of("scorecard", table, plan.Calibrate, (rows, _) => WoeScorecard.Train(table, rows, ask).LogOdds));
            card = WoeScorecard.Train(table, all, ask);
            scorecard = card.ToScorecard(plan.Name, scores[^1].Scale);
        }

        if (plan.Boosting is { } boosting)
        {
            scores.Add(FoldScores.Of("trees", table, plan.Calibrate, (rows, fold) => BoostedTrees.Train(table, rows, boosting, SeededChance.Mix(plan.Seed, fold + 1)).LogOdds));
            trees = BoostedTrees.Train(table, all, boosting, SeededChance.Mix(plan.Seed, 0)).Calibrated(scores[^1].Scale);
        }

        return new TrainingRun(plan, table, scores, scorecard, card, trees);
    }

    /// <summary>The scorecard as a file; null when there is none.</summary>
    public byte[]? ScorecardFile() => Scorecard is null ? null : ModelFile.Write(Scorecard);

    /// <summary>The trees as ONNX; null when there are none.</summary>
    public byte[]? TreesFile() => Trees is null ? null : OnnxWriter.TreeClassifier(Table.Names, Trees.Ensemble, new Dictionary<string, string> { ["name"] = Plan.Name });
}
