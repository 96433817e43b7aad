using System.Net;
using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Security.Keys;
using CreditGrains.Engine;

namespace CreditGrains.Server.Security;

/// <summary>What guards one server: made once at start, from its options, or not at all.</summary>
internal sealed class ServerSecurity
{
    private ServerSecurity(ServerOptions options, IAuthenticator authenticator)
    {
        var isOpen = options.Security is null;
        Authenticator = authenticator;
        IsHealthOpen = isOpen || options.Security!.OpenHealth;
        Browsers = new BrowserGuard(isLoopbackOnly: isOpen);
        Gate = new AccessGate(authenticator, options.TimeProvider, Browsers, IsHealthOpen);
    }

    /// <summary>Recognises the callers of every port.</summary>
    public IAuthenticator Authenticator { get; }

    /// <summary>Admits calls.</summary>
    public AccessGate Gate { get; }

    /// <summary>Keeps other sites' pages out.</summary>
    public BrowserGuard Browsers { get; }

    /// <summary>Whether health answers everybody.</summary>
    public bool IsHealthOpen { get; }

    /// <summary>Reads what the options name.</summary>
    /// <exception cref="StartException">NotSecured or OpenBeyondLoopback: nobody said who may call.</exception>
    /// <exception cref="SecurityFileException">A file cannot be used.</exception>
    public static ServerSecurity Of(ServerOptions options)
    {
        if (options.Security is not { } settings)
        {
            if (!IPAddress.IsLoopback(options.Address)) throw StartException.OpenBeyondLoopback(options.Address);
            return options.Open ? new ServerSecurity(options, new OpenAccess()) : throw StartException.NotSecured();
        }

        var parts = new List<IAuthenticator>();
        if (settings.Keys is { } keys) parts.Add(new ApiKeys(keys, options.TimeProvider, options.Output.WriteLine));
        if (parts.Count == 0) throw new SecurityFileException("SecurityFileInvalid", "the security file names nobody who may call; give \"keys\".");
        return new ServerSecurity(options, new CombinedAuthenticator(parts));
    }

    /// <summary>The way to the engine for all that acts for somebody.</summary>
    public static EngineAccess AccessTo(ICreditEngine engine) => new(engine);
}
