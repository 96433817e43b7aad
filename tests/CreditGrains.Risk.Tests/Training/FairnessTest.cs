using CreditGrains.Risk.Training;

namespace CreditGrains.Risk.Tests.Training;

public sealed class FairnessTest
{
    private static readonly string[] Header = ["id", "worst", "use", "sex", "applicant_age"];

    [Theory]
    [InlineData("29.9", "below 30")]
    [InlineData("30", "30 to below 50")]
    [InlineData("50", "50 and above")]
    [InlineData("", "missing")]
    public void Group_OfBands_IsByItsEdges(string cell, string group) => Assert.Equal(group, new FairnessQuestion("applicant_age") { Edges = [30, 50] }.GroupOf(cell, 1));

    /// <summary>400 accounts, of each sex 200; the model tells 0.9 for 60 of one and 20 of the other, so a fifth of all is declined.</summary>
    [Fact]
    public void Report_OfTwoGroups_HasTheSharesCountedByHand()
    {
        var plan = TrainingPlan.Read("""
            { "name": "a", "inputs": ["use"], "folds": "id % 2", "foldCount": 2, "scorecard": {}, "label": { "bad": "worst >= 3" }, "fairness": [{ "column": "sex" }, { "column": "applicant_age", "edges": [40] }] }
            """u8);
        bool IsFirst(int i) => i < 200;
        bool IsDeclined(int i) => IsFirst(i) ? i < 60 : i < 220;
        // Of the declined every other one was bad, and of the others every tenth.
        bool IsBad(int i) => IsDeclined(i) ? i % 2 == 0 : i % 10 == 0;
        var table = TrainingRows.Read(plan, Header, Enumerable.Range(0, 400).Select(i => (IReadOnlyList<string>)[$"{i}", IsBad(i) ? "3" : "0", "1", IsFirst(i) ? "f" : "m", i < 50 ? "30" : "60"]));
        Assert.Equal(["use"], table.Names);
        var probabilities = Enumerable.Range(0, 400).Select(i => IsDeclined(i) ? 0.9 : 0.1).ToArray();
        var none = Measures.Of(probabilities, table.Bads);
        var run = new TrainingRun(plan, table, [new FoldScores("trees", probabilities, probabilities, none, none, [none], new PlattScale(1, 0))], null, null, null);
        var found = FairnessReport.Of(run);
        Assert.Equal(["f", "m", "40 and above", "below 40"], found.Select(one => one.Group));
        var (f, m) = (found[0], found[1]);
        Assert.Equal((200, 0.7, 0.9), (f.Rows, f.ApprovalRatio, m.ApprovalRatio));
        Assert.Equal(0.7 / 0.9, f.RelativeApproval, 12);
        Assert.Equal(1, m.RelativeApproval);
        Assert.True(f.IsBelowFourFifths && !m.IsBelowFourFifths);
        // Of f 30 bads among the declined and 14 among the rest; 30 of 156 goods are declined.
        Assert.Equal(44 / 200.0, f.BadRatio, 12);
        Assert.Equal(30 / 156.0, f.GoodsDeclinedRatio, 12);
        Assert.Equal(0.34, f.MeanProbability, 12);
        // Fifty accounts are too few to be compared.
        Assert.True(double.IsNaN(found[3].RelativeApproval) && !found[3].IsBelowFourFifths);
        Assert.Contains("<h2>Fairness</h2>", TrainingReport.Html(run), StringComparison.Ordinal);
    }
}
