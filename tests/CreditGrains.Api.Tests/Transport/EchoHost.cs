using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CreditGrains.Api.Tests.Transport.Echo;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.Transport.Health;
using CreditGrains.Api.Transport.Hosting;
using CreditGrains.Api.Transport.Reflection;
using CreditGrains.Api.Transport.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CreditGrains.Api.Tests.Transport;

/// <summary>A server of the echo service on two loopback ports, with one ordinary page beside it.</summary>
public sealed class EchoHost : IAsyncLifetime, IAsyncDisposable
{
    private readonly WebApplication app;

    public EchoHost()
        : this(new GrpcTransportOptions { ReceiveLengthMax = 64 * 1024, SendLengthMax = 128 * 1024 })
    {
    }

    internal EchoHost(GrpcTransportOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.ListenGrpc(new IPEndPoint(IPAddress.Loopback, 0));
            kestrel.ListenHttp(new IPEndPoint(IPAddress.Loopback, 0));
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(Certificate));
        });
        var table = new ServiceTable();
        Health.Bind(table);
        ReflectionService.Bind(table);
        BindEcho(table);
        builder.Services.AddGrpcTransport(table, options);
        app = builder.Build();
        app.MapGet("/page", () => "an ordinary page");
    }

    public HealthService Health { get; } = new();

    /// <summary>Completes when a Hang call has reached its handler.</summary>
    public TaskCompletionSource HangEntered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a Hang call saw its token cancelled.</summary>
    public TaskCompletionSource HangCancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Uri GrpcAddress => Address(0);

    public Uri HttpAddress => Address(1);

    /// <summary>One port for HTTP/1.1 and HTTP/2, by TLS.</summary>
    public Uri TlsAddress => Address(2);

    public X509Certificate2 Certificate { get; } = MakeCertificate();

    public async Task InitializeAsync()
    {
        await app.StartAsync();
        Health.Set("", isServing: true);
        Health.Set("creditgrains.test.EchoService", isServing: true);
    }

    public async Task DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    public RpcChannel Connect(RpcChannelOptions? options = null) => new(GrpcAddress, options);

    /// <param name="drained">Cancelled when calls under way have had their time.</param>
    public Task StopAsync(CancellationToken drained = default) => app.StopAsync(drained);

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private Uri Address(int index) => new(
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(index));

    private void BindEcho(ServiceTable table) => table.Bind(EchoReflection.Descriptor.Services[0])
        .Unary<EchoMessage, EchoMessage>("Echo", EchoAsync)
        .RawUnary("EchoRaw", (request, response, _) =>
        {
            foreach (var segment in request)
                response.Write(segment.Span);
            return default;
        })
        .ServerStreaming<EchoMessage, EchoMessage>("Repeat", async (request, responses, _) =>
        {
            for (var i = 0; i < request.Repeat; i++)
                await responses.WriteAsync(new EchoMessage { Text = request.Text, Number = i });
            ThrowIfAsked(request);
        })
        .ClientStreaming<EchoMessage, EchoMessage>("Join", async (requests, _) =>
        {
            var joined = new EchoMessage();
            await foreach (var request in requests)
            {
                ThrowIfAsked(request);
                joined.Text += request.Text;
                joined.Number += request.Number;
            }

            return joined;
        })
        .Duplex<EchoMessage, EchoMessage>("Chat", async (requests, responses, _) =>
        {
            await foreach (var request in requests)
            {
                ThrowIfAsked(request);
                await responses.WriteAsync(request);
            }
        })
        .RawDuplex("ChatRaw", async (requests, responses, _) =>
        {
            while (await requests.WaitToReadAsync())
            {
                while (requests.TryRead(out var request))
                {
                    foreach (var segment in request)
                        responses.Message.Write(segment.Span);
                    responses.EndMessage();
                }

                await responses.FlushAsync();
            }
        })
        .Unary<EchoMessage, EchoMessage>("Hang", async (_, context) =>
        {
            var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var token = context.CancellationToken;
            using var registration = token.Register(cancelled.SetResult);
            HangEntered.TrySetResult();
            await cancelled.Task;
            HangCancelled.TrySetResult();
            throw new OperationCanceledException(token);
        })
        .Unary<EchoMessage, EchoMessage>("Crash", (_, _) => throw new InvalidOperationException("the secret of the house"));

    private static ValueTask<EchoMessage> EchoAsync(EchoMessage request, CallContext context)
    {
        if (context.RequestHeaders.GetText("x-text") is { } text)
            context.ResponseHeaders.Add("x-text", text);
        if (context.RequestHeaders.GetBytes("x-data-bin") is { } data)
            context.ResponseTrailers.Add("x-data-bin", data);
        if (context.RequestHeaders.GetText("x-gzip") is not null)
            context.CompressResponses = true;
        ThrowIfAsked(request);
        if (request.Repeat > 0)
            request.Data = Google.Protobuf.ByteString.CopyFrom(new byte[request.Repeat]);
        return new(request);
    }

    private static void ThrowIfAsked(EchoMessage request)
    {
        if (request.FailCode != 0)
            throw new RpcException((StatusCode)request.FailCode, request.Text);
    }
}
