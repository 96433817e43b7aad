using CreditGrains.Api.Tests.Transport.Echo;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.Transport.Server;

namespace CreditGrains.Api.Tests.Transport;

/// <summary>How calls end when a side goes away. Each test has a host of its own.</summary>
public sealed class LifetimeTests
{
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

    private static async Task<EchoHost> StartAsync(GrpcTransportOptions options)
    {
        var host = new EchoHost(options);
        await host.InitializeAsync();
        return host;
    }
}
