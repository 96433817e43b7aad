using System.Net;
using System.Security.Cryptography;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using static CreditGrains.Api.Tests.Security.SecuredServer;

namespace CreditGrains.Api.Tests.Security;

/// <summary>A key of one tenant, or of one legal entity, gets at nothing of another, by any call.</summary>
public sealed class TenantTests : IAsyncLifetime
{
    private const long Mine = 22;
    private const long Theirs = 1001;
    private SecuredServer server = null!;
    private RpcChannel stranger = null!;
    private string strangerKey = "";

    public async Task InitializeAsync()
    {
        server = await StartAsync();
        strangerKey = server.AddKey("stranger", tenant: 2, "admin");
        await RoleTests.SettleAsync(server, strangerKey);
        stranger = server.Client(strangerKey);
        await server.OpenBookAsync(stranger, tenant: 2, entity: 1, Mine);
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task Authorize_OnAnotherTenant_IsDeniedAndDoesNothing()
    {
        var before = await server.Running.Engine.GetStatusAsync();
        var denied = await RefusalOf(() => stranger.UnaryAsync(Method<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize"), Authorize(1, 1, Theirs, 100)));
        Assert.Equal(StatusCode.PermissionDenied, denied.Code);
        Assert.StartsWith("OutsideScope", denied.Message, StringComparison.Ordinal);
        Assert.Equal(before.LastSequence, (await server.Running.Engine.GetStatusAsync()).LastSequence);
        var own = await stranger.UnaryAsync(Method<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize"), Authorize(2, 1, Mine, 100));
        Assert.Equal(V1.OutcomeKind.Approved, own.Kind);
    }

    [Fact]
    public async Task AuthorizeBatch_WithOneItemOfAnotherTenant_ExecutesNone()
    {
        var before = await server.Running.Engine.GetStatusAsync();
        var batch = new V1.AuthorizeBatchRequest { Requests = { Authorize(2, 1, Mine, 100), Authorize(1, 1, Theirs, 100) } };
        var denied = await RefusalOf(() => stranger.UnaryAsync(Method<V1.AuthorizeBatchRequest, V1.AuthorizeBatchReply>("LimitService", "AuthorizeBatch"), batch));
        Assert.Equal(StatusCode.PermissionDenied, denied.Code);
        Assert.Equal(before.LastSequence, (await server.Running.Engine.GetStatusAsync()).LastSequence);
    }

    [Fact]
    public async Task AuthorizeStream_WithAnItemOfAnotherTenant_EndsAfterTheRepliesBeforeIt()
    {
        using var stream = stranger.Duplex(Method<V1.AuthorizeBatchRequest, V1.AuthorizeBatchReply>("LimitService", "AuthorizeStream"));
        await stream.WriteAsync(new V1.AuthorizeBatchRequest { Tag = 1, Requests = { Authorize(2, 1, Mine, 100) } });
        await stream.WriteAsync(new V1.AuthorizeBatchRequest { Tag = 2, Requests = { Authorize(1, 1, Theirs, 100) } });
        var tags = new List<ulong>();
        var denied = await RefusalOf(async () =>
        {
            await foreach (var reply in stream.ReadAllAsync()) tags.Add(reply.Tag);
        });
        Assert.Equal(StatusCode.PermissionDenied, denied.Code);
        Assert.Equal([1UL], tags);
    }

    [Theory]
    [InlineData("QueryService/GetFacility", """{"facility":{"tenant":1,"legal_entity":1,"id":1001}}""")]
    [InlineData("QueryService/GetFacilityAsOf", """{"facility":{"tenant":1,"legal_entity":1,"id":1001},"as_of_micros":"4000000000000000"}""")]
    [InlineData("QueryService/GetNode", """{"node":{"tenant":1,"legal_entity":1,"id":10,"kind":"NODE_KIND_ENTERPRISE"}}""")]
    [InlineData("QueryService/GetNode", """{"node":{"tenant":1,"legal_entity":1,"id":10,"kind":"NODE_KIND_ENTERPRISE"},"as_of_micros":"4000000000000000"}""")]
    [InlineData("QueryService/ListNodes", """{"tenant":1}""")]
    [InlineData("QueryService/GetHistory", """{"facility":{"tenant":1,"legal_entity":1,"id":1001}}""")]
    [InlineData("QueryService/GetDecision", """{"tenant":1,"request_uuid":"0198f3e2-0000-7000-8000-000000000000"}""")]
    [InlineData("QueryService/Feed", """{"tenant":1}""")]
    [InlineData("ControlService/SetFxRate", """{"request_uuid":"ID","tenant":1,"legal_entity":1,"from":"USD","to":"EUR","rate_nano":"1","valid_until_micros":"4000000000000000"}""")]
    [InlineData("ControlService/AdvanceBusinessDate", """{"request_uuid":"ID","tenant":1,"legal_entity":1,"business_date":"2099-01-01"}""")]
    [InlineData("ControlService/Freeze", """{"request_uuid":"ID","node":{"tenant":1,"legal_entity":1,"id":10,"kind":"NODE_KIND_ENTERPRISE"}}""")]
    [InlineData("ControlService/LinkNode", """{"request_uuid":"ID","node":{"tenant":2,"legal_entity":1,"id":22,"kind":"NODE_KIND_BORROWER"},"parent":{"parent":{"tenant":1,"legal_entity":1,"id":10,"kind":"NODE_KIND_ENTERPRISE"}}}""")]
    [InlineData("LimitService/Reverse", """{"request_uuid":"ID","tenant":1,"original_uuid":"0198f3e2-0000-7000-8000-000000000000"}""")]
    public async Task Call_ThatNamesAnotherTenant_IsDenied(string path, string json)
    {
        var (status, body, _) = await server.PostAsync($"/creditgrains.v1.{path}", json.Replace("ID", NewId(), StringComparison.Ordinal), strangerKey);
        // A stream answers 200 before it fails; its last line is the failure.
        var text = body.ToString();
        Assert.True(status == HttpStatusCode.Forbidden || (path.EndsWith("Feed", StringComparison.Ordinal) && status == HttpStatusCode.OK), $"{status} {text}");
        Assert.Contains("OutsideScope", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetDecision_ByIdOfAnotherTenant_IsUnknown()
    {
        var last = (await server.Running.Engine.GetStatusAsync()).LastSequence;
        var tenants = new HashSet<uint>();
        for (var id = 1; id <= last; id++)
        {
            var reply = await stranger.UnaryAsync(Method<V1.GetDecisionRequest, V1.GetDecisionReply>("QueryService", "GetDecision"), new V1.GetDecisionRequest { DecisionId = id });
            if (reply.Event is { } own) tenants.Add(own.Key.Tenant);
        }

        Assert.Equal([2U], tenants);
    }

    [Fact]
    public async Task Feed_OfAllTenantsByAKeyOfOne_HoldsOnlyItsOwn()
    {
        var seen = new List<uint>();
        using var enough = new CancellationTokenSource();
        var events = stranger.ServerStreamingAsync(Method<V1.FeedRequest, V1.FeedEvent>("QueryService", "Feed"), new V1.FeedRequest(), null, enough.Token);
        await foreach (var next in events)
        {
            seen.Add(next.Event.Key.Tenant);
            // Its node and its facility, which come after the whole demo book of tenant 1.
            if (seen.Count == 2) break;
        }

        Assert.Equal([2U, 2U], seen);
    }

    [Fact]
    public async Task Import_OfAnotherTenant_IsDenied()
    {
        using var call = stranger.ClientStreaming(Method<V1.ImportRecord, V1.ImportReply>("ControlService", "Import"));
        await call.WriteAsync(new V1.ImportRecord { Header = new() { FileSha256 = Google.Protobuf.ByteString.CopyFrom(SHA256.HashData("x"u8)), Tenant = 1 } });
        var denied = await RefusalOf(() => call.CompleteAsync());
        Assert.Equal(StatusCode.PermissionDenied, denied.Code);
    }

    [Fact]
    public async Task LegalEntity_OfTheSameTenantButNotTheKeys_IsDeniedAndNotListed()
    {
        await server.OpenBookAsync(stranger, tenant: 2, entity: 5, id: 55);
        var key = server.AddKey("entity-five", tenant: 2, "admin", entities: [5]);
        await RoleTests.SettleAsync(server, key);
        var five = server.Client(key);
        var denied = await RefusalOf(() => five.UnaryAsync(Method<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize"), Authorize(2, 1, Mine, 1)));
        Assert.Equal(StatusCode.PermissionDenied, denied.Code);
        Assert.Equal(V1.OutcomeKind.Approved, (await five.UnaryAsync(Method<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize"), Authorize(2, 5, 55, 1))).Kind);
        var listed = await five.UnaryAsync(Method<V1.ListNodesRequest, V1.ListNodesReply>("QueryService", "ListNodes"), new V1.ListNodesRequest { Tenant = 2 });
        Assert.Equal([5U], listed.Nodes.Select(node => node.Key.LegalEntity).Distinct());
        var reverse = await RefusalOf(() => five.UnaryAsync(
            Method<V1.ReverseRequest, V1.Decision>("LimitService", "Reverse"), new V1.ReverseRequest { RequestUuid = NewId(), Tenant = 2, OriginalUuid = NewId() }));
        Assert.Equal(StatusCode.PermissionDenied, reverse.Code);
    }
}
