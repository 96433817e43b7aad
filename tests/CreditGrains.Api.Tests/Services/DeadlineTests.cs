using System.Net;
using System.Text;
using CreditGrains.Api.Tests.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Engine;
using Google.Protobuf;

namespace CreditGrains.Api.Tests.Services;

/// <summary>The caller's deadline reaches the engine with every way of sending commands, and nobody looks at it again after that.</summary>
public sealed class DeadlineTests : HostedTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly ManualClock clock;

    public DeadlineTests()
        : this(new ManualClock())
    {
    }

    private DeadlineTests(ManualClock clock)
        : base(clock) => this.clock = clock;

    // An hour by the server's clock, which stands; the client's own watch never runs out.
    private CallOptions InAnHour { get; } = new() { Timeout = Hour };

    private long Expected => (clock.GetUtcNow() + Hour - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    [Fact]
    public async Task Authorize_WithADeadline_HandsItToTheEngine()
    {
        await AuthorizeAsync(InAnHour);
        Assert.Equal(Expected, Host.Engine.DeadlineMicros);
        await AuthorizeAsync(new CallOptions());
        Assert.Equal(ICreditEngine.NoDeadline, Host.Engine.DeadlineMicros);
    }

    [Fact]
    public async Task OtherCalls_WithADeadline_HandItToTheEngineToo()
    {
        await SendAsync<V1.Command, V1.Decision>("LimitService", "Execute", new() { Authorize = Host.Authorize(1) });
        await SendAsync<V1.VoidRequest, V1.Decision>("LimitService", "Void", new() { RequestUuid = Host.NewId().ToString(), Facility = Host.Authorize(1).Facility, HoldId = 1 });
        await SendAsync<V1.AuthorizeBatchRequest, V1.AuthorizeBatchReply>("LimitService", "AuthorizeBatch", new() { Requests = { Host.Authorize(1) } });
        await SendAsync<V1.ExecuteBatchRequest, V1.ExecuteBatchReply>("LimitService", "ExecuteBatch", new() { Commands = { new V1.Command { Authorize = Host.Authorize(1) } } });
    }

    [Fact]
    public async Task Streams_WithADeadline_HandItToTheEngineToo()
    {
        using var stream = Host.Channel.Duplex(ApiHost.Method<V1.AuthorizeBatchRequest, V1.AuthorizeBatchReply>("LimitService", "AuthorizeStream"), InAnHour);
        await stream.WriteAsync(new() { Requests = { Host.Authorize(1) } });
        await stream.CompleteAsync();
        Assert.Equal(1, await stream.ReadAllAsync().CountAsync());
        AssertHandedOn();

        using var import = Host.Channel.ClientStreaming(ApiHost.Method<V1.ImportRecord, V1.ImportReply>("ControlService", "Import"), InAnHour);
        await import.WriteAsync(new() { Header = new() { FileSha256 = ByteString.CopyFrom(new byte[32]), Tenant = 1 } });
        await import.WriteAsync(new() { Batch = new() { FirstRow = 1, Commands = { new V1.Command() } } });
        await import.CompleteAsync();
        AssertHandedOn();
    }

    [Fact]
    public async Task JsonCall_WithADeadline_HandsItToTheEngineToo()
    {
        using var http = new HttpClient();
        using var response = await http.SendAsync(JsonAuthorize());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        AssertHandedOn();
    }

    [Fact]
    public async Task Decision_MadeInTimeButFlushedLate_IsAnsweredAllTheSame()
    {
        Host.Engine.OnSubmitted = _ => clock.Advance(2 * Hour);
        Assert.Equal(V1.OutcomeKind.Approved, (await AuthorizeAsync(InAnHour)).Kind);

        using var http = new HttpClient();
        using var response = await http.SendAsync(JsonAuthorize());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private Task<V1.Decision> AuthorizeAsync(CallOptions options) =>
        Host.Channel.UnaryAsync(ApiHost.Method<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize"), Host.Authorize(1), options);

    private async Task SendAsync<TRequest, TReply>(string service, string method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply>
    {
        await Host.Channel.UnaryAsync(ApiHost.Method<TRequest, TReply>(service, method), request, InAnHour);
        AssertHandedOn();
    }

    /// <summary>The engine got this call's deadline; the next call has another.</summary>
    private void AssertHandedOn()
    {
        Assert.Equal(Expected, Host.Engine.DeadlineMicros);
        clock.Advance(TimeSpan.FromSeconds(1));
    }

    private HttpRequestMessage JsonAuthorize() => new(HttpMethod.Post, new Uri(Host.HttpAddress, "/creditgrains.v1.LimitService/Authorize"))
    {
        Headers = { { "grpc-timeout", "1H" } },
        Content = new StringContent(JsonFormatter.Default.Format(Host.Authorize(1)), Encoding.UTF8, "application/json"),
    };
}
