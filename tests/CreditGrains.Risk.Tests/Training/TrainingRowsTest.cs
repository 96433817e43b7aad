using CreditGrains.Risk.Models;
using CreditGrains.Risk.Training;

namespace CreditGrains.Risk.Tests.Training;

public sealed class TrainingRowsTest
{
    private static readonly string[] Header = ["id", "seen", "late", "use", "worst"];

    [Fact]
    public void Label_WindowIndeterminatesExclusions_LeaveRowsOutAndCountThem()
    {
        var plan = Plan("""
            { "name": "a", "inputs": ["use"], "folds": "id % 2", "foldCount": 2, "scorecard": {},
              "label": { "bad": "worst >= 3", "indeterminate": "worst = 2", "exclude": ["late > 5"], "observedAt": "seen", "performanceMonths": 12, "asOf": "2026-01-31" } }
            """);
        var table = TrainingRows.Read(plan, Header,
        [
            ["1", "2025-01-31", "0", "0.5", "3"], // matured to the day, bad
            ["2", "2025-02-01", "0", "0.5", "3"], // a day short
            ["3", "2024-06-01", "0", "", "2"],    // indeterminate
            ["4", "2024-06-01", "6", "0.1", "0"], // excluded
            ["5", "2024-06-01", "0", "", "1"],    // good, input missing
            ["6", "2024-06-01", "0", "0.1", ""],  // no outcome
        ]);
        Assert.Equal(new[] { true, false }, table.Bads);
        Assert.True(double.IsNaN(table.Columns[0][1]));
        Assert.Equal(new Dictionary<string, int> { ["excluded"] = 1, ["indeterminate"] = 1, ["no outcome"] = 1, ["not matured"] = 1 }, table.Left.ToDictionary());
    }

    [Theory]
    [InlineData("\"inputs\": [\"applicant_age\"]", "ProtectedInput")]
    [InlineData("\"inputs\": [\"worst\"]", "LabelAsInput")]
    [InlineData("\"inputs\": [\"z\"], \"derived\": { \"z\": \"worst + 1\" }", "LabelAsInput")]
    [InlineData("\"inputs\": [\"use\"], \"protected\": [\"use\"]", "ProtectedInput")]
    [InlineData("\"inputs\": [\"z\"], \"protected\": [\"use\"], \"derived\": { \"z\": \"use * 2\" }", "ProtectedInput")]
    [InlineData("\"inputs\": [\"z\"], \"derived\": { \"z\": \"use + nothing\" }", "BadFormula")]
    [InlineData("\"inputs\": [\"z\"], \"derived\": { \"z\": \"(use + 1\" }", "BadFormula")]
    [InlineData("\"inputs\": [\"use\", \"use\"]", "BadTraining")]
    [InlineData("\"inputs\": [\"use\"], \"foldCount\": 1", "BadTraining")]
    [InlineData("\"inputs\": [\"use\"], \"tres\": 1", "BadJson")]
    [InlineData("\"inputs\": [\"use\"], \"fairness\": [{ \"column\": \"use\" }]", "ProtectedInput")]
    [InlineData("\"inputs\": [\"z\"], \"derived\": { \"z\": \"late * 2\" }, \"fairness\": [{ \"column\": \"late\" }]", "ProtectedInput")]
    [InlineData("\"inputs\": [\"use\"], \"fairness\": [{ \"column\": \"none\" }]", "BadTraining")]
    [InlineData("\"inputs\": [\"use\"], \"fairness\": [{ \"column\": \"late\", \"edges\": [2, 1] }]", "BadTraining")]
    [InlineData("\"inputs\": [\"use\"], \"fairness\": [{ \"column\": \"seen\", \"edges\": [2] }]", "BadNumber")]
    [InlineData("\"inputs\": [\"use\"], \"fairnessDeclineShare\": 1", "BadTraining")]
    [InlineData("\"inputs\": [\"use\"], \"boosting\": { \"rate\": 0 }", "BadTraining")]
    public void Plan_Wrong_IsRefusedByName(string part, string name)
    {
        var json = $$"""{ "name": "a", "folds": "id % 2", "label": { "bad": "worst >= 3" }, "scorecard": {}, {{part}} }""";
        var fault = Assert.Throws<ModelFault>(() => TrainingRows.Read(Plan(json), [.. Header, "applicant_age"], [["1", "2025-01-31", "0", "0.5", "3", "40"]]));
        Assert.Equal(name, fault.Name);
    }

    [Theory]
    [InlineData("1 + 2 * 3", 7)]
    [InlineData("(1 + 2) * -3", -9)]
    [InlineData("7 % 5", 2)]
    [InlineData("1 / 0", double.NaN)]
    [InlineData("sum(a, missing(b), b)", 3)]
    [InlineData("if(a >= 2 and not b = 1, 5, 6)", 5)]
    [InlineData("b != 1", 0)]
    [InlineData("std(1, 3)", 1)]
    [InlineData("10 - 3 - 2", 5)]
    public void Formula_Evaluated_GivesTheNumber(string text, double expected) =>
        Assert.Equal(expected, Formula.Read(text, name => name == "a" ? 0 : name == "b" ? 1 : -1).Of([2, double.NaN]));

    private static TrainingPlan Plan(string json) => TrainingPlan.Read(System.Text.Encoding.UTF8.GetBytes(json));
}
