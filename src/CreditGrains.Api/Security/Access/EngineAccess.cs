using System.Runtime.CompilerServices;
using CreditGrains.Api.Security.Approvals;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Domain.Approvals;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
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

    /// <summary>Access to an engine.</summary>
    /// <param name="engine">Belongs to the caller and must outlive this.</param>
    /// <param name="records">What is kept beside it; null for nothing.</param>
    public EngineAccess(ICreditEngine engine, AccessRecords? records = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        this.engine = engine;
        Records = records ?? new AccessRecords();
        watch = Records.Audit is { } audit ? new CommandAudit(audit) : null;
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

    /// <summary>Proposes a control command that needs a second person; the command's request id is left default.</summary>
    /// <exception cref="RpcException">PermissionDenied, ResourceExhausted, or FailedPrecondition: this server has no approvals.</exception>
    public Proposal Propose(Principal maker, in Command command, string note) => Approvals.Propose(Of(maker), command, note);

    /// <summary>Approves somebody else's proposal and executes it.</summary>
    /// <exception cref="RpcException">As for the call of that name.</exception>
    public ValueTask<(Proposal Proposal, Outcome Outcome)> ApproveAsync(Principal checker, long proposalId) => Approvals.ApproveAsync(Of(checker), proposalId, ICreditEngine.NoDeadline);

    /// <summary>Turns a proposal down, or withdraws one's own.</summary>
    /// <exception cref="RpcException">As for the call of that name.</exception>
    public Proposal Reject(Principal by, long proposalId) => Approvals.Reject(Of(by), proposalId);

    /// <summary>The newest proposals a principal may see.</summary>
    /// <param name="principal">Who looks.</param>
    /// <param name="onlyOpen">Only those that wait.</param>
    /// <param name="beforeId">Proposals before this one; 0 starts at the newest.</param>
    /// <param name="take">1 to 1,000.</param>
    public IReadOnlyList<Proposal> ListProposals(Principal principal, bool onlyOpen, long beforeId, int take) => Approvals.List(principal, onlyOpen, beforeId, take);

    /// <summary>The engine as the caller of a call may use it.</summary>
    /// <exception cref="RpcException">Unauthenticated: no gate has admitted the call.</exception>
    internal PrincipalEngine For(CallContext context) =>
        context.Principal is { } principal ? Of(principal) : throw new RpcException(StatusCode.Unauthenticated, "NoPrincipal: the call passed no gate, so nobody stands behind it.");

    private ChangeApprovals Approvals => Records.Approvals ?? throw new RpcException(
        StatusCode.FailedPrecondition, "ApprovalsNotConfigured: this server has no approvals; give \"approvals\" in its security file (docs/security.md).");

    private PrincipalEngine Of(Principal principal) =>
        engines.TryGetValue(principal, out var own) ? own : engines.GetValue(principal, p => new PrincipalEngine(engine, p, watch, Records.Approvals));
}
