using CreditGrains.Api.Security.Access;
using CreditGrains.Engine;
using CreditGrains.Engine.Standalone;
using CreditGrains.Server.Retention;
using CreditGrains.Server.Security;
using CreditGrains.Server.Standby;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace CreditGrains.Server;

/// <summary>A server that listens. Disposing of it drains the calls under way, then flushes and closes the engine.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ServerSecurity security;
    private readonly HealthFollower health;
    private readonly CancellationTokenSource stop = new();
    private readonly Task<string?> following;
    private readonly StandbyAttachment? standby;
    private readonly JournalKeeper? keeper;
    private readonly RiskDesk? desk;
    private bool disposed;

    internal RunningServer(
        WebApplication app, ICreditEngine engine, ServerSecurity security, HealthFollower health, StandbyAttachment? standby, JournalKeeper? keeper, RiskDesk? desk)
    {
        this.desk = desk;
        this.standby = standby;
        this.keeper = keeper;
        this.app = app;
        this.security = security;
        this.health = health;
        Engine = engine;
        following = health.RunAsync(stop.Token);
    }

    /// <summary>The engine behind the services; closed with the server.</summary>
    public ICreditEngine Engine { get; }

    /// <summary>The way to the engine for all that acts for somebody.</summary>
    public EngineAccess Access => security.Access;

    /// <summary>Where gRPC is served, as http://address:port.</summary>
    public Uri GrpcAddress => Address(0);

    /// <summary>Where JSON over HTTP/1.1 is served, as http://address:port.</summary>
    public Uri HttpAddress => Address(1);

    /// <summary>Waits until the process is told to stop, the token is cancelled, or the engine has a fault.</summary>
    /// <returns>The fault; null when it was told to stop.</returns>
    public async Task<string?> WaitAsync(CancellationToken cancellationToken)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var byToken = cancellationToken.Register(() => told.TrySetResult());
        using var bySignal = app.Lifetime.ApplicationStopping.Register(() => told.TrySetResult());
        var first = await Task.WhenAny(told.Task, following);
        return first == following ? await following : null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        await stop.CancelAsync();
        await following;
        health.Drain();
        await app.StopAsync();
        await app.DisposeAsync();
        await security.DisposeAsync();
        if (keeper is not null) await keeper.DisposeAsync();
        if (standby is not null) await standby.DisposeAsync();
        if (desk is not null) await desk.DisposeAsync();
        await Engine.DisposeAsync();
        stop.Dispose();
    }

    private Uri Address(int index) => new(
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(index));
}
