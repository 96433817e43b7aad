using CreditGrains.Api.Tests.Transport.Echo;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.Transport.Health.V1;
using static CreditGrains.Api.Transport.Health.V1.HealthCheckResponse.Types;

namespace CreditGrains.Api.Tests.Transport;

public sealed class ClientServerTests(EchoHost host) : IClassFixture<EchoHost>, IDisposable
{
    internal static readonly RpcMethod<EchoMessage, EchoMessage> Echo = Method("Echo");
    internal static readonly RpcMethod<EchoMessage, EchoMessage> Hang = Method("Hang");
    private readonly RpcChannel channel = host.Connect();

    public void Dispose() => channel.Dispose();

    [Theory]
    [InlineData("Echo")]
    [InlineData("EchoRaw")]
    public async Task Unary_EchoesTheRequest(string method)
    {
        var reply = await channel.UnaryAsync(Method(method), new EchoMessage { Text = "你好", Number = long.MaxValue });
        Assert.Equal(new EchoMessage { Text = "你好", Number = long.MaxValue }, reply);
    }

    [Fact]
    public async Task Unary_EmptyMessage_IsEchoed() =>
        Assert.Equal(new EchoMessage(), await channel.UnaryAsync(Echo, new EchoMessage()));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    public async Task ServerStreaming_GivesEachMessageInOrder(int count)
    {
        var numbers = await channel.ServerStreamingAsync(Method("Repeat"), new EchoMessage { Repeat = count })
            .Select(message => message.Number).ToListAsync();
        Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), numbers);
    }

    [Fact]
    public async Task ServerStreaming_FailureAfterMessages_GivesMessagesThenStatus()
    {
        var received = 0;
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var _ in channel.ServerStreamingAsync(Method("Repeat"), new EchoMessage { Text = "enough", Repeat = 3, FailCode = 9 }))
                received++;
        });
        Assert.Equal(3, received);
        Assert.Equal((StatusCode.FailedPrecondition, "enough"), (failure.Code, failure.Message));
    }

    [Fact]
    public async Task ClientStreaming_SeesEachMessage()
    {
        using var call = channel.ClientStreaming(Method("Join"));
        foreach (var text in new[] { "a", "b", "c" })
            await call.WriteAsync(new EchoMessage { Text = text, Number = 2 });
        var reply = await call.CompleteAsync();
        Assert.Equal(("abc", 6L), (reply.Text, reply.Number));
    }

    [Theory]
    [InlineData("Chat")]
    [InlineData("ChatRaw")]
    public async Task Duplex_AnswersOneByOne(string method)
    {
        using var call = channel.Duplex(Method(method));
        await using var responses = call.ReadAllAsync().GetAsyncEnumerator();
        for (var i = 0; i < 5; i++)
        {
            await call.WriteAsync(new EchoMessage { Number = i });
            Assert.True(await responses.MoveNextAsync());
            Assert.Equal(i, responses.Current.Number);
        }

        await call.CompleteAsync();
        Assert.False(await responses.MoveNextAsync());
    }

    [Theory]
    [InlineData("Chat", false)]
    [InlineData("ChatRaw", false)]
    [InlineData("ChatRaw", true)]
    public async Task Duplex_ManyInFlight_KeepsOrder(string method, bool compress)
    {
        const int Count = 20_000;
        using var call = channel.Duplex(Method(method), new CallOptions { Compress = compress });
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
                await call.WriteAsync(new EchoMessage { Number = i, Text = "a message of some length" });
            await call.CompleteAsync();
        });
        var next = 0L;
        await foreach (var response in call.ReadAllAsync())
            Assert.Equal(next++, response.Number);
        await writing;
        Assert.Equal(Count, next);
    }

    [Fact]
    public async Task Duplex_ServerFails_WriterAndReaderLearnIt()
    {
        using var call = channel.Duplex(Method("Chat"));
        await call.WriteAsync(new EchoMessage { FailCode = 7, Text = "no" });
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call.ReadAllAsync().ToListAsync());
        Assert.Equal((StatusCode.PermissionDenied, "no"), (failure.Code, failure.Message));
    }

    [Fact]
    public async Task Metadata_TravelsBothWays()
    {
        var headers = new Metadata { { "x-text", "hello" }, { "x-data-bin", [0, 255, 10] } };
        Metadata? got = null;
        Metadata? trailers = null;
        await channel.UnaryAsync(Echo, new EchoMessage(), new CallOptions { Headers = headers, OnHeaders = m => got = m, OnTrailers = m => trailers = m });
        Assert.Equal("hello", got!.GetText("x-text"));
        Assert.Equal([0, 255, 10], trailers!.GetBytes("x-data-bin")!);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("50% of 你好\r\n")]
    public async Task Failure_KeepsCodeAndMessage(string message)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(Echo, new EchoMessage { Text = message, FailCode = 5 }));
        Assert.Equal((StatusCode.NotFound, message), (failure.Code, failure.Message));
    }

    [Fact]
    public async Task Crash_IsUnknown_AndTellsNothing()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(Method("Crash"), new EchoMessage()));
        Assert.Equal(StatusCode.Unknown, failure.Code);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_IsUnimplemented()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(Method("Missing"), new EchoMessage()));
        Assert.Equal(StatusCode.Unimplemented, failure.Code);
    }

    [Fact]
    public async Task Gzip_BothWays_GivesTheSameMessage()
    {
        var request = new EchoMessage { Text = new string('x', 50_000) };
        var options = new CallOptions { Compress = true, Headers = new Metadata { { "x-gzip", "1" } } };
        Assert.Equal(request, await channel.UnaryAsync(Echo, request, options));
    }

    [Theory]
    [InlineData(70_000, false)]
    [InlineData(3_000_000, false)]
    [InlineData(1_000_000, true)]
    public async Task Request_PastReceiveLimit_IsResourceExhausted(int length, bool compress)
    {
        var request = new EchoMessage { Text = new string('x', length) };
        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(Echo, request, new CallOptions { Compress = compress }));
        Assert.Equal(StatusCode.ResourceExhausted, failure.Code);
        Assert.Contains("65536", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Response_PastSendLimit_IsResourceExhausted()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(Echo, new EchoMessage { Repeat = 200_000 }));
        Assert.Equal(StatusCode.ResourceExhausted, failure.Code);
    }

    [Fact]
    public async Task Client_ChecksItsOwnLimits()
    {
        using var small = host.Connect(new RpcChannelOptions { ReceiveLengthMax = 100, SendLengthMax = 1000 });
        var sent = await Assert.ThrowsAsync<RpcException>(() => small.UnaryAsync(Echo, new EchoMessage { Text = new string('x', 2000) }));
        var received = await Assert.ThrowsAsync<RpcException>(() => small.UnaryAsync(Echo, new EchoMessage { Text = new string('x', 500) }));
        Assert.Equal((StatusCode.ResourceExhausted, StatusCode.ResourceExhausted), (sent.Code, received.Code));
    }

    [Fact]
    public async Task Deadline_Passes_IsDeadlineExceeded()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() =>
            channel.UnaryAsync(Hang, new EchoMessage(), new CallOptions { Timeout = TimeSpan.FromMilliseconds(30) }));
        Assert.Equal(StatusCode.DeadlineExceeded, failure.Code);
    }

    [Fact]
    public async Task Unreachable_IsUnavailable()
    {
        using var nowhere = new RpcChannel(new Uri("http://127.0.0.1:1"));
        var failure = await Assert.ThrowsAsync<RpcException>(() => nowhere.UnaryAsync(Echo, new EchoMessage()));
        Assert.Equal(StatusCode.Unavailable, failure.Code);
    }

    [Fact]
    public async Task Health_CheckAndWatch_FollowTheStatus()
    {
        var service = HealthReflection.Descriptor.Services[0];
        var check = RpcMethod.Of<HealthCheckRequest, HealthCheckResponse>(service, "Check");
        var watch = RpcMethod.Of<HealthCheckRequest, HealthCheckResponse>(service, "Watch");
        Assert.Equal(ServingStatus.Serving, (await channel.UnaryAsync(check, new HealthCheckRequest())).Status);
        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(check, new HealthCheckRequest { Service = "none" }));
        Assert.Equal(StatusCode.NotFound, failure.Code);

        await using var statuses = channel.ServerStreamingAsync(watch, new HealthCheckRequest { Service = "late" }).GetAsyncEnumerator();
        Assert.True(await statuses.MoveNextAsync());
        Assert.Equal(ServingStatus.ServiceUnknown, statuses.Current.Status);
        host.Health.Set("late", isServing: true);
        Assert.True(await statuses.MoveNextAsync());
        Assert.Equal(ServingStatus.Serving, statuses.Current.Status);
    }

    internal static RpcMethod<EchoMessage, EchoMessage> Method(string name) =>
        RpcMethod.Of<EchoMessage, EchoMessage>(EchoReflection.Descriptor.Services[0], name);
}
