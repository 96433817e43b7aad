using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CreditGrains.Api.Tests.Services;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Server;
using Google.Protobuf;

namespace CreditGrains.Api.Tests.Server;

/// <summary>The whole path: client, transport, services, the real engine and its journal in a directory of its own.</summary>
public sealed class EndToEndTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-end-").FullName;
    private readonly StringWriter output = new();
    private RunningServer server = null!;
    private RpcChannel channel = null!;

    [Fact]
    public async Task Authorize_OnTheDemoBook_HoldsAndIsShownEverywhere()
    {
        var decision = await AuthorizeAsync(1001, 129_00);
        Assert.Equal((V1.OutcomeKind.Approved, 129_00, decision.DecisionId), (decision.Kind, decision.Amount, decision.HoldId));
        Assert.Equal(5_000_00 - 129_00, decision.Headroom);
        var facility = (await QueryAsync<V1.GetFacilityRequest, V1.GetFacilityReply>("GetFacility", new() { Facility = Key(1001) })).Facility;
        Assert.Equal((129_00, decision.HoldId), (facility.Balances.Held, facility.OpenItems[0].Reference));
        Assert.Equal([V1.NodeKind.Borrower, V1.NodeKind.Product, V1.NodeKind.Region], facility.Path.Select(node => node.Key.Kind));
        var history = await QueryAsync<V1.GetHistoryRequest, V1.GetHistoryReply>("GetHistory", new() { Facility = Key(1001), PageSize = 1 });
        Assert.Equal(decision.DecisionId, history.Events[0].DecisionId);
        var shown = await QueryAsync<V1.GetDecisionRequest, V1.GetDecisionReply>("GetDecision", new() { DecisionId = decision.DecisionId });
        Assert.Equal((V1.CommandKind.Authorize, 129_00), (shown.Event.Command, shown.Event.AmountAsked));
    }

    [Theory]
    [InlineData(1002, 60_00, V1.Reason.LimitExceeded, V1.NodeKind.Facility)]
    [InlineData(1003, 1_00, V1.Reason.FacilityFrozen, V1.NodeKind.Unspecified)]
    [InlineData(1004, 2_700_00, V1.Reason.LimitExceeded, V1.NodeKind.Facility)]
    [InlineData(2003, 700_000_00, V1.Reason.LimitExceeded, V1.NodeKind.Enterprise)]
    [InlineData(9999, 1_00, V1.Reason.UnknownFacility, V1.NodeKind.Unspecified)]
    public async Task Authorize_InTheWayOfALimitOfTheDemoBook_DeclinesByName(long id, long amount, V1.Reason reason, V1.NodeKind node)
    {
        var decision = await AuthorizeAsync(id, amount);
        Assert.Equal((V1.OutcomeKind.Declined, reason), (decision.Kind, decision.Reason));
        if (node != V1.NodeKind.Unspecified) Assert.Contains(decision.Limits, limit => limit.Node.Kind == node && limit.Headroom < amount);
    }

    [Fact]
    public async Task Authorize_OverTheReviewThreshold_WaitsForAPerson()
    {
        var referred = await AuthorizeAsync(2001, 120_000_00);
        Assert.Equal(V1.OutcomeKind.Referred, referred.Kind);
        var accepted = await channel.UnaryAsync(
            ApiHost.Method<V1.ResolveReferralRequest, V1.Decision>("LimitService", "ResolveReferral"),
            new V1.ResolveReferralRequest { RequestUuid = NewId(), Facility = Key(2001), ReferralId = referred.DecisionId, Accept = true });
        Assert.Equal((V1.OutcomeKind.Approved, accepted.DecisionId), (accepted.Kind, accepted.HoldId));
    }

    [Fact]
    public async Task Request_RepeatedAfterARestart_IsAnsweredTheSame()
    {
        var request = Request(1001, 129_00);
        var first = await AuthorizeAsync(request);
        await RestartAsync();
        var second = await AuthorizeAsync(request);
        Assert.True(second.Duplicate);
        second.Duplicate = false;
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Feed_ResumedAcrossARestart_HasNoGapAndNoDuplicate()
    {
        for (var i = 1; i <= 5; i++) await AuthorizeAsync(1001, i);
        var seen = new List<long>();
        var cursor = await ReadFeedAsync("", seen, until: await LastAsync());
        await RestartAsync();
        for (var i = 1; i <= 5; i++) await AuthorizeAsync(1001, i);
        await ReadFeedAsync(cursor, seen, until: await LastAsync());
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(i => (long)i), seen);
        Assert.Equal(await LastAsync(), seen[^1]);
    }

    [Fact]
    public async Task Import_OfAFileTwice_ChangesNothingTheSecondTime()
    {
        var first = await ImportAsync();
        Assert.Equal((501, 499, 1, 1), (first.Rows, first.Applied, first.Malformed, first.Declined.Sum(count => count.Count)));
        await RestartAsync();
        var last = await LastAsync();
        var second = await ImportAsync();
        Assert.Equal((501, 0, 500, false), (second.Rows, second.Applied, second.Repeated, second.Changed));
        Assert.Equal(last, await LastAsync());
    }

    [Fact]
    public async Task AuthorizeStream_OfBatches_NeverPassesALimit()
    {
        using var stream = channel.Duplex(ApiHost.Method<V1.AuthorizeBatchRequest, V1.AuthorizeBatchReply>("LimitService", "AuthorizeStream"));
        for (ulong tag = 1; tag <= 40; tag++)
            await stream.WriteAsync(new() { Tag = tag, Requests = { Enumerable.Range(0, 100).Select(_ => Request(2003, 1_000_00)) } });
        await stream.CompleteAsync();
        var kinds = new List<V1.OutcomeKind>();
        await foreach (var reply in stream.ReadAllAsync()) kinds.AddRange(reply.Decisions.Select(decision => decision.Kind));
        Assert.Equal((4_000, 600), (kinds.Count, kinds.Count(kind => kind == V1.OutcomeKind.Approved)));
        var node = await QueryAsync<V1.GetNodeRequest, V1.GetNodeReply>("GetNode", new() { Node = new() { Tenant = 1, LegalEntity = 1, Id = 11, Kind = V1.NodeKind.Enterprise } });
        Assert.Equal((600_000_00, 0), (node.Node.Exposure, node.Node.Headroom));
    }

    [Fact]
    public async Task Snapshot_ThenRestart_KeepsTheBook()
    {
        await AuthorizeAsync(1001, 5);
        var snapshot = await channel.UnaryAsync(ApiHost.Method<V1.SnapshotRequest, V1.SnapshotReply>("ControlService", "Snapshot"), new V1.SnapshotRequest());
        Assert.True(snapshot.DecisionId > 0);
        await RestartAsync();
        var facility = (await QueryAsync<V1.GetFacilityRequest, V1.GetFacilityReply>("GetFacility", new() { Facility = Key(1001) })).Facility;
        Assert.Equal(5, facility.Balances.Held);
    }

    [Fact]
    public async Task Json_AsTheGreetingSays_Works()
    {
        using var http = new HttpClient();
        using var content = new StringContent(
            $$"""{"request_uuid":"{{NewId()}}","facility":{"tenant":1,"legal_entity":1,"id":1001},"amount":12900,"currency":"EUR","channel":"CHANNEL_ONLINE"}""",
            Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(server.HttpAddress, "/creditgrains.v1.LimitService/Authorize"), content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("OUTCOME_KIND_APPROVED", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["kind"]);
    }

    [Fact]
    public async Task Run_OnADirectoryInUse_SaysLocked()
    {
        Assert.Equal(ExitCodes.Locked, await CreditGrainsServer.RunAsync(Options(directory)));
        Assert.StartsWith("Locked: ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OnAForeignDirectory_SaysSoAndTouchesNothing()
    {
        var foreign = Directory.CreateTempSubdirectory("creditgrains-foreign-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(foreign, "thesis.tex"), "mine");
            Assert.Equal(ExitCodes.BadData, await CreditGrainsServer.RunAsync(Options(foreign)));
            Assert.StartsWith("ForeignContent: ", output.ToString(), StringComparison.Ordinal);
            Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(foreign, "thesis.tex")));
        }
        finally
        {
            Directory.Delete(foreign, recursive: true);
        }
    }

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        await StopAsync();
        await output.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    private ServerOptions Options(string path) => new() { DataDirectory = path, Open = true, GrpcPort = 0, HttpPort = 0, Output = output, Demo = true };

    private async Task StartAsync()
    {
        server = await CreditGrainsServer.StartAsync(Options(directory));
        channel = new RpcChannel(server.GrpcAddress);
    }

    private async Task StopAsync()
    {
        channel.Dispose();
        await server.DisposeAsync();
    }

    private async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    private static V1.FacilityKey Key(long id) => new() { Tenant = 1, LegalEntity = 1, Id = id };

    private static string NewId() => Guid.CreateVersion7().ToString();

    private static V1.AuthorizeRequest Request(long id, long amount) => new() { RequestUuid = NewId(), Facility = Key(id), Amount = amount, Currency = "EUR" };

    private Task<V1.Decision> AuthorizeAsync(long id, long amount) => AuthorizeAsync(Request(id, amount));

    private Task<V1.Decision> AuthorizeAsync(V1.AuthorizeRequest request) =>
        channel.UnaryAsync(ApiHost.Method<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize"), request);

    private Task<TReply> QueryAsync<TRequest, TReply>(string method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply> =>
        channel.UnaryAsync(ApiHost.Method<TRequest, TReply>("QueryService", method), request);

    private async Task<long> LastAsync() => (await QueryAsync<V1.GetStatusRequest, V1.GetStatusReply>("GetStatus", new())).LastDecisionId;

    private async Task<string> ReadFeedAsync(string cursor, List<long> seen, long until)
    {
        await foreach (var e in channel.ServerStreamingAsync(ApiHost.Method<V1.FeedRequest, V1.FeedEvent>("QueryService", "Feed"), new V1.FeedRequest { Cursor = cursor }))
        {
            seen.Add(e.Event.DecisionId);
            if (e.Event.DecisionId == until) return e.Cursor;
        }

        throw new RpcException(StatusCode.Unknown, "The feed ended.");
    }

    /// <summary>500 cards, one row of them malformed, and a freeze of one that is not there.</summary>
    private async Task<V1.ImportReply> ImportAsync()
    {
        using var stream = channel.ClientStreaming(ApiHost.Method<V1.ImportRecord, V1.ImportReply>("ControlService", "Import"));
        await stream.WriteAsync(new() { Header = new() { FileSha256 = ByteString.CopyFrom(SHA256.HashData("cards"u8)), Tenant = 1 } });
        var rows = Enumerable.Range(0, 500).Select(i => new V1.Command
        {
            OpenFacility = new()
            {
                Facility = Key(50_000 + i), Currency = i == 123 ? "euro" : "EUR", Limit = 100_00,
                Parents = { new V1.ParentShare { Parent = new() { Tenant = 1, LegalEntity = 1, Id = 1, Kind = V1.NodeKind.Product } } },
            },
        }).Append(new V1.Command { Freeze = new() { Node = new() { Tenant = 1, LegalEntity = 1, Id = 77_777, Kind = V1.NodeKind.Facility } } });
        var first = 1L;
        foreach (var chunk in rows.Chunk(60))
        {
            await stream.WriteAsync(new() { Batch = new() { FirstRow = first, Commands = { chunk } } });
            first += chunk.Length;
        }

        return await stream.CompleteAsync();
    }
}
