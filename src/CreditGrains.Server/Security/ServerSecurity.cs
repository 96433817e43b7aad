using System.Net;
using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Security.Approvals;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Security.Keys;
using CreditGrains.Api.Security.Limits;
using CreditGrains.Api.Security.Tls;
using CreditGrains.Api.Security.Tokens;
using CreditGrains.Api.Security.Vault;
using CreditGrains.Engine;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Server.Security;

/// <summary>What guards one server: made once at start, from its options, or not at all.</summary>
internal sealed class ServerSecurity : IAsyncDisposable
{
    private readonly ServerOptions options;
    private HeadExport? heads;
    private AuditFollower? follower;

    private ServerSecurity(ServerOptions options, IAuthenticator authenticator)
    {
        this.options = options;
        var isOpen = options.Security is null;
        Authenticator = authenticator;
        Sessions = new Sessions(options.TimeProvider);
        IsHealthOpen = isOpen || options.Security!.OpenHealth;
        Browsers = new BrowserGuard(isLoopbackOnly: isOpen);
        Gate = new AccessGate(authenticator, options.TimeProvider, Browsers, IsHealthOpen, new TenantBudgets(options.Security?.Limits ?? []));
        Tls = options.Security?.Tls is { } tls ? new ServerTls(tls, options.TimeProvider, options.Output.WriteLine) : null;
    }

    /// <summary>Recognises the callers of every port.</summary>
    public IAuthenticator Authenticator { get; }

    /// <summary>Who signed in on a page.</summary>
    public Sessions Sessions { get; }

    /// <summary>Admits calls.</summary>
    public AccessGate Gate { get; }

    /// <summary>Keeps other sites' pages out.</summary>
    public BrowserGuard Browsers { get; }

    /// <summary>TLS of the ports; null for none.</summary>
    public ServerTls? Tls { get; }

    /// <summary>What is kept beside the engine; what processes share is there once the engine is open.</summary>
    public AccessRecords Records { get; private set; } = new();

    /// <summary>The way to the engine; set once there is one.</summary>
    public EngineAccess Access { get; private set; } = null!;

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
        if (settings.Tokens is { } tokens) parts.Add(new WebTokens(tokens, options.TimeProvider, options.Output.WriteLine));
        if (parts.Count == 0) throw new SecurityFileException("SecurityFileInvalid", "the security file names nobody who may call; give \"keys\" or \"tokens\".");
        if (settings is { Approvals: not null, Audit: null }) throw new SecurityFileException("SecurityFileInvalid", "approvals are kept in the audit log; give \"audit\" too.");
        var security = new ServerSecurity(options, new CombinedAuthenticator(parts));
        if (options.Shared is null) security.Records = Open(settings, options, engine: null);
        return security;
    }

    /// <summary>The way to the engine for all that acts for somebody; begins to sign heads.</summary>
    /// <exception cref="SecurityFileException">Something is asked for that this engine cannot do yet.</exception>
    /// <param name="engine">The engine itself.</param>
    /// <param name="served">The same as it is served, with its answers counted.</param>
    /// <param name="desk">What runs beside it; null for nothing.</param>
    /// <param name="alerts">Alerts beside it; null for none.</param>
    public EngineAccess AccessTo(ICreditEngine engine, ICreditEngine served, IRiskDesk? desk, IAlertDesk? alerts)
    {
        var settings = options.Security;
        if (settings is not null && options.Shared is not null) Records = Open(settings, options, engine);
        if (Records.Audit is { IsShared: true } shared) follower = new AuditFollower(shared, options);
        if (settings is not null && engine is not CreditEngine && options.Shared is null && (settings.Heads ?? (object?)settings.Approvals) is not null)
            throw new SecurityFileException("NeedsStandalone", "signed heads and approvals are kept by a standalone server or a silo; take \"heads\" and \"approvals\" out of the security file.");
        if (settings?.Heads is { } signing)
            heads = options.Shared is { } keeping
                ? HeadExport.Start(keeping.Journals(engine), Records.Audit, signing with { File = $"{signing.File}.{keeping.Name}" }, options)
                : HeadExport.Start(new StandaloneHead((CreditEngine)engine), Records.Audit, signing, options);
        return Access = new EngineAccess(served, Records, engine as IPoolSource, desk, alerts);
    }

    /// <summary>Signs the last head and closes the audit log; before the engine is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (follower is not null) await follower.DisposeAsync();
        if (heads is not null) await heads.DisposeAsync();
        Records.Audit?.Dispose();
    }

    private static AccessRecords Open(SecuritySettings settings, ServerOptions options, ICreditEngine? engine)
    {
        var vault = settings.Vault is { } place ? new PersonalVault(place) : null;
        if (settings.Audit is null) return new AccessRecords { Vault = vault };
        var approvals = settings.Approvals is { } rules ? new ChangeApprovals(rules.ToRules(), options.TimeProvider) : null;
        var reviews = new ReviewTrail(options.TimeProvider);
        void See(AuditEntry entry)
        {
            approvals?.Replay(entry);
            reviews.Replay(entry);
        }

        var audit = options.Shared is { } shared ? new AuditLog(shared.AuditLines(engine!), options.TimeProvider, See) : new AuditLog(settings.Audit, options.TimeProvider, See);
        approvals?.Use(audit);
        return new AccessRecords { Audit = audit, Approvals = approvals, Reviews = reviews, Vault = vault };
    }
}
