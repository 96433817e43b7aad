using CreditGrains.Api.Security.Limits;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Domain.Clocks;
using Microsoft.AspNetCore.Http.Features;

namespace CreditGrains.Api.Security.Access;

/// <summary>The gate of creditgrains.v1: who is it, may they call this method, and have they budget. What a command names is checked by <see cref="EngineAccess"/>.</summary>
public sealed class AccessGate : ICallGate
{
    private readonly IAuthenticator authenticator;
    private readonly TimeProvider clock;
    private readonly BrowserGuard browsers;
    private readonly bool isHealthOpen;
    private readonly TenantBudgets? budgets;

    /// <summary>Makes a gate.</summary>
    /// <param name="authenticator">Recognises callers.</param>
    /// <param name="clock">Of the end of credentials.</param>
    /// <param name="browsers">Keeps other sites' pages out.</param>
    /// <param name="isHealthOpen">Whether grpc.health.v1 answers callers without credentials.</param>
    /// <param name="budgets">Of the tenants; null: nothing is limited.</param>
    public AccessGate(IAuthenticator authenticator, TimeProvider clock, BrowserGuard browsers, bool isHealthOpen = false, TenantBudgets? budgets = null)
    {
        ArgumentNullException.ThrowIfNull(authenticator);
        ArgumentNullException.ThrowIfNull(clock);
        this.authenticator = authenticator;
        this.clock = clock;
        ArgumentNullException.ThrowIfNull(browsers);
        this.browsers = browsers;
        this.isHealthOpen = isHealthOpen;
        this.budgets = budgets is { IsEmpty: false } ? budgets : null;
    }

    /// <summary>A gate that lets every caller of this machine do everything: for a server that was told to be open on loopback.</summary>
    public static AccessGate Open(TimeProvider clock) => new(new OpenAccess(), clock, new BrowserGuard(isLoopbackOnly: true));

    /// <inheritdoc/>
    public void Prepare(IEnumerable<string> methods)
    {
        var missing = methods.Where(method => MethodRules.Find(method) is null).Order(StringComparer.Ordinal).ToArray();
        if (missing.Length > 0)
            throw new InvalidOperationException($"No rule says who may call {string.Join(", ", missing)}; add a row to MethodRules.");
    }

    /// <inheritdoc/>
    public void Admit(CallContext context, IFeatureCollection features)
    {
        ArgumentNullException.ThrowIfNull(context);
        var rule = MethodRules.Find(context.Method) ?? throw Denials.Method(context.Method);
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        if (browsers.Check(request.Headers, request.Scheme) is { } foreign) throw new RpcException(StatusCode.PermissionDenied, foreign);
        if (rule.IsHealth && isHealthOpen) return;

        var generation = authenticator.Generation;
        var authorization = request.Headers.Authorization;
        if (authorization.Count > 1) throw Unauthenticated("several authorization headers: send one");
        var credentials = new Credentials(authorization.Count == 0 ? null : authorization[0], features.Get<ITlsConnectionFeature>()?.ClientCertificate);
        var recognition = Recognise(credentials);
        var principal = recognition.Principal!;
        if (!principal.HasAny(rule.AnyOf)) throw Denials.Role(principal, context.Method, rule.AnyOf);
        if (rule.IsEngineWide && principal.Tenant != 0) throw Denials.EngineWide(principal, context.Method);
        budgets?.Enter(principal.Tenant, clock.UnixMicros());
        context.Admitted(this, principal, new CallAdmission(credentials, generation, recognition.ValidUntil));
    }

    /// <inheritdoc/>
    public void Recheck(CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Admission is not { } admission) return;
        var generation = authenticator.Generation;
        if (generation == admission.Generation && clock.GetUtcNow() < admission.ValidUntil) return;
        var recognition = Recognise(admission.Credentials);
        // The call goes on as it began: a key that now has fewer rights begins its next call with them.
        if (!IsSame(recognition.Principal!, context.Principal!)) throw Unauthenticated("the rights of these credentials have changed; call again");
        context.Admitted(this, context.Principal!, admission with { Generation = generation, ValidUntil = recognition.ValidUntil });
    }

    /// <inheritdoc/>
    public void Charge(CallContext context, int commands)
    {
        ArgumentNullException.ThrowIfNull(context);
        budgets?.Charge(context.Principal!.Tenant, commands, clock.UnixMicros());
    }

    /// <inheritdoc/>
    public void Leave(CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        budgets?.Leave(context.Principal!.Tenant);
    }

    private static bool IsSame(Principal one, Principal other) =>
        ReferenceEquals(one, other)
        || (one.Id == other.Id && one.Roles == other.Roles && one.Tenant == other.Tenant && one.LegalEntities.SequenceEqual(other.LegalEntities));

    private Recognition Recognise(in Credentials credentials)
    {
        var recognition = authenticator.Authenticate(credentials);
        if (recognition.Principal is null) throw Unauthenticated(recognition.Refusal ?? "credentials of no kind known here");
        if (recognition.ValidUntil <= clock.GetUtcNow()) throw Unauthenticated("the credentials have ended; use new ones");
        return recognition;
    }

    private static RpcException Unauthenticated(string why)
    {
        var trailers = new Metadata();
        trailers.Add("www-authenticate", "Bearer");
        return new(StatusCode.Unauthenticated, $"Unauthenticated: {why}.", null, trailers);
    }
}

/// <summary>What a call was admitted by, to ask again while it lasts.</summary>
/// <param name="Credentials">As they came.</param>
/// <param name="Generation">Of the authenticator when it accepted them.</param>
/// <param name="ValidUntil">When they end.</param>
internal readonly record struct CallAdmission(Credentials Credentials, long Generation, DateTimeOffset ValidUntil);
