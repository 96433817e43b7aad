using System.Runtime.CompilerServices;
using CreditGrains.Api.Security.Approvals;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.Services;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Domain.Approvals;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Scoring;

namespace CreditGrains.Api.Security.Access;

/// <summary>
/// The way to the engine for all that acts for somebody: the services and the pages. There is no way without a principal.
/// </summary>
public sealed class EngineAccess
{
    private readonly ConditionalWeakTable<Principal, PrincipalEngine> engines = [];
    private readonly ICreditEngine engine;
    private readonly IPoolSource pools;
    private readonly IRiskDesk? desk;
    private readonly IAlertDesk? alerts;
    private readonly ICommandWatch watch;

    /// <summary>Access to an engine.</summary>
    /// <param name="engine">Belongs to the caller and must outlive this.</param>
    /// <param name="records">What is kept beside it; null for nothing.</param>
    /// <param name="pools">Live pools; null: the engine's, when it has any.</param>
    /// <param name="desk">Monitors, shadows and backtests beside the engine; null for none.</param>
    /// <param name="alerts">Alerts beside the engine; null for none.</param>
    public EngineAccess(ICreditEngine engine, AccessRecords? records = null, IPoolSource? pools = null, IRiskDesk? desk = null, IAlertDesk? alerts = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        this.engine = engine;
        this.pools = pools ?? engine as IPoolSource ?? NoPools.Instance;
        this.desk = desk;
        this.alerts = alerts;
        Records = records ?? new AccessRecords();
        watch = Records.Audit is { } audit ? new CommandAudit(audit) : new WatchedReviews(Records.Reviews);
    }

    /// <summary>What is kept beside the engine.</summary>
    public AccessRecords Records { get; }

    /// <summary>
    /// The engine as a principal may use it. Commands and queries outside its roles, tenant or legal entities throw <see cref="RpcException"/>
    /// (PermissionDenied); the feed and lists hold only what it may see. Disposing of it does nothing.
    /// </summary>
    public ICreditEngine For(Principal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return Of(principal);
    }

    /// <summary>The live pools as a principal may read them; what lies outside its scope throws <see cref="RpcException"/> (PermissionDenied).</summary>
    public IPoolSource PoolsFor(Principal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return new PrincipalPools(pools, principal);
    }

    /// <summary>Monitors, shadows and backtests as a principal may use them; null when this host runs none.</summary>
    public IRiskDesk? DeskFor(Principal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return desk is null ? null : new PrincipalDesk(desk, principal, watch);
    }

    /// <summary>Alerts as a principal may see them; null when this host watches for nothing.</summary>
    public IAlertDesk? AlertsFor(Principal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return alerts is null ? null : new PrincipalAlerts(alerts, principal);
    }

    /// <summary>Whether a command is refused without a second person here.</summary>
    public bool NeedsSecondPerson(in Command command) => Records.Approvals is { } approvals && approvals.Rules.NeedsApproval(command);

    /// <summary>Proposes a control command that needs a second person; the command's request id is left default.</summary>
    /// <exception cref="RpcException">PermissionDenied, ResourceExhausted, or FailedPrecondition: this server has no approvals.</exception>
    public Proposal Propose(Principal maker, in Command command, string note) => Approvals.Propose(Of(maker), command, note);

    /// <summary>Approves somebody else's proposal and executes it.</summary>
    /// <exception cref="RpcException">As for the call of that name; PermissionDenied also without the role the call needs.</exception>
    public ValueTask<(Proposal Proposal, Outcome Outcome)> ApproveAsync(Principal checker, long proposalId, string reason)
    {
        ArgumentNullException.ThrowIfNull(checker);
        if (!MayApprove(checker)) throw Denials.Role(checker, "Approve", Roles.Risk);
        return Approvals.ApproveAsync(Of(checker), proposalId, reason, ICreditEngine.NoDeadline);
    }

    /// <summary>Turns a proposal down, or withdraws one's own.</summary>
    /// <exception cref="RpcException">As for the call of that name.</exception>
    public Proposal Reject(Principal by, long proposalId, string reason) => Approvals.Reject(Of(by), proposalId, reason);

    /// <summary>Whether a principal may approve at all; each proposal needs its command's own role and scope too.</summary>
    public static bool MayApprove(Principal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return principal.HasAny(Roles.Risk);
    }

    /// <summary>Whether changes may need a second person here.</summary>
    public bool HasApprovals => Records.Approvals is not null;

    /// <summary>Changes with each step of any proposal; 0 without approvals.</summary>
    public long ApprovalsVersion => Records.Approvals?.Version ?? 0;

    /// <summary>The newest reviews asked for and decided that a principal may see, newest first.</summary>
    /// <param name="principal">Who looks.</param>
    /// <param name="take">1 or more.</param>
    public IReadOnlyList<ReviewStep> ListReviews(Principal principal, int take)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return Records.Reviews.Newest(principal, take);
    }

    /// <summary>The newest proposals a principal may see, at once: those made at another silo within the last second may be missing.</summary>
    /// <param name="principal">Who looks.</param>
    /// <param name="onlyOpen">Only those that wait.</param>
    /// <param name="beforeId">Proposals before this one; 0 starts at the newest.</param>
    /// <param name="take">1 to 1,000.</param>
    public IReadOnlyList<Proposal> ListProposals(Principal principal, bool onlyOpen, long beforeId, int take) => Approvals.ListKnown(principal, onlyOpen, beforeId, take);

    /// <summary>The engine as the caller of a call may use it.</summary>
    /// <exception cref="RpcException">Unauthenticated: no gate has admitted the call.</exception>
    internal PrincipalEngine For(CallContext context) => Of(Caller(context));

    /// <summary>The pools as the caller of a call may read them.</summary>
    /// <exception cref="RpcException">Unauthenticated: no gate has admitted the call.</exception>
    internal IPoolSource PoolsFor(CallContext context) => PoolsFor(Caller(context));

    /// <summary>What runs beside the engine, as the caller of a call may use it.</summary>
    /// <exception cref="RpcException">Unauthenticated: no gate has admitted the call. Unimplemented: this host runs nothing beside.</exception>
    internal IRiskDesk DeskFor(CallContext context) => DeskFor(Caller(context))
        ?? throw new RpcException(StatusCode.Unimplemented, "this host follows no journal: ask a server of CreditGrains, which monitors models and runs backtests beside its engine");

    /// <summary>Alerts, as the caller of a call may see them.</summary>
    /// <exception cref="RpcException">Unauthenticated: no gate has admitted the call. Unimplemented: this host watches for nothing.</exception>
    internal IAlertDesk AlertsFor(CallContext context) => AlertsFor(Caller(context)) ?? throw new RpcException(StatusCode.Unimplemented, AlertMapping.NoAlerts);

    private static Principal Caller(CallContext context) =>
        context.Principal ?? throw new RpcException(StatusCode.Unauthenticated, "NoPrincipal: the call passed no gate, so nobody stands behind it.");

    private ChangeApprovals Approvals => Records.Approvals ?? throw new RpcException(
        StatusCode.FailedPrecondition, "ApprovalsNotConfigured: this server has no approvals; give \"approvals\" in its security file (docs/security.md).");

    private PrincipalEngine Of(Principal principal) =>
        engines.TryGetValue(principal, out var own) ? own : engines.GetValue(principal, p => new PrincipalEngine(engine, p, watch, Records));
}
