using System.Text;
using CreditGrains.Api.Tests.Transport.Echo;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.Transport.Server;

namespace CreditGrains.Api.Tests.Transport;

/// <summary>How calls end when a side goes away. Each test has a host of its own.</summary>
public sealed class LifetimeTests
{
    private static readonly RpcMethod<EchoMessage, EchoMessage> Repeat = ClientServerTests.Method("Repeat");
    private static readonly EchoMessage Endless = new() { Text = new string('x', 4_000), Repeat = int.MaxValue };

    [Fact]
    public async Task Cancel_ByTheClient_CancelsTheHandler()
    {
        await using var host = await StartAsync(new GrpcTransportOptions());
        using var channel = host.Connect();
        using var source = new CancellationTokenSource();
        var call = channel.UnaryAsync(ClientServerTests.Hang, new EchoMessage(), new CallOptions { CancellationToken = source.Token });
        await host.HangEntered.Task;
        await source.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call)).Code);
        await host.HangCancelled.Task;
    }

    [Fact]
    public async Task Deadline_OnTheServer_CancelsTheHandler()
    {
        await using var host = await StartAsync(new GrpcTransportOptions());
        using var http = RawGrpc.Client(host);
        var answer = await RawGrpc.CallAsync(http, "/creditgrains.test.EchoService/Hang", RawGrpc.Frame([]), ("grpc-timeout", "20m"));
        Assert.Equal(StatusCode.DeadlineExceeded, answer.Code);
        await host.HangCancelled.Task;
    }

    [Fact]
    public async Task Stop_EndsOpenStreams_WithUnavailable()
    {
        await using var host = await StartAsync(new GrpcTransportOptions());
        using var channel = host.Connect();
        using var call = channel.Duplex(ClientServerTests.Method("Chat"));
        await using var responses = call.ReadAllAsync().GetAsyncEnumerator();
        await call.WriteAsync(new EchoMessage());
        Assert.True(await responses.MoveNextAsync());
        await host.StopAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await responses.MoveNextAsync());
        Assert.Equal(StatusCode.Unavailable, failure.Code);
    }

    [Fact]
    public async Task Stop_WhileAResponseWaitsForTheCaller_EndsWithUnavailable()
    {
        await using var host = await StartAsync(new GrpcTransportOptions());
        using var channel = host.Connect();
        await using var responses = channel.ServerStreamingAsync(Repeat, Endless).GetAsyncEnumerator();
        Assert.True(await responses.MoveNextAsync());
        // Nobody reads: the handler waits in a flush, or is about to.
        var stopping = host.StopAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(() => ReadToEndAsync(responses));
        // The status the server sent, or the end of the connection behind it if the client was writing just then.
        Assert.Equal(StatusCode.Unavailable, failure.Code);
        await stopping;
    }

    [Fact]
    public async Task Deadline_WhileAResponseWaitsForTheCaller_EndsWithDeadlineExceeded()
    {
        var clock = new ManualClock();
        await using var host = await StartAsync(new GrpcTransportOptions { TimeProvider = clock });
        using var channel = host.Connect();
        // An hour here, so that the client's own watch on the deadline stays out of it.
        var options = new CallOptions { Timeout = TimeSpan.FromHours(1) };
        await using var responses = channel.ServerStreamingAsync(Repeat, Endless, options).GetAsyncEnumerator();
        Assert.True(await responses.MoveNextAsync());
        clock.Advance(TimeSpan.FromHours(1));
        var failure = await Assert.ThrowsAsync<RpcException>(() => ReadToEndAsync(responses));
        Assert.Equal((StatusCode.DeadlineExceeded, true), (failure.Code, failure.InnerException is null));
    }

    [Fact]
    public async Task Stop_BeyondTheDrain_EndsStreamsNobodyReadsWithUnavailable()
    {
        await using var host = await StartAsync(new GrpcTransportOptions());
        using var channel = host.Connect();
        await using var responses = channel.ServerStreamingAsync(Repeat, Endless).GetAsyncEnumerator();
        Assert.True(await responses.MoveNextAsync());
        await host.StopAsync(new CancellationToken(canceled: true));
        var failure = await Assert.ThrowsAsync<RpcException>(() => ReadToEndAsync(responses));
        Assert.Equal(StatusCode.Unavailable, failure.Code);
    }

    [Fact]
    public async Task Stop_WhileAJsonResponseWaitsForTheCaller_EndsWithAnErrorLine()
    {
        await using var host = await StartAsync(new GrpcTransportOptions());
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.HttpAddress, Repeat.Path));
        request.Content = new StringContent(Google.Protobuf.JsonFormatter.Default.Format(Endless), Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.NotNull(await lines.ReadLineAsync());
        var stopping = host.StopAsync();
        var last = "";
        while (await lines.ReadLineAsync() is { } line)
            last = line;
        Assert.Equal("""{"error":{"code":"UNAVAILABLE","message":"The server is stopping."}}""", last);
        await stopping;
    }

    [Fact]
    public async Task Admit_RefusesBeforeTheHandler()
    {
        await using var host = await StartAsync(new GrpcTransportOptions
        {
            Admit = context =>
            {
                if (context.RequestHeaders.GetText("authorization") is null)
                    throw new RpcException(StatusCode.Unauthenticated, "Who calls?");
            },
        });
        using var channel = host.Connect();
        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(ClientServerTests.Echo, new EchoMessage()));
        Assert.Equal(StatusCode.Unauthenticated, failure.Code);
        var headers = new Metadata { { "authorization", "me" } };
        await channel.UnaryAsync(ClientServerTests.Echo, new EchoMessage(), new CallOptions { Headers = headers });
    }

    private static async Task ReadToEndAsync(IAsyncEnumerator<EchoMessage> responses)
    {
        while (await responses.MoveNextAsync())
        {
        }
    }

    private static async Task<EchoHost> StartAsync(GrpcTransportOptions options)
    {
        var host = new EchoHost(options);
        await host.InitializeAsync();
        return host;
    }
}
