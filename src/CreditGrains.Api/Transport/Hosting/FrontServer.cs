using CreditGrains.Api.Transport.Server;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace CreditGrains.Api.Transport.Hosting;

/// <summary>
/// Stands before the host's server and takes the calls of the service table; every other request goes on to the ordinary
/// pipeline. Calls taken here pay for no HttpContext, routing, logging scope or middleware.
/// </summary>
internal sealed class FrontServer(IServer server, ServiceTable services, GrpcTransportOptions options, ILogger<FrontServer> logger)
    : IServer
{
    private readonly CancellationTokenSource stopping = new();

    public IFeatureCollection Features => server.Features;

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        options.Validate();
        options.Gate?.Prepare(services.Methods);
        var front = new Front(services, options, logger, stopping.Token);
        return server.StartAsync(new FrontApplication<TContext>(application, front), cancellationToken);
    }

    /// <summary>Ends the streaming calls, which would otherwise hold the server open, then lets unary calls finish.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await server.StopAsync(cancellationToken);
    }

    public void Dispose()
    {
        server.Dispose();
        stopping.Dispose();
    }
}
