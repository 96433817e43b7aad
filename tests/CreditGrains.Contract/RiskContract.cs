using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Scoring;

namespace CreditGrains.Contract;

/// <summary>Models and policies decide on both hosts: in every partition of a cluster, by the same versions.</summary>
public abstract class RiskContract(Func<ICreditEngine> engine, Func<IRiskDesk> desk) : EngineContract(engine)
{
    private static readonly byte[] Card = Encoding.UTF8.GetBytes("""
        {"kind":"scorecard","name":"c","scale":{"points":600,"odds":30,"pdo":20},"basePoints":0,"cutoff":500,"characteristics":[
         {"input":"income","bins":[{"points":400,"high":50},{"points":600,"low":50}],"missingPoints":450,"cutoffAverage":500}]}
        """);

    private static readonly byte[] Policy = Encoding.UTF8.GetBytes("""
        <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
          <decision id="r" name="Request"><decisionTable hitPolicy="FIRST">
            <input><inputExpression typeRef="number"><text>amount</text></inputExpression></input>
            <input><inputExpression typeRef="number"><text>score</text></inputExpression></input>
            <output name="outcome" typeRef="string"/><output name="reason" typeRef="string"/>
            <rule id="large"><inputEntry><text>&gt; 5</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>"refer"</text></outputEntry><outputEntry><text>"LARGE"</text></outputEntry></rule>
            <rule id="weak"><inputEntry><text>-</text></inputEntry><inputEntry><text>&lt; 500</text></inputEntry><outputEntry><text>"decline"</text></outputEntry><outputEntry><text>"SCORE"</text></outputEntry></rule>
            <rule id="rest"><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>"approve"</text></outputEntry><outputEntry/></rule>
          </decisionTable></decision>
        </definitions>
        """);

    [ContractFact]
    public async Task Models_Activated_DecideWhereverAccountsAre()
    {
        var entity = new NodeKey(0, Book.Tenant, 1, NodeKind.None);
        await Book.OpenUnderOneEnterprise(borrowers: 6, enterpriseLimit: 1_000_000);
        Assert.True((await Book.Do(CommandKind.Authorize, 1, 10)).Risk.IsEmpty);
        var registrar = new RiskRegistrar(Book.Engine, Contract.Book.NextId);
        var model = await registrar.RegisterModelAsync(entity, "card", 0, Card, default, "of a test");
        Assert.Equal((OutcomeKind.Posted, 1), (model.Outcome.Kind, model.Version));
        Assert.Equal(1, (await registrar.RegisterModelAsync(entity, "card", 0, Card, default, "of a test")).Version);
        Assert.Equal(1, (await registrar.RegisterPolicyAsync(entity, "policy", 0, Policy, "Request")).Version);
        Assert.Equal(OutcomeKind.Posted, (await registrar.ActivateAsync(new ActivateModel(entity, "card", 1, VersionRole.Acting, 0, 0, "ann", "bob"))).Kind);
        for (var i = 1; i <= 6; i++)
        {
            var low = await Book.Do(Book.Of(CommandKind.Authorize, i, 10) with { Attributes = "income=20"u8.ToArray() });
            Assert.Equal((OutcomeKind.Declined, Reason.DeclinedByScore, 400.0), (low.Kind, low.Reason, low.Risk.Score));
            Assert.Equal("income", Assert.Single(low.Risk.Reasons!).Code);
        }
        Assert.Equal(OutcomeKind.Posted, (await registrar.ActivateAsync(new ActivatePolicy(entity, "policy", 1, VersionRole.Acting, 0, "ann", "bob"))).Kind);
        for (var i = 1; i <= 6; i++)
        {
            var good = await Book.Do(Book.Of(CommandKind.Authorize, i, 10) with { Attributes = "income=80"u8.ToArray() });
            Assert.Equal((OutcomeKind.Approved, new VersionName("card", 1), new VersionName("policy", 1)), (good.Kind, good.Risk.Model, good.Risk.Policy));
            var large = await Book.Do(Book.Of(CommandKind.Authorize, i, 600) with { Attributes = "income=80"u8.ToArray() });
            Assert.Equal((OutcomeKind.Referred, "LARGE"), (large.Kind, large.Risk.Reasons![0].Code));
        }
        var shown = await Book.Engine.GetDecisionAsync((await Book.Do(Book.Of(CommandKind.Authorize, 3, 10) with { Attributes = "income=20"u8.ToArray() })).Sequence);
        var explainer = DecisionExplainer.Of((await Book.Engine.GetContentAsync(Book.Tenant, 1, ContentHash.Of(Card)))!, null);
        Assert.Equal(100, Assert.Single(explainer.Explain(explainer.RowOf(shown!)).Factors).Weight);
    }

