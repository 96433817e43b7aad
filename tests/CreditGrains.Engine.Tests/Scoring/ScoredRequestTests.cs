using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Scoring;

/// <summary>What models and policies say of requests that fit their limits.</summary>
public sealed class ScoredRequestTests
{
    [Fact]
    public void Authorize_ScorecardAboveCutoff_ApprovesWithScoreAndVersion()
    {
        using var world = RiskWorld.WithCard();
        var outcome = world.Ask(100_00, "bureauScore=700");
        Assert.Equal(OutcomeKind.Approved, outcome.Kind);
        Assert.Equal(new VersionName("card", 1), outcome.Risk.Model);
        Assert.Equal(200 + 240 + 195, outcome.Risk.Score);
        Assert.Null(outcome.Risk.Reasons);
    }

    [Fact]
    public void Authorize_ScorecardBelowCutoff_DeclinesWithFactorsHeaviestFirst()
    {
        using var world = RiskWorld.WithCard();
        world.Hold(8_000_00);
        var outcome = world.Ask(100_00, "bureauScore=500");
        Assert.Equal((OutcomeKind.Declined, Reason.DeclinedByScore), (outcome.Kind, outcome.Reason));
        Assert.Equal(110 + 120 + 195, outcome.Risk.Score);
        Assert.Equal(["R02", "R01"], outcome.Risk.Reasons!.Select(reason => reason.Code));
        Assert.Equal("其他机构信用记录", outcome.Risk.Reasons![0].Chinese);
        Assert.Equal(8_000_00, world.Balances().Held);
    }

    [Theory]
    [InlineData("no pairs", 170)]
    [InlineData("bureauScore=", 170)]
    [InlineData("bureauScore=600x", 170)]
    [InlineData("bureauScore=1e400", 170)]
    [InlineData("other=5;bureauScore=600.5", 190)]
    [InlineData("bureauScore=700;bureauScore=1", 240)]
    [InlineData("bureauScore=true", 120)]
    [InlineData("\ud800;bureauScore=\ud800", 170)]
    public void Attributes_Read_MissingUnlessANumberOfThatName(string attributes, double points)
    {
        using var world = RiskWorld.WithCard();
        Assert.Equal(200 + points + 195, world.Ask(100_00, attributes).Risk.Score);
    }

    [Fact]
    public void Policy_RuleDeclines_GivesThatRule()
    {
        using var world = RiskWorld.WithCard(withPolicy: true);
        world.Hold(7_000_00);
        var outcome = world.Ask(1_500_00, "bureauScore=700", Channel.Cash);
        Assert.Equal((OutcomeKind.Declined, Reason.DeclinedByPolicy), (outcome.Kind, outcome.Reason));
        var reason = Assert.Single(outcome.Risk.Reasons!);
        Assert.Equal((ReasonSource.Rule, "P02", "Cash is not available at this use of the line."), (reason.Source, reason.Code, reason.English));
        Assert.Equal(new VersionName("limits", 1), outcome.Risk.Policy);
    }

    [Fact]
    public void Policy_AllowsLess_ApprovesAPartOrDeclines()
    {
        using var world = RiskWorld.WithCard(withPolicy: true);
        world.AddModel(RiskWorld.Flat("flat", 540), name: "flat");
        world.Role(VersionRole.Acting, "flat");
        Assert.Equal((OutcomeKind.Declined, Reason.DeclinedByPolicy), Pair(world.Ask(5_500_00)));
        var less = world.Ask(5_500_00, amountMin: 1_00);
        Assert.Equal((OutcomeKind.ApprovedInPart, 5_000_00L), (less.Kind, less.Amount));
        Assert.Equal("P03", less.Risk.Reasons![0].Code);
    }

    [Fact]
    public void Policy_Refers_HoldsNothingAndIsResolvedWithoutPolicy()
    {
        using var world = RiskWorld.WithCard(withPolicy: true);
        world.AddPolicy(Encoding.UTF8.GetBytes(Table("""<rule><inputEntry><text>&gt; 100</text></inputEntry><outputEntry><text>"refer"</text></outputEntry></rule>""")), "other");
        world.PolicyRole(VersionRole.Acting, "other");
        var referred = world.Ask(200_00);
        Assert.Equal(OutcomeKind.Referred, referred.Kind);
        Assert.Equal(0, world.Balances().Held);
        Assert.Equal(OutcomeKind.Approved, world.Do(world.Accept(referred.Sequence)).Kind);
        Assert.Equal(200_00, world.Balances().Held);
    }

