using System.Net;
using System.Net.Security;
using CreditGrains.Api.Security.Tls;
using CreditGrains.Api.Transport.Server;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CreditGrains.Api.Transport.Hosting;

/// <summary>Adds the transport to a host and opens its ports.</summary>
public static class GrpcTransportExtensions
{
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Puts the transport before the host's pipeline: requests to <paramref name="table"/> are answered by it, all others
    /// by the endpoints and middleware the host maps as usual, on every port.
    /// </summary>
    /// <param name="services">The services of a host whose server is already registered.</param>
    /// <param name="table">What is served; may be filled until the host starts.</param>
    /// <param name="options">Bounds; null for the defaults.</param>
    /// <exception cref="InvalidOperationException">The host has no server registered.</exception>
    public static IServiceCollection AddGrpcTransport(this IServiceCollection services, ServiceTable table, GrpcTransportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(table);
        var server = services.LastOrDefault(service => service.ServiceType == typeof(IServer))
            ?? throw new InvalidOperationException("Register the web server before the gRPC transport.");
        services.AddSingleton<IServer>(provider => new FrontServer(
            Create(server, provider),
            table,
            options ?? new GrpcTransportOptions(),
            provider.GetRequiredService<ILogger<FrontServer>>()));
        // The newest that can open a port does.
        services.AddSingleton<IConnectionListenerFactory>(provider =>
            new PacedListenerFactory(ActivatorUtilities.CreateInstance<SocketTransportFactory>(provider), TimeProvider.System));
        return services;
    }

    /// <summary>
    /// Opens a port for gRPC without TLS (HTTP/2 by prior knowledge). JSON calls work here too for clients that speak
    /// HTTP/2 at once. Without TLS there is nothing to negotiate by, so HTTP/1.1 needs a port of its own:
    /// <see cref="ListenHttp"/>. With TLS one port serves both.
    /// </summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="endpoint">Where; port 0 chooses a free one.</param>
    /// <param name="tls">The server's side of TLS; null for none.</param>
    public static KestrelServerOptions ListenGrpc(this KestrelServerOptions kestrel, IPEndPoint endpoint, ServerTls? tls = null)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        // Finds callers that vanished without closing, so their streams do not stay open for ever.
        kestrel.Limits.Http2.KeepAlivePingDelay = PingDelay;
        kestrel.Limits.Http2.KeepAlivePingTimeout = PingTimeout;
        kestrel.Listen(endpoint, listen => Open(listen, HttpProtocols.Http2, tls));
        return kestrel;
    }

    /// <summary>Opens a port for HTTP/1.1: JSON calls and the ordinary pages.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="endpoint">Where; port 0 chooses a free one.</param>
    /// <param name="tls">The server's side of TLS; null for none.</param>
    public static KestrelServerOptions ListenHttp(this KestrelServerOptions kestrel, IPEndPoint endpoint, ServerTls? tls = null)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        kestrel.Listen(endpoint, listen => Open(listen, HttpProtocols.Http1, tls));
        return kestrel;
    }

    private static void Open(ListenOptions listen, HttpProtocols protocols, ServerTls? tls)
    {
        listen.Protocols = protocols;
        if (tls is null) return;
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(tls.Options()), HandshakeTimeout = HandshakeTimeout });
    }

    private static IServer Create(ServiceDescriptor server, IServiceProvider provider)
    {
        if (server.ImplementationInstance is IServer instance)
            return instance;
        return (IServer)(server.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, server.ImplementationType!));
    }
}
