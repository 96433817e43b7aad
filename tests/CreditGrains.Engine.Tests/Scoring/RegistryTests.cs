using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Scoring;

/// <summary>Files, versions and roles of models and policies.</summary>
public sealed class RegistryTests
{
    [Fact]
    public void Register_MalformedModel_IsRefusedByNameAndTheRunningVersionStays()
    {
        using var world = RiskWorld.WithCard();
        var before = world.LastSequence;
        var bad = Encoding.UTF8.GetBytes("""{"kind":"scorecard","name":"x","scale":{"points":600,"odds":30,"pdo":20},"characteristics":[{"input":"age","bins":[{"points":1}],"missingPoints":1,"allAverage":1}]}""");
        var outcome = world.AddModel(bad, version: 2);
        Assert.Equal((OutcomeKind.Refused, Reason.InvalidContent), (outcome.Kind, outcome.Reason));
        Assert.Contains("ProtectedInput", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(before + 1, world.LastSequence);
        Assert.Equal(1, world.Ask(1_00).Risk.Model!.Version);
    }

    [Theory]
    [InlineData("""<rule><inputEntry><text>&gt; (</text></inputEntry><outputEntry><text>"refer"</text></outputEntry></rule>""", "line 5")]
    [InlineData("""<rule><outputEntry><text>"refer"</text></outputEntry></rule>""", "WrongEntries")]
    public void Register_MalformedPolicy_NamesTheLine(string rule, string expected)
    {
        using var world = RiskWorld.WithCard();
        var outcome = world.AddPolicy(Encoding.UTF8.GetBytes(ScoredRequestTests.Table(rule)));
        Assert.Equal(Reason.InvalidContent, outcome.Reason);
        Assert.Contains(expected, outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Register_PolicyThatAsksForThePersonsAge_IsRefused()
    {
        using var world = RiskWorld.WithCard();
        var outcome = world.AddPolicy(Encoding.UTF8.GetBytes(ScoredRequestTests.Table("").Replace("name=\"amount\"", "name=\"applicant age\"", StringComparison.Ordinal).Replace("<text>amount</text>", "<text>applicant age</text>", StringComparison.Ordinal)));
        Assert.Equal(Reason.InvalidContent, outcome.Reason);
        Assert.Contains("ProtectedInput", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Register_WithoutFile_IsDeclined_AndTwiceIsNoChange()
    {
        using var world = RiskWorld.WithCard();
        Assert.Equal(Reason.ContentIncomplete, world.Do(new RegisterModel(World.Scope, "x", 1, ContentHash.Of([1, 2, 3]), default, "")).Reason);
        Assert.Equal(Reason.NoChange, world.AddModel(RiskWorld.Card, RiskWorld.Texts).Reason);
        Assert.Equal(Reason.AlreadyExists, world.AddModel(RiskWorld.Flat("y", 1)).Reason);
    }

    [Fact]
    public void Content_InParts_OutOfOrderOrFalse_IsDeclined_AndBeginsAnew()
    {
        using var world = RiskWorld.WithCard();
        var file = new byte[PutContent.PartMax + 100];
        for (var i = 0; i < file.Length; i++) file[i] = (byte)(i % 251);
        var parts = PutContent.PartsOf(World.Scope, file).ToArray();
        Assert.Equal(Reason.ContentOutOfOrder, world.Do(parts[1]).Reason);
        Assert.Equal(Reason.None, world.Do(parts[0]).Reason);
        var forged = parts[1] with { Bytes = [.. parts[1].Bytes.Reverse()] };
        Assert.Equal(Reason.ContentMismatch, world.Do(forged).Reason);
        Assert.Equal(Reason.None, world.Do(parts[0]).Reason);
        Assert.Equal(Reason.None, world.Do(parts[1]).Reason);
        Assert.Equal(Reason.NoChange, world.Do(parts[0]).Reason);
        world.AssertReplaysTheSame();
        world.Snapshot();
        world.AssertReplaysTheSame();
        var risk = world.Partition.State.Small.Risk;
        Assert.Equal(file, CreditGrains.Engine.Scoring.ContentStore.Read(world.Partition.State, risk.FindContent(World.Scope, ContentHash.Of(file))!));
    }

    [Theory]
    [InlineData("ann", "ann")]
    [InlineData("ann", " ANN ")]
    [InlineData("ann", "")]
    [InlineData("", "bob")]
    public void Activate_MakerAndCheckerNotTwoPrincipals_IsRefused(string maker, string checker)
    {
        using var world = RiskWorld.WithCard();
        var outcome = world.Do(new ActivateModel(World.Scope, "card", 1, VersionRole.Acting, 0, 0, maker, checker));
        Assert.Equal((OutcomeKind.Refused, Reason.InvalidField), (outcome.Kind, outcome.Reason));
    }

    [Fact]
    public void Activate_Shadow_NeedsNoChecker_PromotionDoes()
    {
        using var world = RiskWorld.WithCard();
        world.AddModel(RiskWorld.Flat("flat", 700), name: "flat");
        Assert.Equal(OutcomeKind.Posted, world.Do(new ActivateModel(World.Scope, "flat", 1, VersionRole.Shadow, 0, 0, "trainer", "")).Kind);
        Assert.Equal("card", world.Ask(1_00).Risk.Model!.Name);
        Assert.Equal(Reason.InvalidField, world.Do(new ActivateModel(World.Scope, "flat", 1, VersionRole.Acting, 0, 0, "trainer", "")).Reason);
        Assert.Equal(OutcomeKind.Posted, world.Role(VersionRole.Acting, "flat").Kind);
        Assert.Equal("flat", world.Ask(1_00).Risk.Model!.Name);
    }

    [Fact]
    public void Activate_Dated_TakesEffectThen()
    {
        using var world = RiskWorld.WithCard();
        world.AddModel(RiskWorld.Flat("card", 700), version: 2);
        world.Role(VersionRole.Acting, version: 2, from: world.Now + World.Day);
        Assert.Equal(1, world.Ask(1_00).Risk.Model!.Version);
        world.Pass(World.Day);
        Assert.Equal(2, world.Ask(1_00).Risk.Model!.Version);
        world.AssertReplaysTheSame();
        Assert.Equal(2, world.Ask(1_00).Risk.Model!.Version);
        Assert.Equal(OutcomeKind.Posted, world.Role(VersionRole.Retired, version: 2).Kind);
        Assert.Null(world.Ask(1_00).Risk.Model);
    }

    [Fact]
    public void Activate_Unknown_IsDeclined()
    {
        using var world = RiskWorld.WithCard();
        Assert.Equal(Reason.UnknownVersion, world.Role(VersionRole.Acting, version: 7).Reason);
        Assert.Equal(Reason.UnknownVersion, world.PolicyRole(VersionRole.Acting).Reason);
    }

    [Fact]
    public void Challengers_Shares_DecideForTheirAccountsOnly()
    {
        using var world = RiskWorld.WithCard();
        world.AddModel(RiskWorld.Flat("flat", 700), name: "flat");
        Assert.Equal(OutcomeKind.Posted, world.Role(VersionRole.Challenger, "flat", share: 300_000).Kind);
        world.AddModel(RiskWorld.Flat("third", 710), name: "third");
        Assert.Equal(Reason.SharesExceeded, world.Role(VersionRole.Challenger, "third", share: 700_000).Reason);
        var challenged = 0;
        for (var id = 100L; id < 400; id++)
        {
            world.OpenLine(id, 1_000_00, World.Node(Domain.Limits.NodeKind.Borrower));
            var (first, second) = (world.Ask(1_00, facility: id).Risk, world.Ask(1_00, facility: id).Risk);
            Assert.Equal(first.Model, second.Model);
            Assert.Equal(first.IsChallenger, first.Model!.Name == "flat");
            if (first.IsChallenger) challenged++;
        }
        // 300 accounts at 30 %: 90 expected with a standard deviation of 8; the split is fixed, so this never changes.
        Assert.InRange(challenged, 60, 120);
    }
}