    [Fact]
    public void Policy_SaysNothing_GoesToAPerson()
    {
        using var world = RiskWorld.WithCard();
        world.AddPolicy(Encoding.UTF8.GetBytes(Table("""<rule><inputEntry><text>&gt; 100000</text></inputEntry><outputEntry><text>"approve"</text></outputEntry></rule>""")));
        world.PolicyRole(VersionRole.Acting);
        var outcome = world.Ask(200_00);
        Assert.Equal((OutcomeKind.Referred, "NOT_DECIDED"), (outcome.Kind, outcome.Risk.Reasons![0].Code));
    }

    [Fact]
    public void Limits_StandBeforePolicies_AndAreNotScored()
    {
        using var world = RiskWorld.WithCard(withPolicy: true);
        var outcome = world.Ask(20_000_00);
        Assert.Equal(Reason.LimitExceeded, outcome.Reason);
        Assert.True(outcome.Risk.IsEmpty);
    }

    [Fact]
    public void Outcomes_RepeatedAndReplayed_AreTheSame()
    {
        using var world = RiskWorld.WithCard(withPolicy: true);
        world.Hold(7_000_00);
        var asked = world.Of(CommandKind.Authorize, 1_500_00) with { Channel = Channel.Cash };
        var first = world.Do(asked);
        world.AssertReplaysTheSame();
        var again = world.Do(asked);
        Assert.True(again.Duplicate);
        Assert.Equal(first.Risk, again.Risk);
        world.Snapshot();
        world.AssertReplaysTheSame();
        Assert.Equal(first.Risk, world.Do(asked).Risk);
        Assert.Equal(OutcomeKind.Approved, world.Ask(10_00, "bureauScore=700").Kind);
    }

    [Fact]
    public void Account_OutsideTheScope_IsNotScored()
    {
        using var world = RiskWorld.WithCard();
        world.Set(new OpenNode(new NodeKey(9, 1, 2, NodeKind.Borrower), World.Eur, 1_000_00, default, []));
        world.Set(new OpenFacility(NodeKey.Facility(1, 2, 9), World.Eur, 1_000_00, default, false, 0, [new ParentShare(new NodeKey(9, 1, 2, NodeKind.Borrower))]));
        var outcome = world.Do(new Command { Kind = CommandKind.Authorize, Facility = NodeKey.Facility(1, 2, 9), Amount = 1_00, Currency = World.Eur });
        Assert.Equal((OutcomeKind.Approved, true), (outcome.Kind, outcome.Risk.IsEmpty));
    }

    [Fact]
    public void NodeScope_ComesBeforeTheLegalEntity()
    {
        using var world = RiskWorld.WithCard();
        world.AddModel(RiskWorld.Flat("flat", 300, 520), name: "flat");
        Assert.Equal(OutcomeKind.Posted, world.Role(VersionRole.Acting, "flat", scope: World.Node(NodeKind.Borrower)).Kind);
        Assert.Equal("flat", world.Ask(1_00).Risk.Model!.Name);
    }

    [Fact]
    public void Seen_InTheEvent_TellsWhatTheDecisionSaw()
    {
        using var world = RiskWorld.WithCard();
        world.Hold(2_000_00);
        var outcome = world.Ask(100_00);
        Assert.True(world.Partition.TryReadDurable(outcome.Sequence, out var e));
        Assert.Equal((10_000_00L, 2_000_00L, 100_00L, 1), (e.Seen.Limit, e.Seen.Exposure, e.Seen.Amount, e.Seen.OpenItems));
        Assert.Equal(2_000_00, CreditGrains.Engine.Scoring.RequestFacts.Before(e).Held);
    }

    internal static string Table(string rules) => $"""
        <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
          <inputData id="a" name="amount"><variable name="amount" typeRef="number"/></inputData>
          <decision id="r" name="Request"><informationRequirement><requiredInput href="#a"/></informationRequirement>
            <decisionTable hitPolicy="FIRST"><input><inputExpression typeRef="number"><text>amount</text></inputExpression></input><output typeRef="string"/>
        {rules}
            </decisionTable></decision>
        </definitions>
        """;

    private static (OutcomeKind, Reason) Pair(Outcome outcome) => (outcome.Kind, outcome.Reason);
}
