using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Approvals;
using CreditGrains.Domain.Clocks;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Api.Security.Approvals;

/// <summary>
/// Maker and checker over an engine: proposals live in the audit log, each event durable before it counts, and are folded from it, at start and as its lines come, whichever process wrote them.
/// An approved command is executed under a request id that the log holds, so a crash between the two is mended by approving again and never executes twice. Thread-safe.
/// </summary>
public sealed class ChangeApprovals
{
    /// <summary>Longest note or reason, characters.</summary>
    public const int NoteLengthMax = 500;

    // The log's turn is taken before the gate of the book, never the other way round: the log shows lines to the book.
    private readonly ProposalBook book = new();
    private readonly Lock gate = new();
    private readonly ApprovalRules rules;
    private readonly TimeProvider clock;
    private AuditLog? log;
    private long version;

    /// <summary>A book without proposals, to be filled by <see cref="Replay"/> while the log is opened.</summary>
    /// <param name="rules">What needs approval.</param>
    /// <param name="clock">Of expiry.</param>
    public ChangeApprovals(ApprovalRules rules, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (rules.LifetimeSeconds is < 60 or > ApprovalRules.LifetimeSecondsMax)
            throw new SecurityFileException("SecurityFileInvalid", $"approvals.lifetimeSeconds is {rules.LifetimeSeconds}; use 60 to {ApprovalRules.LifetimeSecondsMax}.");
        this.rules = rules;
        this.clock = clock;
    }

    /// <summary>What needs approval.</summary>
    public ApprovalRules Rules => rules;

    /// <summary>Rises with each step of any proposal, so that a list need not be made anew while nothing happened; expiry is no step.</summary>
    public long Version => Interlocked.Read(ref version);

