using CreditGrains.Api.Transport;
using Google.Protobuf;

namespace CreditGrains.Api.Tests.Services;

/// <summary>QueryService over the transport, and the feed.</summary>
public sealed class QueryServiceTests : HostedTests
{
    private const string Service = "QueryService";
    private readonly V1.FacilityKey facility = new() { Tenant = 1, LegalEntity = 1, Id = 42 };

    [Fact]
    public async Task GetFacility_KnownAndUnknown_IsThereOrLeftOut()
    {
        await AuthorizeAsync(5);
        var known = await Host.CallAsync<V1.GetFacilityRequest, V1.GetFacilityReply>(Service, "GetFacility", new() { Facility = facility });
        Assert.Equal((42, 5, FakeEngine.Limit), (known.Facility.Node.Key.Id, known.Facility.Balances.Held, known.Facility.Node.Limit));
        Assert.Equal((V1.OpenItemKind.Hold, V1.Channel.Cash), (known.Facility.OpenItems[0].Kind, known.Facility.OpenItems[0].Channel));
        Assert.False(known.Facility.Node.HasExposure);
        var unknown = await Host.CallAsync<V1.GetFacilityRequest, V1.GetFacilityReply>(
            Service, "GetFacility", new() { Facility = new() { Tenant = 1, LegalEntity = 1, Id = 43 } });
        Assert.Null(unknown.Facility);
    }

    [Fact]
    public async Task GetFacilityAsOf_BetweenEvents_IsTheOneBefore()
    {
        await AuthorizeAsync(5);
        await AuthorizeAsync(6);
        var reply = await Host.CallAsync<V1.GetFacilityAsOfRequest, V1.GetFacilityAsOfReply>(
            Service, "GetFacilityAsOf", new() { Facility = facility, AsOfMicros = 1_500 });
        Assert.Equal(5, reply.LastEvent.Amount);
        var before = await Host.CallAsync<V1.GetFacilityAsOfRequest, V1.GetFacilityAsOfReply>(
            Service, "GetFacilityAsOf", new() { Facility = facility, AsOfMicros = 500 });
        Assert.Null(before.LastEvent);
    }

    [Fact]
    public async Task GetNode_NowAndAsOf_SaysItIsExact()
    {
        var node = new V1.NodeKey { Tenant = 1, LegalEntity = 1, Id = 8, Kind = V1.NodeKind.Product };
        var now = await Host.CallAsync<V1.GetNodeRequest, V1.GetNodeReply>(Service, "GetNode", new() { Node = node });
        Assert.True(now.Exact);
        var past = await Host.CallAsync<V1.GetNodeRequest, V1.GetNodeReply>(Service, "GetNode", new() { Node = node, AsOfMicros = 5_000 });
        Assert.Equal(5_000, past.Node.Exposure);
    }

