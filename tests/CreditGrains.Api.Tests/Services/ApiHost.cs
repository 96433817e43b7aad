using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.Transport.Hosting;
using CreditGrains.Api.Transport.Server;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CreditGrains.Api.Tests.Services;

/// <summary>The services over a fake engine on the real transport, and clients of both kinds.</summary>
public sealed class ApiHost : IAsyncLifetime, IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient http = new();
    private RpcChannel? channel;
    private long nextId;

    public ApiHost()
        : this(TimeProvider.System)
    {
    }

    internal ApiHost(TimeProvider clock, Engine.Scoring.IRiskDesk? desk = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenGrpc(new IPEndPoint(IPAddress.Loopback, 0));
            kestrel.ListenHttp(new IPEndPoint(IPAddress.Loopback, 0));
        });
        var table = new ServiceTable();
        CreditGrainsApi.Bind(table, new EngineAccess(Engine, desk: desk));
        builder.Services.AddGrpcTransport(table, new GrpcTransportOptions { TimeProvider = clock, Gate = AccessGate.Open(clock) });
        app = builder.Build();
    }

    public FakeEngine Engine { get; } = new();

    public Uri HttpAddress => Address(1);

    public RpcChannel Channel => channel ??= new RpcChannel(Address(0));

    /// <summary>A fresh UUIDv7.</summary>
    public Guid NewId() => Domain.Requests.RequestId.ForTime(1_700_000_000_000, 7, (ulong)Interlocked.Increment(ref nextId)).ToGuid();

    public V1.AuthorizeRequest Authorize(long amount) => new()
    {
        RequestUuid = NewId().ToString(), Facility = new() { Tenant = 1, LegalEntity = 1, Id = 42 }, Amount = amount, Currency = "EUR",
    };

    public Task<TReply> CallAsync<TRequest, TReply>(string service, string method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply> =>
        Channel.UnaryAsync(Method<TRequest, TReply>(service, method), request);

    public static RpcMethod<TRequest, TReply> Method<TRequest, TReply>(string service, string method)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply> =>
        RpcMethod.Of<TRequest, TReply>(Service(service), method);

    /// <summary>A call as curl makes it.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(HttpAddress, path), content);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public Task InitializeAsync() => app.StartAsync();

    public async Task DisposeAsync()
    {
        channel?.Dispose();
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    private static Google.Protobuf.Reflection.ServiceDescriptor Service(string name) => name switch
    {
        "LimitService" => V1.LimitServiceReflection.Descriptor.Services[0],
        "ApprovalService" => V1.ApprovalServiceReflection.Descriptor.Services[0],
        "VaultService" => V1.VaultServiceReflection.Descriptor.Services[0],
        "ControlService" => V1.ControlServiceReflection.Descriptor.Services[0],
        "PoolService" => V1.PoolServiceReflection.Descriptor.Services[0],
        "RiskService" => V1.RiskServiceReflection.Descriptor.Services[0],
        _ => V1.QueryServiceReflection.Descriptor.Services[0],
    };

    private Uri Address(int index) => new(
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(index));
}
