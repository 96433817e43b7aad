using System.Net;
using CreditGrains.Api.Transport;
using CreditGrains.Server;
using static CreditGrains.Api.Tests.Security.SecuredServer;

namespace CreditGrains.Api.Tests.Security;

/// <summary>Who gets in at all, by every door.</summary>
public sealed class AdmissionTests
{
    [Theory]
    [InlineData("/creditgrains.v1.LimitService/Authorize")]
    [InlineData("/creditgrains.v1.QueryService/GetStatus")]
    [InlineData("/creditgrains.v1.QueryService/Feed")]
    [InlineData("/grpc.health.v1.Health/Check")]
    public async Task Call_WithoutCredentials_IsUnauthenticated(string path)
    {
        await using var server = await StartAsync();
        var (status, body, headers) = await server.PostAsync(path, "{}", key: null);
        Assert.Equal((HttpStatusCode.Unauthorized, "UNAUTHENTICATED"), (status, (string)body["code"]!));
        Assert.Equal("Bearer", headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Grpc_WithoutOrWithWrongCredentials_IsUnauthenticated()
    {
        await using var server = await StartAsync();
        foreach (var key in (string?[])[null, "cg_000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "nonsense"])
        {
            var refused = await RefusalOf(() => server.Client(key).UnaryAsync(Method<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize"), Authorize(1, 1, 1001, 1)));
            Assert.Equal(StatusCode.Unauthenticated, refused.Code);
        }
    }

    [Theory]
    [InlineData("/healthz", HttpStatusCode.Unauthorized)]
    [InlineData("/memory", HttpStatusCode.Unauthorized)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    public async Task Page_WithoutCredentials_TellsNothing(string path, HttpStatusCode expected)
    {
        await using var server = await StartAsync();
        Assert.Equal(expected, (await server.GetAsync(path, key: null)).Status);
    }

    [Fact]
    public async Task Health_OpenedByConfiguration_AnswersEverybodyAndNothingElseDoes()
    {
        await using var server = await StartAsync(settings => settings with { OpenHealth = true });
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/healthz", key: null)).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/grpc.health.v1.Health/Check", "{}", key: null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/memory", key: null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.PostAsync("/creditgrains.v1.QueryService/GetStatus", "{}", key: null)).Status);
    }

    [Fact]
    public async Task Stream_WhoseKeyIsRevoked_EndsAtItsNextBatch()
    {
        await using var server = await StartAsync();
        var key = server.AddKey("pos", tenant: 1, "decide");
        await RoleTests.SettleAsync(server, key);
        using var stream = server.Client(key).Duplex(Method<V1.AuthorizeBatchRequest, V1.AuthorizeBatchReply>("LimitService", "AuthorizeStream"));
        await stream.WriteAsync(new V1.AuthorizeBatchRequest { Requests = { Authorize(1, 1, 1001, 1) } });
        await using var replies = stream.ReadAllAsync().GetAsyncEnumerator();
        Assert.True(await replies.MoveNextAsync());
        server.Revoke("pos");
        var refused = await RefusalOf(async () =>
        {
            // Each batch is answered before the next is sent, so this ends with the first after the server has looked at the file.
            while (true)
            {
                await stream.WriteAsync(new V1.AuthorizeBatchRequest { Requests = { Authorize(1, 1, 9999, 1) } });
                await replies.MoveNextAsync();
            }
        });
        Assert.Equal(StatusCode.Unauthenticated, refused.Code);
    }

    [Fact]
    public async Task Feed_WhoseKeyIsRevokedWhileItWaits_Ends()
    {
        await using var server = await StartAsync();
        var key = server.AddKey("reader", tenant: 1, "read");
        await RoleTests.SettleAsync(server, key);
        var events = server.Client(key).ServerStreamingAsync(Method<V1.FeedRequest, V1.FeedEvent>("QueryService", "Feed"), new V1.FeedRequest { FromNow = true });
        server.Revoke("reader");
        var refused = await RefusalOf(async () =>
        {
            await foreach (var _ in events)
            {
            }
        });
        Assert.Equal(StatusCode.Unauthenticated, refused.Code);
    }

    [Theory]
    [InlineData("0.0.0.0", false, "OpenBeyondLoopback")]
    [InlineData("0.0.0.0", true, "OpenBeyondLoopback")]
    [InlineData("10.1.2.3", true, "OpenBeyondLoopback")]
    [InlineData("127.0.0.1", false, "NotSecured")]
    public async Task Start_WithNobodyNamedWhoMayCall_IsRefusedBeforeAnythingIsOpened(string address, bool open, string name)
    {
        var opened = false;
        var options = new ServerOptions
        {
            DataDirectory = "", Address = IPAddress.Parse(address), Open = open, GrpcPort = 0, HttpPort = 0, Output = TextWriter.Null,
            OpenEngine = (_, _) =>
            {
                opened = true;
                return Task.FromException<CreditGrains.Engine.ICreditEngine>(new InvalidOperationException());
            },
        };
        Assert.Equal(name, (await Assert.ThrowsAsync<StartException>(() => CreditGrainsServer.StartAsync(options))).Name);
        Assert.False(opened);
    }

    [Fact]
    public async Task PageOfAnotherSite_ByOriginOrHost_IsRefused()
    {
        await using var server = await StartAsync(settings => settings with { OpenHealth = true });
        var own = server.Running.HttpAddress.GetLeftPart(UriPartial.Authority);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/grpc.health.v1.Health/Check", "{}", null, ("Origin", own))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.PostAsync("/grpc.health.v1.Health/Check", "{}", null, ("Origin", "https://evil.example"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.PostAsync("/grpc.health.v1.Health/Check", "{}", null, ("Origin", "null"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.GetAsync("/healthz", null, ("Origin", "https://evil.example"))).Status);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost:5091", HttpStatusCode.OK)]
    [InlineData("[::1]:5091", HttpStatusCode.OK)]
    public async Task OpenServer_UnderTheNameOfAnotherSite_IsRefused(string host, HttpStatusCode expected)
    {
        var directory = Directory.CreateTempSubdirectory("creditgrains-open-").FullName;
        await using (var server = await CreditGrainsServer.StartAsync(new ServerOptions { DataDirectory = directory, Open = true, GrpcPort = 0, HttpPort = 0, Output = TextWriter.Null }))
        {
            using var http = new HttpClient();
            using var page = new HttpRequestMessage(HttpMethod.Get, new Uri(server.HttpAddress, "/healthz"));
            page.Headers.Host = host;
            Assert.Equal(expected, (await http.SendAsync(page)).StatusCode);
            using var call = new HttpRequestMessage(HttpMethod.Post, new Uri(server.HttpAddress, "/creditgrains.v1.QueryService/GetStatus"))
            {
                Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json"),
            };
            call.Headers.Host = host;
            Assert.Equal(expected, (await http.SendAsync(call)).StatusCode);
        }

        Directory.Delete(directory, recursive: true);
    }
}
