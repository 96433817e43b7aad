using System.Text;
using System.Text.Json.Nodes;
using CreditGrains.Api.Tests.Services;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Server;
using Google.Protobuf;

namespace CreditGrains.Api.Tests.Server;

/// <summary>Models and policies over the wire: registered, activated, decided by, explained, watched and tested on the history.</summary>
public sealed class RiskEndToEndTests : IAsyncLifetime, IAsyncDisposable
{
    private const string Card = """
        {"kind":"scorecard","name":"c","scale":{"points":600,"odds":30,"pdo":20},"basePoints":0,"cutoff":500,"characteristics":[
         {"input":"income","bins":[{"points":400,"high":50},{"points":600,"low":50}],"missingPoints":450,"cutoffAverage":500}]}
        """;

    private const string Texts = """{"inputs":{"income":{"code":"R9","english":"Income","chinese":"收入"}}}""";

    private const string Policy = """
        <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
          <decision id="r" name="Request"><decisionTable hitPolicy="FIRST">
            <input><inputExpression typeRef="number"><text>amount</text></inputExpression></input><output typeRef="string"/>
            <rule id="large"><inputEntry><text>&gt; 50</text></inputEntry><outputEntry><text>"decline"</text></outputEntry></rule>
            <rule id="rest"><inputEntry><text>-</text></inputEntry><outputEntry><text>"approve"</text></outputEntry></rule>
          </decisionTable></decision>
        </definitions>
        """;

    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-risk-").FullName;
    private RunningServer server = null!;
    private RpcChannel channel = null!;

    public async Task InitializeAsync()
    {
        server = await CreditGrainsServer.StartAsync(new ServerOptions { DataDirectory = directory, Open = true, GrpcPort = 0, HttpPort = 0, Output = TextWriter.Null, Demo = true });
        channel = new RpcChannel(server.GrpcAddress);
    }