    /// <summary>Takes an entry of the log; every entry, in order.</summary>
    /// <exception cref="SecurityFileException">AuditDamaged: it does not follow from those before.</exception>
    public void Replay(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Proposal is not { } line) return;
        try
        {
            var step = ProposalLines.Read(line, entry.Principal, entry.Number);
            lock (gate) book.Apply(step);
            Interlocked.Increment(ref version);
        }
        catch (InvalidOperationException e)
        {
            throw new SecurityFileException("AuditDamaged", $"line {entry.Number} of the audit log: {e.Message}", e);
        }
    }

    /// <summary>Writes to a log from now on, which shows its entries to <see cref="Replay"/>.</summary>
    public void Use(AuditLog opened) => log = opened;

    /// <summary>Refuses a command that needs a second person and has none.</summary>
    /// <exception cref="RpcException">FailedPrecondition: ApprovalNeeded.</exception>
    internal void Demand(in Command command)
    {
        if (rules.NeedsApproval(command))
            throw new RpcException(StatusCode.FailedPrecondition, $"ApprovalNeeded: {command.Kind} of {command.Facility} needs a second person; propose it by ApprovalService.Propose ('creditgrains propose').");
    }

    /// <summary>Proposes a command for somebody who may send it.</summary>
    /// <exception cref="RpcException">PermissionDenied, or ResourceExhausted when too many are open.</exception>
    internal Proposal Propose(PrincipalEngine maker, in Command command, string note)
    {
        maker.DemandRights(command);
        Activating.Demand(maker.Principal, command);
        var (proposed, id) = (command, 0L);
        Opened.Append(() =>
        {
            lock (gate)
            {
                var (made, refusal) = book.Propose(maker.Principal.Id, proposed, note, NowMicros(), rules.LifetimeSeconds);
                if (made is null) throw Refused(refusal, 0);
                id = made.Id;
                return [LineOf(maker.Principal, "Propose", made, CommandAudit.Of(maker.Principal, proposed))];
            }
        });
        return Find(id);
    }

    /// <summary>Approves somebody else's proposal and executes it.</summary>
    internal async ValueTask<(Proposal Proposal, Outcome Outcome)> ApproveAsync(PrincipalEngine checker, long id, string reason, long deadlineMicros)
    {
        DemandShort(reason);
        Opened.Append(() =>
        {
            lock (gate)
            {
                DemandVisible(checker, id);
                var (approved, refusal) = book.Approve(id, checker.Principal.Id, RequestId.FromGuid(Guid.CreateVersion7(clock.GetUtcNow())), NowMicros(), reason);
                if (refusal != ProposalRefusal.None) throw Refused(refusal, id);
                return approved is null ? [] : [LineOf(checker.Principal, "Approve", approved, CommandAudit.Of(checker.Principal, book.Find(id)!.Command))];
            }
        });
        var proposal = Find(id);
        var command = Activating.Checked(proposal.Command, proposal.Checker);
        command.Id = proposal.ExecutedAs;
        var outcome = await checker.Unchecked.ExecuteAsync(command, deadlineMicros);
        if (outcome.Kind == OutcomeKind.Refused) return (proposal, outcome);
        Opened.Append(() =>
        {
            lock (gate) return book.Find(id)!.State == ProposalState.Approved ? [LineOf(checker.Principal, "Execute", new ChangeExecuted(id, NowMicros(), outcome.Sequence), null)] : [];
        });
        return (Find(id), outcome);
    }

    /// <summary>Turns a proposal down.</summary>
    internal Proposal Reject(PrincipalEngine by, long id, string reason)
    {
        DemandShort(reason);
        Opened.Append(() =>
        {
            lock (gate)
            {
                DemandVisible(by, id);
                var (rejected, refusal) = book.Reject(id, by.Principal.Id, NowMicros(), reason);
                if (rejected is null) throw Refused(refusal, id);
                return [LineOf(by.Principal, "Reject", rejected, CommandAudit.Of(by.Principal, book.Find(id)!.Command))];
            }
        });
        return Find(id);
    }

    /// <summary>The newest proposals a principal may see, whichever process they were made at.</summary>
    /// <exception cref="RpcException">Unavailable: a log that is shared cannot be read.</exception>
    internal IReadOnlyList<Proposal> List(Principal principal, bool onlyOpen, long beforeId, int take)
    {
        log?.CatchUp();
        return ListKnown(principal, onlyOpen, beforeId, take);
    }

    /// <summary>The newest proposals a principal may see, as far as the log was read.</summary>
    internal IReadOnlyList<Proposal> ListKnown(Principal principal, bool onlyOpen, long beforeId, int take)
    {
        lock (gate)
        {
            var now = NowMicros();
            return [.. book.All.Reverse().Where(p => (beforeId == 0 || p.Id < beforeId) && IsVisible(principal, p) && (!onlyOpen || p.StateAt(now) == ProposalState.Open)).Take(take)];
        }
    }

    /// <summary>The time by which proposals expire.</summary>
    internal long NowMicros() => clock.UnixMicros();

    private static bool IsVisible(Principal principal, Proposal proposal) => principal.Tenant == 0 || principal.Covers(proposal.Command.Facility);

    /// <summary>A proposal outside one's rights is as unknown as one that is not there.</summary>
    private void DemandVisible(PrincipalEngine who, long id)
    {
        if (book.Find(id) is not { } proposal || !IsVisible(who.Principal, proposal)) throw Refused(ProposalRefusal.UnknownProposal, id);
        who.DemandRights(proposal.Command);
    }

    private AuditLog Opened => log ?? throw new InvalidOperationException("The audit log is not open.");

    private Proposal Find(long id)
    {
        lock (gate) return book.Find(id)!;
    }

    private static AuditEntry LineOf(Principal principal, string act, ProposalEvent e, AuditEntry? about) =>
        new() { Principal = principal.Id, Act = act, Subject = about?.Subject, Detail = about is null ? null : $"{about.Act} {about.Detail}", Proposal = ProposalLines.Write(e) };

    private static void DemandShort(string reason)
    {
        if (reason.Length > NoteLengthMax) throw new RpcException(StatusCode.InvalidArgument, $"reason has {reason.Length} characters; use at most {NoteLengthMax}");
    }

    private static RpcException Refused(ProposalRefusal refusal, long id) => refusal switch
    {
        ProposalRefusal.UnknownProposal => new(StatusCode.NotFound, $"UnknownProposal: there is no proposal {id} here that you may see."),
        ProposalRefusal.SamePrincipal => new(StatusCode.PermissionDenied, $"SamePrincipal: who proposed {id} may not approve it; another principal must."),
        ProposalRefusal.ProposalExpired => new(StatusCode.FailedPrecondition, $"ProposalExpired: nobody approved {id} in time; propose it again."),
        ProposalRefusal.TooManyProposals => new(StatusCode.ResourceExhausted, $"TooManyProposals: {ProposalBook.OpenMax} wait already; approve or reject some."),
        _ => new(StatusCode.FailedPrecondition, $"AlreadyResolved: {id} was rejected or executed before."),
    };
}
