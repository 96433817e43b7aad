using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Tests.Rules;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Reasons;
using CreditGrains.Risk.Scorecards;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Engine.Tests.Scoring;

/// <summary>Reasons in replies, and those worked out afterwards.</summary>
public sealed class ExplanationTests
{
    [Fact]
    public void AdverseDecision_RecordsItsInputs_AndExplainsTheSameAgain()
    {
        using var world = RiskWorld.WithCard();
        world.Hold(8_000_00);
        var outcome = world.Ask(123_45, "bureauScore=500.25");
        var record = world.EventsAfter(outcome.Sequence - 1)[0];
        Assert.Equal([0.8, 500.25, 1], record.Inputs.ToArray());
        var explainer = DecisionExplainer.Of(RiskWorld.Card, RiskWorld.Texts);
        var explained = explainer.Explain(explainer.RowOf(record));
        Assert.Equal(outcome.Risk.Score, explained.Score);
        Assert.Equal(outcome.Risk.Reasons!, explained.Factors.Select(factor => factor.Reason));
        Assert.Equal(70, explained.Factors[0].Weight);
    }

    [Fact]
    public void Approval_RecordsNoInputs()
    {
        using var world = RiskWorld.WithCard();
        var record = world.EventsAfter(world.Ask(1_00, "bureauScore=700").Sequence - 1)[0];
        Assert.Equal(0, record.Inputs.Length);
    }