    [Fact]
    public async Task ListNodes_PageByPage_GivesEachOnce()
    {
        var ids = new List<long>();
        var token = "";
        do
        {
            var page = await Host.CallAsync<V1.ListNodesRequest, V1.ListNodesReply>(Service, "ListNodes", new() { Tenant = 1, PageSize = 10, PageToken = token });
            ids.AddRange(page.Nodes.Select(node => node.Key.Id));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(Enumerable.Range(1, 25).Select(id => (long)id), ids);
    }

    [Fact]
    public async Task GetDecision_BySequenceAndByEachFormOfItsId_IsTheSame()
    {
        var id = Domain.Requests.RequestId.FromGuid(Host.NewId());
        var request = Host.Authorize(5);
        request.RequestUuid = id.ToString();
        var decision = await Host.CallAsync<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize", request);
        V1.GetDecisionRequest[] requests =
        [
            new() { DecisionId = decision.DecisionId },
            new() { Tenant = 1, RequestUuid = id.ToString() },
            new() { Tenant = 1, RequestId = ByteString.CopyFrom(id.ToGuid().ToByteArray(bigEndian: true)) },
        ];
        foreach (var by in requests)
        {
            var reply = await Host.CallAsync<V1.GetDecisionRequest, V1.GetDecisionReply>(Service, "GetDecision", by);
            Assert.Equal((decision.DecisionId, id.ToString()), (reply.Event.DecisionId, reply.Event.RequestUuid));
        }
    }

    [Fact]
    public async Task GetHistory_PageByPage_IsNewestFirst()
    {
        for (var i = 1; i <= 7; i++) await AuthorizeAsync(i);
        var amounts = new List<long>();
        var token = "";
        do
        {
            var page = await Host.CallAsync<V1.GetHistoryRequest, V1.GetHistoryReply>(Service, "GetHistory", new() { Facility = facility, PageSize = 3, PageToken = token });
            amounts.AddRange(page.Events.Select(e => e.Amount));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal([7L, 6, 5, 4, 3, 2, 1], amounts);
    }

    [Fact]
    public async Task Feed_BrokenOffAnywhereAndResumed_HasNoGapAndNoDuplicate()
    {
        for (var i = 1; i <= 9; i++) await AuthorizeAsync(i);
        var seen = new List<long>();
        var cursor = "";
        for (var take = 1; seen.Count < 9; take++)
        {
            var wanted = Math.Min(take, 9 - seen.Count);
            await foreach (var e in FeedAsync(new() { Cursor = cursor }))
            {
                seen.Add(e.Event.DecisionId);
                cursor = e.Cursor;
                if (--wanted == 0) break;
            }
        }

        Assert.Equal(Enumerable.Range(1, 9).Select(i => (long)i), seen);
    }

    [Fact]
    public async Task Feed_FromNow_GivesOnlyWhatComesAfter()
    {
        await AuthorizeAsync(1);
        await using var feed = FeedAsync(new() { FromNow = true }, out var opened).GetAsyncEnumerator();
        var first = feed.MoveNextAsync();
        await opened;
        await AuthorizeAsync(2);
        Assert.True(await first);
        Assert.Equal(2, feed.Current.Event.Amount);
    }

    [Fact]
    public async Task Feed_OfATenant_LeavesOutTheOthers()
    {
        await AuthorizeAsync(1);
        var other = Host.Authorize(2);
        other.Facility.Tenant = 2;
        await Host.CallAsync<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize", other);
        await foreach (var e in FeedAsync(new() { Tenant = 2 }))
        {
            Assert.Equal(2, e.Event.Amount);
            break;
        }
    }

    public static TheoryData<V1.FeedRequest> BadFeeds =>
    [
        new V1.FeedRequest { Cursor = "nonsense" },
        new V1.FeedRequest { Cursor = Api.Services.OpaqueToken.OfSequence(Api.Services.OpaqueToken.Use.History, 1) },
        new V1.FeedRequest { Cursor = Api.Services.OpaqueToken.OfSequence(Api.Services.OpaqueToken.Use.Feed, 1_000_000) },
        new V1.FeedRequest { Cursor = Api.Services.OpaqueToken.OfSequence(Api.Services.OpaqueToken.Use.Feed, 0), FromNow = true },
        new V1.FeedRequest { Tenant = 70_000 },
    ];

    [Theory]
    [MemberData(nameof(BadFeeds))]
    public async Task Feed_FromABadStart_IsInvalid(V1.FeedRequest request)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var e in FeedAsync(request)) Assert.Fail($"Event {e.Event.DecisionId}");
        });
        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
    }

    [Theory]
    [InlineData("GetFacility", "{}")]
    [InlineData("GetFacility", """{"facility":{"tenant":0,"legal_entity":1,"id":1}}""")]
    [InlineData("GetFacilityAsOf", """{"facility":{"tenant":1,"legal_entity":1,"id":1}}""")]
    [InlineData("GetNode", """{"node":{"tenant":1,"legal_entity":1,"id":1}}""")]
    [InlineData("ListNodes", "{}")]
    [InlineData("ListNodes", """{"tenant":1,"page_size":1001}""")]
    [InlineData("ListNodes", """{"tenant":1,"page_size":-1}""")]
    [InlineData("ListNodes", """{"tenant":1,"kind":"NODE_KIND_FACILITY"}""")]
    [InlineData("ListNodes", """{"tenant":1,"page_token":"x"}""")]
    [InlineData("GetDecision", "{}")]
    [InlineData("GetDecision", """{"decision_id":0}""")]
    [InlineData("GetDecision", """{"tenant":1,"request_uuid":"x"}""")]
    [InlineData("GetHistory", """{"facility":{"tenant":1,"legal_entity":1,"id":1},"page_token":"AAAA"}""")]
    public async Task Query_Malformed_IsBadRequestWithAReason(string method, string json)
    {
        var (status, body) = await Host.PostAsync($"/creditgrains.v1.QueryService/{method}", json);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, status);
        Assert.NotEqual("", (string?)body["message"]);
    }

    private Task<V1.Decision> AuthorizeAsync(long amount) =>
        Host.CallAsync<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize", Host.Authorize(amount));

    private IAsyncEnumerable<V1.FeedEvent> FeedAsync(V1.FeedRequest request) => FeedAsync(request, out _);

    private IAsyncEnumerable<V1.FeedEvent> FeedAsync(V1.FeedRequest request, out Task onHeaders)
    {
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        onHeaders = opened.Task;
        return Host.Channel.ServerStreamingAsync(
            ApiHost.Method<V1.FeedRequest, V1.FeedEvent>(Service, "Feed"), request, new() { OnHeaders = _ => opened.TrySetResult() });
    }
}