    public async Task DisposeAsync()
    {
        channel.Dispose();
        await server.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    [Fact]
    public async Task Model_RegisteredAndActivated_DecidesAndIsExplained()
    {
        var refused = await Risk<V1.RegisterModelFileRequest, V1.RegisterReply>("RegisterModel", new() { Tenant = 1, LegalEntity = 1, Name = "card", File = ByteString.CopyFromUtf8("{") });
        Assert.Equal((V1.OutcomeKind.Refused, V1.Reason.InvalidContent, 0), (refused.Decision.Kind, refused.Decision.Reason, refused.Version));
        var registered = await Risk<V1.RegisterModelFileRequest, V1.RegisterReply>("RegisterModel", new()
        {
            Tenant = 1, LegalEntity = 1, Name = "card", File = ByteString.CopyFromUtf8(Card), Reasons = ByteString.CopyFromUtf8(Texts), Metadata = "{}",
        });
        Assert.Equal((V1.OutcomeKind.Posted, 1), (registered.Decision.Kind, registered.Version));
        Assert.Equal(V1.OutcomeKind.Refused, (await ActivateAsync("ann", "ann")).Kind);
        Assert.Equal(V1.OutcomeKind.Posted, (await ActivateAsync("ann", "bob")).Kind);
        var declined = await AuthorizeAsync(10_00, "income=20");
        Assert.Equal((V1.Reason.DeclinedByScore, 400.0, "card", 1), (declined.Reason, declined.Score, declined.Model, declined.ModelVersion));
        Assert.Equal(("R9", "收入"), (declined.Reasons[0].Code, declined.Reasons[0].Chinese));
        var shown = await channel.UnaryAsync(ApiHost.Method<V1.GetDecisionRequest, V1.GetDecisionReply>("QueryService", "GetDecision"), new V1.GetDecisionRequest { DecisionId = declined.DecisionId });
        Assert.Equal(("card", "R9"), (shown.Event.Model, shown.Event.Reasons[0].Code));
        var explained = await Risk<V1.ExplainRequest, V1.ExplainReply>("Explain", new() { DecisionId = declined.DecisionId });
        Assert.Equal((100.0, 20.0, "Points"), (explained.Factors[0].Weight, explained.Inputs["income"], explained.Unit));
        var approved = await AuthorizeAsync(10_00, "income=80");
        Assert.Equal(V1.OutcomeKind.Approved, approved.Kind);
        // An approval's event does not tell its inputs; they are rebuilt from the journal.
        var whole = await Risk<V1.ExplainRequest, V1.ExplainReply>("Explain", new() { DecisionId = approved.DecisionId });
        Assert.Equal((80.0, 600.0), (whole.Inputs["income"], whole.Decision.Score));
        Assert.Empty(whole.Factors);
        var score = await Risk<V1.ScoreRequest, V1.ScoreReply>("Score", new() { Tenant = 1, LegalEntity = 1, Model = "card", Version = 1, Rows = { new V1.InputRow { Inputs = { ["income"] = 20 } } } });
        Assert.Equal(400, score.Rows[0].Score);
        var unknown = await Assert.ThrowsAsync<RpcException>(() => Risk<V1.ScoreRequest, V1.ScoreReply>("Score", new() { Tenant = 1, LegalEntity = 1, Model = "card", Version = 1, Rows = { new V1.InputRow { Inputs = { ["incom"] = 20 } } } }));
        Assert.Equal(StatusCode.InvalidArgument, unknown.Code);
        var versions = await Risk<V1.ListVersionsRequest, V1.ListVersionsReply>("ListVersions", new() { Tenant = 1, LegalEntity = 1 });
        Assert.Equal((registered.Sha256, V1.VersionRole.Acting), (Assert.Single(versions.Versions).Sha256, Assert.Single(versions.Activations).Role));
    }

    [Fact]
    public async Task Decline_SentToAPerson_IsListedAndResolvedOnce()
    {
        await Risk<V1.RegisterModelFileRequest, V1.RegisterReply>("RegisterModel", new() { Tenant = 1, LegalEntity = 1, Name = "card", File = ByteString.CopyFromUtf8(Card), Reasons = ByteString.CopyFromUtf8(Texts), Metadata = "{}" });
        Assert.Equal(V1.OutcomeKind.Posted, (await ActivateAsync("ann", "bob")).Kind);
        var declined = await AuthorizeAsync(10_00, "income=20");
        Assert.Equal(V1.Reason.DeclinedByScore, declined.Reason);
        var review = await Risk<V1.RequestReviewRequest, V1.Decision>("RequestReview", Review(declined.DecisionId));
        Assert.Equal((V1.OutcomeKind.Referred, 10_00), (review.Kind, review.Amount));
        Assert.Equal(V1.Reason.NotReviewable, (await Risk<V1.RequestReviewRequest, V1.Decision>("RequestReview", Review(declined.DecisionId))).Reason);
        var waiting = Assert.Single((await Risk<V1.ListReferralsRequest, V1.ListReferralsReply>("ListReferrals", new() { Tenant = 1, LegalEntity = 1 })).Referrals);
        Assert.Equal((review.DecisionId, 1001, 10_00, "EUR", V1.CommandKind.Authorize), (waiting.ReferralId, waiting.Facility.Id, waiting.Amount, waiting.Currency, waiting.Request));
        var accepted = await channel.UnaryAsync(ApiHost.Method<V1.ResolveReferralRequest, V1.Decision>("LimitService", "ResolveReferral"), new V1.ResolveReferralRequest
        {
            RequestUuid = Guid.CreateVersion7().ToString(), Facility = Facility, ReferralId = review.DecisionId, Accept = true,
        });
        Assert.Equal(V1.OutcomeKind.Approved, accepted.Kind);
        Assert.Empty((await Risk<V1.ListReferralsRequest, V1.ListReferralsReply>("ListReferrals", new() { Tenant = 1, LegalEntity = 1 })).Referrals);
        // The whole of it stands in the journal: decline, review with who asked and why, resolution.
        var shown = await channel.UnaryAsync(ApiHost.Method<V1.GetDecisionRequest, V1.GetDecisionReply>("QueryService", "GetDecision"), new V1.GetDecisionRequest { DecisionId = review.DecisionId });
        Assert.Equal((declined.DecisionId, V1.CommandKind.RequestReview, "by=ann;note=salary rose"), (shown.Event.Reference, shown.Event.Command, shown.Event.Attributes.ToStringUtf8()));
    }

    private static readonly V1.FacilityKey Facility = new() { Tenant = 1, LegalEntity = 1, Id = 1001 };

    private static V1.RequestReviewRequest Review(long declined) => new()
    {
        RequestUuid = Guid.CreateVersion7().ToString(), Facility = Facility, DeclinedId = declined, Attributes = ByteString.CopyFromUtf8("by=ann;note=salary rose"),
    };

    [Fact]
    public async Task Policy_TestedOnTheHistory_ReportsSwaps()
    {
        var first = await AuthorizeAsync(60_00, "");
        Assert.Equal(V1.OutcomeKind.Approved, first.Kind);
        Assert.Equal(V1.OutcomeKind.Approved, (await AuthorizeAsync(10_00, "")).Kind);
        await Risk<V1.RegisterPolicyFileRequest, V1.RegisterReply>("RegisterPolicy", new() { Tenant = 1, LegalEntity = 1, Name = "p", File = ByteString.CopyFrom(Encoding.UTF8.GetBytes(Policy)), Decision = "Request" });
        var job = await Risk<V1.StartBacktestRequest, V1.Job>("StartBacktest", new() { Tenant = 1, LegalEntity = 1, Policy = "p", Version = 1, FromMicros = first.RecordedAtMicros });
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (job.State == "Running")
        {
            within.Token.ThrowIfCancellationRequested();
            await Task.Yield();
            job = await Risk<V1.GetJobRequest, V1.Job>("GetJob", new() { Id = job.Id });
        }
        Assert.Equal(("Done", ""), (job.State, job.Fault));
        var report = JsonNode.Parse(job.Report)!;
        Assert.Equal(1, (int)report["swapsOut"]!["requests"]!);
        Assert.Equal(60_00, (long)report["swapsOut"]!["minorUnits"]!);
        // What has ended stays as it is.
        Assert.Equal("Done", (await Risk<V1.CancelJobRequest, V1.Job>("CancelJob", new() { Id = job.Id })).State);
    }

    private Task<V1.Decision> ActivateAsync(string maker, string checker) => Risk<V1.ActivateModelRequest, V1.Decision>("ActivateModel", new()
    {
        RequestUuid = Guid.CreateVersion7().ToString(), Tenant = 1, LegalEntity = 1, Name = "card", Version = 1, Role = V1.VersionRole.Acting, Maker = maker, Checker = checker,
    });

    private Task<V1.Decision> AuthorizeAsync(long amount, string attributes) => channel.UnaryAsync(ApiHost.Method<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize"), new V1.AuthorizeRequest
    {
        RequestUuid = Guid.CreateVersion7().ToString(), Facility = new V1.FacilityKey { Tenant = 1, LegalEntity = 1, Id = 1001 }, Amount = amount, Currency = "EUR", Attributes = ByteString.CopyFromUtf8(attributes),
    });

    private Task<TReply> Risk<TRequest, TReply>(string method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply> => channel.UnaryAsync(ApiHost.Method<TRequest, TReply>("RiskService", method), request);
}
