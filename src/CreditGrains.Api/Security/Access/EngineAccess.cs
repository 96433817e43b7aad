using System.Runtime.CompilerServices;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Engine;

namespace CreditGrains.Api.Security.Access;

/// <summary>
/// The way to the engine for all that acts for somebody: the services and the pages. There is no way without a principal.
/// </summary>
public sealed class EngineAccess
{
    private readonly ConditionalWeakTable<Principal, PrincipalEngine> engines = [];
    private readonly ICreditEngine engine;
    private readonly ICommandWatch? watch;

    /// <summary>Access to an engine, with nothing kept of who did what.</summary>
    /// <param name="engine">Belongs to the caller and must outlive this.</param>
    public EngineAccess(ICreditEngine engine)
        : this(engine, null)
    {
    }

    internal EngineAccess(ICreditEngine engine, ICommandWatch? watch)
    {
        ArgumentNullException.ThrowIfNull(engine);
        this.engine = engine;
        this.watch = watch;
    }

    /// <summary>
    /// The engine as a principal may use it. Commands and queries outside its roles, tenant or legal entities throw <see cref="RpcException"/>
    /// (PermissionDenied); the feed and lists hold only what it may see. Disposing of it does nothing.
    /// </summary>
    public ICreditEngine For(Principal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return Of(principal);
    }

    /// <summary>The engine as the caller of a call may use it.</summary>
    /// <exception cref="RpcException">Unauthenticated: no gate has admitted the call.</exception>
    internal PrincipalEngine For(CallContext context) =>
        context.Principal is { } principal ? Of(principal) : throw new RpcException(StatusCode.Unauthenticated, "NoPrincipal: the call passed no gate, so nobody stands behind it.");

    private PrincipalEngine Of(Principal principal) =>
        engines.TryGetValue(principal, out var own) ? own : engines.GetValue(principal, p => new PrincipalEngine(engine, p, watch));
}
