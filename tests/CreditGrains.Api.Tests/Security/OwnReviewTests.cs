using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Security.Approvals;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Domain.Requests;
using static CreditGrains.Api.Tests.Security.SecuredServer;

namespace CreditGrains.Api.Tests.Security;

/// <summary>Nobody decides a review that they asked for, by whatever call.</summary>
public sealed class OwnReviewTests : IAsyncLifetime
{
    private const long NearlyUsedUp = 1002;
    private readonly string audit = Directory.CreateTempSubdirectory("creditgrains-audit-").FullName;
    private SecuredServer server = null!;
    private RpcChannel till = null!;
    private RpcChannel ann = null!;
    private RpcChannel bob = null!;

    public async Task InitializeAsync()
    {
        server = await StartAsync(settings => settings with { Audit = audit });
        var keys = new[] { server.AddKey("till", tenant: 1, "decide"), server.AddKey("ann", tenant: 1, "risk,read"), server.AddKey("bob", tenant: 1, "risk,read") };
        await RoleTests.SettleAsync(server, keys[2]);
        (till, ann, bob) = (server.Client(keys[0]), server.Client(keys[1]), server.Client(keys[2]));
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(audit, recursive: true);
    }

    [Fact]
    public async Task Review_AskedForByOneself_IsDecidedBySomebodyElse_ByWhateverCall()
    {
        var review = await AskAsync(ann);
        foreach (var call in (Func<RpcChannel, Task<V1.Decision>>[])[by => ResolveAsync(by, review), by => ExecuteAsync(by, review), by => BatchAsync(by, review), by => StreamAsync(by, review)])
        {
            var refused = await RefusalOf(() => call(ann));
            Assert.Equal(StatusCode.PermissionDenied, refused.Code);
            Assert.StartsWith("OwnReview: key:ann", refused.Message, StringComparison.Ordinal);
            Assert.Equal((V1.OutcomeKind.Declined, V1.Reason.ReferralTurnedDown), await OutcomeAsync(call(bob)));
            review = await AskAsync(ann);
        }
    }

    [Fact]
    public async Task Batch_WithOnesOwnReviewLast_DoesNothing()
    {
        var own = await AskAsync(ann);
        var other = await AskAsync(bob);
        var before = await server.Running.Engine.GetFeedEndAsync();
        var refused = await RefusalOf(() => BatchAsync(ann, other, own));
        Assert.StartsWith("OwnReview", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await server.Running.Engine.GetFeedEndAsync());
    }

    [Fact]
    public async Task Review_ResentBySomebodyElse_IsBothTheirs()
    {
        var request = await RequestAsync();
        var review = await SendAsync(ann, request);
        Assert.Equal(review, await SendAsync(bob, request));
        foreach (var asker in new[] { ann, bob }) Assert.StartsWith("OwnReview", (await RefusalOf(() => ResolveAsync(asker, review))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trail_RebuiltFromTheLog_KnowsWhoAsked()
    {
        var request = await RequestAsync();
        await SendAsync(ann, request);
        var rebuilt = new ReviewTrail();
        AuditChain.Read(Path.Combine(audit, AuditLog.FileName), (entry, _) => rebuilt.Replay(entry));
        var id = RequestId.FromGuid(Guid.Parse(request.RequestUuid));
        Assert.True(rebuilt.HasAsked(new Principal("key:ann", Roles.Risk, tenant: 1), id));
        Assert.False(rebuilt.HasAsked(new Principal("key:bob", Roles.Risk, tenant: 1), id));
    }

    private async Task<long> AskAsync(RpcChannel by) => await SendAsync(by, await RequestAsync());

    /// <summary>A review of a decline of its own.</summary>
    private async Task<V1.RequestReviewRequest> RequestAsync()
    {
        var declined = await till.UnaryAsync(Method<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize"), Authorize(1, 1, NearlyUsedUp, 100_00));
        Assert.Equal(V1.OutcomeKind.Declined, declined.Kind);
        return new V1.RequestReviewRequest { RequestUuid = NewId(), Facility = Facility, DeclinedId = declined.DecisionId };
    }

    private static async Task<long> SendAsync(RpcChannel by, V1.RequestReviewRequest request)
    {
        var asked = await by.UnaryAsync(Method<V1.RequestReviewRequest, V1.Decision>("RiskService", "RequestReview"), request);
        Assert.Equal(V1.OutcomeKind.Referred, asked.Kind);
        return asked.DecisionId;
    }

    private static Task<V1.Decision> ResolveAsync(RpcChannel by, long review) => by.UnaryAsync(Method<V1.ResolveReferralRequest, V1.Decision>("LimitService", "ResolveReferral"), Resolve(review).ResolveReferral);

    private static Task<V1.Decision> ExecuteAsync(RpcChannel by, long review) => by.UnaryAsync(Method<V1.Command, V1.Decision>("LimitService", "Execute"), Resolve(review));

    private static async Task<V1.Decision> BatchAsync(RpcChannel by, params long[] reviews) => (await by.UnaryAsync(
        Method<V1.ExecuteBatchRequest, V1.ExecuteBatchReply>("LimitService", "ExecuteBatch"), new V1.ExecuteBatchRequest { Commands = { reviews.Select(Resolve) } })).Decisions[^1];

    private static async Task<V1.Decision> StreamAsync(RpcChannel by, long review)
    {
        using var call = by.Duplex(Method<V1.ExecuteBatchRequest, V1.ExecuteBatchReply>("LimitService", "ExecuteStream"));
        await call.WriteAsync(new V1.ExecuteBatchRequest { Commands = { Resolve(review) } });
        await using var replies = call.ReadAllAsync().GetAsyncEnumerator();
        Assert.True(await replies.MoveNextAsync());
        return Assert.Single(replies.Current.Decisions);
    }

    private static async Task<(V1.OutcomeKind, V1.Reason)> OutcomeAsync(Task<V1.Decision> call)
    {
        var decision = await call;
        return (decision.Kind, decision.Reason);
    }

    private static V1.Command Resolve(long review) => new() { ResolveReferral = new V1.ResolveReferralRequest { RequestUuid = NewId(), Facility = Facility, ReferralId = review } };

    private static readonly V1.FacilityKey Facility = new() { Tenant = 1, LegalEntity = 1, Id = NearlyUsedUp };
}