    [ContractFact]
    public async Task Referrals_AreListedUntilResolved_AndApprovalsExplained()
    {
        var entity = new NodeKey(0, Book.Tenant, 1, NodeKind.None);
        await Book.OpenUnderOneEnterprise(borrowers: 9, enterpriseLimit: 1_000_000);
        var registrar = new RiskRegistrar(Book.Engine, Contract.Book.NextId);
        await registrar.RegisterModelAsync(entity, "card", 0, Card, default, "");
        await registrar.RegisterPolicyAsync(entity, "policy", 0, Policy, "Request");
        await registrar.ActivateAsync(new ActivateModel(entity, "card", 1, VersionRole.Acting, 0, 0, "ann", "bob"));
        await registrar.ActivateAsync(new ActivatePolicy(entity, "policy", 1, VersionRole.Acting, 0, "ann", "bob"));
        Assert.Empty(await ListAsync(4));
        var referred = new Dictionary<NodeKey, long>();
        for (var i = 1; i <= 9; i++) referred[Book.F(i)] = (await Book.Do(Book.Of(CommandKind.Authorize, i, 600) with { Attributes = "income=80"u8.ToArray() })).Sequence;
        var low = await Book.Do(Book.Of(CommandKind.Authorize, 2, 10) with { Attributes = "income=20"u8.ToArray() });
        Assert.Equal(OutcomeKind.Declined, low.Kind);
        var review = await Book.Do(new Command { Kind = CommandKind.RequestReview, Facility = Book.F(2), Reference = low.Sequence, Attributes = "by=ann;note=known"u8.ToArray() });
        Assert.NotEqual(0, review.Sequence);
        foreach (var take in (int[])[1, 4, 100])
        {
            var listed = await ListAsync(take);
            Assert.Equal(10, listed.Count);
            Assert.All(listed, one => Assert.True(one.Request == CommandKind.Authorize && one.Currency == Contract.Book.Eur && one.ExpiresAtMicros > 0));
            Assert.Equal(referred.Values.Append(review.Sequence).Order(), listed.Select(one => one.Reference).Order());
            Assert.All(listed, one => Assert.Equal(one.Reference == review.Sequence ? 10 : 600, one.Amount));
        }

        var accepted = await Book.Do(Book.Of(CommandKind.ResolveReferral, 3, reference: referred[Book.F(3)]) with { Options = CommandOptions.Accept });
        Assert.Equal(OutcomeKind.Approved, accepted.Kind);
        Assert.DoesNotContain(await ListAsync(100), one => one.Facility == Book.F(3));
        var good = await Book.Do(Book.Of(CommandKind.Authorize, 7, 10) with { Attributes = "income=80"u8.ToArray() });
        Assert.Equal(OutcomeKind.Approved, good.Kind);
        var seen = await desk().InputsOfAsync(entity, good.Sequence, CancellationToken.None);
        Assert.Equal(80.0, Assert.Single(seen!));
        Assert.Null(await desk().InputsOfAsync(new NodeKey(0, Book.Tenant, 2, NodeKind.None), good.Sequence, CancellationToken.None));
        Assert.Null(await desk().InputsOfAsync(entity, good.Sequence + 1_000_000, CancellationToken.None));
    }

    private async Task<List<Engine.Queries.ReferralView>> ListAsync(int take)
    {
        var found = new List<Engine.Queries.ReferralView>();
        for (var cursor = 0L; ;)
        {
            var page = (await Book.Engine.ListReferralsAsync(Book.Tenant, 1, cursor, take))!;
            Assert.InRange(page.Referrals.Count, 0, take);
            found.AddRange(page.Referrals);
            if ((cursor = page.NextCursor) == 0) return found;
        }
    }

    [ContractFact]
    public async Task Models_MalformedOrUnknown_ChangeNothing()
    {
        var entity = new NodeKey(0, Book.Tenant, 1, NodeKind.None);
        var registrar = new RiskRegistrar(Book.Engine, Contract.Book.NextId);
        var bad = await registrar.RegisterModelAsync(entity, "card", 0, "{\"kind\": \"scorecard\""u8.ToArray(), default, "");
        Assert.Equal((OutcomeKind.Refused, Reason.InvalidContent), (bad.Outcome.Kind, bad.Outcome.Reason));
        var policy = await registrar.RegisterPolicyAsync(entity, "policy", 0, Policy, "Another");
        Assert.Equal(Reason.InvalidContent, policy.Outcome.Reason);
        Assert.Contains("UnknownDecision", policy.Outcome.Message, StringComparison.Ordinal);
        Assert.Equal(Reason.UnknownVersion, (await registrar.ActivateAsync(new ActivateModel(entity, "card", 1, VersionRole.Acting, 0, 0, "ann", "bob"))).Reason);
        Assert.Empty((await Book.Engine.GetRiskAsync(Book.Tenant, 1)).Versions);
    }

    [ContractFact]
    public async Task Versions_AreListedWithTheirRoles()
    {
        var entity = new NodeKey(0, Book.Tenant, 1, NodeKind.None);
        var registrar = new RiskRegistrar(Book.Engine, Contract.Book.NextId);
        await registrar.RegisterModelAsync(entity, "card", 0, Card, default, "");
        await registrar.ActivateAsync(new ActivateModel(entity, "card", 1, VersionRole.Shadow, 0, 0, "trainer", ""));
        var view = await Book.Engine.GetRiskAsync(Book.Tenant, 1);
        var version = Assert.Single(view.Versions);
        Assert.Equal((new VersionName("card", 1), ContentHash.Of(Card), false), (version.Name, version.Content, version.IsPolicy));
        var activation = Assert.Single(view.Activations);
        Assert.Equal((entity, VersionRole.Shadow, "trainer", ""), (activation.Scope, activation.Role, activation.Maker, activation.Checker));
        Assert.True(activation.FromMicros > 0);
    }
}
