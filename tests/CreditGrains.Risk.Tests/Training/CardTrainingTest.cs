using CreditGrains.Risk.Models;
using CreditGrains.Risk.Training;

namespace CreditGrains.Risk.Tests.Training;

/// <summary>The committed training file on the real cards, and on a made-up twin with the same columns.</summary>
public sealed class CardTrainingTest
{
    [UciFact]
    public void Cards_FiveFoldsById_ReachWhatIsAsked()
    {
        var lines = File.ReadAllLines(UciFactAttribute.File!);
        var plan = TrainingPlan.Read(File.ReadAllBytes(UciFactAttribute.Plan));
        var run = TrainingRun.Of(plan, TrainingRows.Read(plan, lines[0].Split(','), lines.Skip(1).Select(line => line.Split(','))));
        var (card, trees) = (run.Scores.Single(one => one.Kind == "scorecard").Out, run.Scores.Single(one => one.Kind == "trees").Out);
        Assert.Equal(30_000, card.Rows);
        Assert.True(card.Auc >= 0.775 && card.Brier <= 0.136, $"scorecard {card}");
        Assert.True(trees.Auc >= 0.785 && trees.Brier <= 0.134, $"trees {trees}");
    }

    [Fact]
    public void Twin_TrainedTwice_GivesTheSameFilesWhichScoreAsTrained()
    {
        var plan = Plan();
        var run = TrainingRun.Of(plan, Twin.Table(plan, 3000));
        var again = TrainingRun.Of(plan, Twin.Table(plan, 3000));
        Assert.Equal(run.TreesFile(), again.TreesFile());
        Assert.Equal(run.ScorecardFile(), again.ScorecardFile());
        Assert.Equal(TrainingReport.Html(run), TrainingReport.Html(again));
        Assert.All(run.Scores, one => Assert.InRange(one.Out.Auc, 0.7, 1));
        var (trees, card) = (ModelRegistry.Compile(run.TreesFile()!), ModelRegistry.Compile(run.ScorecardFile()!));
        double[] treeScratch = new double[trees.ScratchLength], cardScratch = new double[card.ScratchLength];
        var places = card.Inputs.Select(input => Array.IndexOf(run.Table.Names, input.Name)).ToArray();
        for (var row = 0; row < 300; row++)
        {
            var values = run.Table.Row(row);
            Assert.Equal(CompiledModel.Logistic(run.Trees!.LogOdds(values)), trees.Score(values, treeScratch), 1e-5);
            var points = card.Score(Array.ConvertAll(places, at => values[at]), cardScratch);
            Assert.Equal(CompiledModel.Logistic(run.Scores[0].Scale.Of(run.Card!.LogOdds(values))), card.ProbabilityOf(points), 1e-9);
        }
    }

    [Fact]
    public void Report_OfATwin_HasEveryPlotAndNothingFromElsewhere()
    {
        var plan = Plan();
        var page = TrainingReport.Html(TrainingRun.Of(plan, Twin.Table(plan, 1500)));
        foreach (var title in (string[])["ROC", "KS, trees", "Calibration by decile", "Lift by decile", "Scores, scorecard", "Information value", "share of the loss saved"]) Assert.Contains(title, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    private static TrainingPlan Plan()
    {
        var plan = TrainingPlan.Read(File.ReadAllBytes(UciFactAttribute.Plan));
        return plan with { Boosting = plan.Boosting! with { Trees = 40, Rate = 0.1, Bags = 1 } };
    }
}
