using System.Net;
using CreditGrains.Api;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport.Hosting;
using CreditGrains.Api.Transport.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CreditGrains.Cli.Tests.Bench;

/// <summary>The real API and transport over the canned engine, on a free loopback port.</summary>
internal sealed class CannedHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private CannedHost(WebApplication app) => this.app = app;

    public CannedEngine Engine { get; private init; } = null!;

    public IPEndPoint Address { get; private init; } = null!;

    public static async Task<CannedHost> StartAsync(int port = 0)
    {
        var engine = new CannedEngine();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenGrpc(new IPEndPoint(IPAddress.Loopback, port)));
        var table = new ServiceTable();
        CreditGrainsApi.Bind(table, new EngineAccess(engine));
        builder.Services.AddGrpcTransport(table, new GrpcTransportOptions { Gate = AccessGate.Open(TimeProvider.System) });
        var app = builder.Build();
        await app.StartAsync();
        var uri = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return new CannedHost(app) { Engine = engine, Address = new IPEndPoint(IPAddress.Loopback, uri.Port) };
    }

    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