    [Fact]
    public void Scorecard_FactorsWithoutAllocation_AreThoseOfTheReasonsThemselves()
    {
        var model = ScoringModel.Compile(RiskWorld.Card, RiskWorld.Texts);
        var catalogue = ReasonCatalogue.Read(RiskWorld.Texts);
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            double[] row = [random.NextDouble() < 0.1 ? double.NaN : random.NextDouble(), random.Next(400, 800), random.Next(0, 12)];
            var expected = ScoreReasons.Of((Scorecard)model.Model, row, catalogue).Select(reason => reason.Text.Code);
            Assert.Equal(expected, model.ReasonsOf(model.FactorsOf(row)).Select(reason => reason.Code));
        }
    }

    [Fact]
    public void Trees_DeclineGivesTheScore_FactorsComeAfter()
    {
        using var world = RiskWorld.WithCard();
        // One split: utilisation above a half is bad. Covers 60 and 40.
        TreeNode[] tree = [TreeNode.Split(0, 0.5f, 1, 2, 100), TreeNode.Leaf(-2, 60), TreeNode.Leaf(3, 40)];
        var onnx = OnnxWriter.TreeClassifier(["utilisation", "amount"], new TreeEnsemble([[.. tree]], 2));
        Assert.Equal(OutcomeKind.Posted, world.AddModel(onnx, name: "trees").Kind);
        world.Role(VersionRole.Acting, "trees");
        world.AddPolicy(System.Text.Encoding.UTF8.GetBytes(ScoredRequestTests.Table("""<rule><inputEntry><text>&gt; 0.9</text></inputEntry><outputEntry><text>{outcome: "decline", reason: "SCORE"}</text></outputEntry></rule><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>{outcome: "approve"}</text></outputEntry></rule>""")
            .Replace("name=\"amount\" typeRef", "name=\"probability\" typeRef", StringComparison.Ordinal).Replace("<text>amount</text>", "<text>probability</text>", StringComparison.Ordinal)
            .Replace("<output typeRef=\"string\"/>", "<output typeRef=\"context\"/>", StringComparison.Ordinal)));
        Assert.Equal(OutcomeKind.Posted, world.PolicyRole(VersionRole.Acting).Kind);
        Assert.Equal(OutcomeKind.Approved, world.Ask(6_000_00).Kind);
        var outcome = world.Ask(10_00);
        Assert.Equal((OutcomeKind.Declined, Reason.DeclinedByScore), (outcome.Kind, outcome.Reason));
        Assert.Equal(ReasonSource.Score, Assert.Single(outcome.Risk.Reasons!).Source);
        var explainer = DecisionExplainer.Of(onnx, null);
        var explained = explainer.Explain(explainer.RowOf(world.EventsAfter(outcome.Sequence - 1)[0]));
        var factor = Assert.Single(explained.Factors);
        Assert.Equal("utilisation", factor.Reason.Code);
        // 3 less the mean of 60 times −2 and 40 times 3.
        Assert.Equal(3.0 - (60 * -2 + 40 * 3) / 100.0, factor.Weight, 9);
        Assert.Equal("rows that trained the trees", explained.Background);
    }

    [Fact]
    public void CombinedModel_DecidesAndIsExplainedByItsParts()
    {
        using var world = RiskWorld.WithCard();
        TreeNode[] tree = [TreeNode.Split(0, 0.5f, 1, 2, 100), TreeNode.Leaf(-2, 60), TreeNode.Leaf(3, 40)];
        var trees = OnnxWriter.TreeClassifier(["utilisation", "amount"], new TreeEnsemble([[.. tree]], 2));
        var file = CombinedFile.Weighted("both", [(RiskWorld.Card, 1), (trees, 1)]);
        Assert.Equal(OutcomeKind.Posted, world.AddModel(file, name: "both").Kind);
        Assert.Equal(OutcomeKind.Posted, world.Role(VersionRole.Acting, "both").Kind);
        world.Hold(8_000_00);
        var outcome = world.Ask(10_00, "bureauScore=500");
        var card = ModelRegistry.Compile(RiskWorld.Card);
        var expected = (card.ProbabilityOf(card.Score([0.8, 500, 1], new double[8])) + CompiledModel.Logistic(3)) / 2;
        Assert.Equal("both", outcome.Risk.Model!.Name);
        // ONNX tells probabilities in 32 bits.
        Assert.Equal(expected, outcome.Risk.Score, 1e-7);
        var explained = DecisionExplainer.Of(file, null).Explain([0.8, 500, 1, 10]);
        Assert.Equal(outcome.Risk.Score, explained.Score);
        Assert.Equal(["utilisation", "bureauScore"], explained.Factors.Take(2).Select(factor => factor.Reason.Code));
        Assert.Contains("rows that trained the trees", explained.Background, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CAg6jwEKWQoGYW1vdW50EgF5Ig9MaW5lYXJSZWdyZXNzb3IqHwoMY29lZmZpY2llbnRzOgwAAIA/AAAAQAAAQECgAQYqDgoHdGFyZ2V0cxgDoAECOgphaS5vbm54Lm1sEgFnWhkKBmFtb3VudBIPCg0IARIJCgMSAU4KAggBYhQKAXkSDwoNCAESCQoDEgFOCgIIA0IECgAQEUIOCgphaS5vbm54Lm1sEAM=", "NoScore")]
    [InlineData("CAg6kgEKXAoGYW1vdW50EgF5IgxMYWJlbEVuY29kZXIqFwoMa2V5c19zdHJpbmdzSgFhSgFioAEIKhwKDXZhbHVlc19mbG9hdHM6CAAAgD8AAABAoAEGOgphaS5vbm54Lm1sEgFnWhkKBmFtb3VudBIPCg0ICBIJCgMSAU4KAggBYhQKAXkSDwoNCAESCQoDEgFOCgIIAUIECgAQEUIOCgphaS5vbm54Lm1sEAM=", "TextInput")]
    public void Model_ThatNoDecisionCanScore_IsRefusedAtRegistration(string onnx, string named)
    {
        using var world = RiskWorld.WithCard();
        var outcome = world.AddModel(Convert.FromBase64String(onnx), name: "odd");
        Assert.Equal(Reason.InvalidContent, outcome.Reason);
        Assert.StartsWith(named, outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decision_ScoredAndDecided_AllocatesNoMoreThanOneWithout()
    {
        var plain = AllocatedBy(new World().WithOneLine(), 0);
        var scored = AllocatedBy(RiskWorld.WithCard(withPolicy: true), 1);
        // Less than one object in a hundred decisions: what grows once, such as a frame, is not of any decision.
        Assert.True(scored - plain < 500 / 100 * 24, $"{scored - plain} bytes more for 500 decisions");
    }

    private static long AllocatedBy(World world, int expected)
    {
        using (world)
        {
            Command[] Commands() => [.. Enumerable.Range(0, 500).Select(_ => world.Of(CommandKind.Authorize, 1) with { Channel = Channel.Online, Id = world.NextId(), Attributes = "bureauScore=700"u8.ToArray() })];
            var outcomes = new Outcome[500];
            var allocated = long.MaxValue;
            // Two frames take turns, and each grows to what a batch needs the first time; a round in which the runtime itself makes something counts no more than another.
            for (var round = 0; round < 8; round++)
            {
                var commands = Commands();
                world.Pass(World.Day * 8);
                for (var i = 0; i < commands.Length; i++) commands[i].Id = world.NextId();
                world.Partition.Begin(world.Now);
                var before = GC.GetAllocatedBytesForCurrentThread();
                Assert.Equal(500, world.Partition.Execute(commands, outcomes));
                allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
                world.Partition.Flush(world.Partition.End());
                Assert.Equal(expected, outcomes[^1].Risk.Model is null ? 0 : 1);
            }
            return allocated;
        }
    }
}
