using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Domain.Approvals;

/// <summary>Why an act on a proposal is refused.</summary>
public enum ProposalRefusal
{
    /// <summary>It is not.</summary>
    None = 0,

    /// <summary>There is no such proposal.</summary>
    UnknownProposal = 1,

    /// <summary>It was rejected, or executed, before.</summary>
    AlreadyResolved = 2,

    /// <summary>Its time is over.</summary>
    ProposalExpired = 3,

    /// <summary>Who made it may not approve it.</summary>
    SamePrincipal = 4,

    /// <summary>As many are open as may be (<see cref="ProposalBook.OpenMax"/>).</summary>
    TooManyProposals = 5,
}

/// <summary>
/// All proposals: what was decided, folded from events in order, and the rule of maker and checker. Deciding changes nothing and gives an event; applying an
/// event decides nothing, so the same events give the same book. Time and ids are passed in. Not thread-safe.
/// </summary>
public sealed class ProposalBook
{
    /// <summary>Most proposals that are open at once.</summary>
    public const int OpenMax = 10_000;

    private readonly SortedDictionary<long, Proposal> proposals = [];
    private long lastId;

    /// <summary>All, by id.</summary>
    public IEnumerable<Proposal> All => proposals.Values;

    /// <summary>A proposal; null when there is none of that id.</summary>
    public Proposal? Find(long id) => proposals.GetValueOrDefault(id);

    /// <summary>Decides a proposal.</summary>
    public (ChangeProposed? Event, ProposalRefusal Refusal) Propose(string maker, in Command command, string note, long nowMicros, long lifetimeSeconds)
    {
        if (proposals.Values.Count(p => p.StateAt(nowMicros) == ProposalState.Open) >= OpenMax) return (null, ProposalRefusal.TooManyProposals);
        return (new ChangeProposed(lastId + 1, nowMicros, maker, command, note, checked(nowMicros + lifetimeSeconds * 1_000_000)), ProposalRefusal.None);
    }

    /// <summary>Decides an approval. One approved before and not executed yet may be approved again by anyone but its maker: its command is sent again.</summary>
    /// <param name="id">The proposal.</param>
    /// <param name="checker">Who approves.</param>
    /// <param name="executeAs">A fresh request id for its command.</param>
    /// <param name="nowMicros">The time.</param>
    /// <param name="reason">Why; may be empty.</param>
    /// <returns>No event and no refusal: it is approved already.</returns>
    public (ChangeApproved? Event, ProposalRefusal Refusal) Approve(long id, string checker, RequestId executeAs, long nowMicros, string reason = "")
    {
        if (Find(id) is not { } proposal) return (null, ProposalRefusal.UnknownProposal);
        if (proposal.Maker == checker) return (null, ProposalRefusal.SamePrincipal);
        return proposal.StateAt(nowMicros) switch
        {
            ProposalState.Open => (new ChangeApproved(id, nowMicros, checker, executeAs, reason), ProposalRefusal.None),
            ProposalState.Approved => (null, ProposalRefusal.None),
            ProposalState.Expired => (null, ProposalRefusal.ProposalExpired),
            _ => (null, ProposalRefusal.AlreadyResolved),
        };
    }

    /// <summary>Decides a rejection; the maker may withdraw too.</summary>
    public (ChangeRejected? Event, ProposalRefusal Refusal) Reject(long id, string by, long nowMicros, string reason = "")
    {
        if (Find(id) is not { } proposal) return (null, ProposalRefusal.UnknownProposal);
        return proposal.StateAt(nowMicros) switch
        {
            ProposalState.Open => (new ChangeRejected(id, nowMicros, by, reason), ProposalRefusal.None),
            ProposalState.Expired => (null, ProposalRefusal.ProposalExpired),
            _ => (null, ProposalRefusal.AlreadyResolved),
        };
    }

    /// <summary>Carries out an event.</summary>
    /// <exception cref="InvalidOperationException">It does not follow from those before: the log is not the one it was.</exception>
    public void Apply(ProposalEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        if (e is ChangeProposed made)
        {
            if (made.Id != lastId + 1) throw Broken(e);
            lastId = made.Id;
            proposals.Add(made.Id, new Proposal(made.Id, made.Maker, made.Command, made.Note, made.AtMicros, made.ExpiresAtMicros));
            return;
        }

        if (Find(e.Id) is not { } proposal) throw Broken(e);
        proposals[e.Id] = (e, proposal.State) switch
        {
            (ChangeApproved approved, ProposalState.Open) when approved.Checker != proposal.Maker && e.AtMicros < proposal.ExpiresAtMicros =>
                proposal with { State = ProposalState.Approved, Checker = approved.Checker, ExecutedAs = approved.ExecutedAs, Reason = approved.Reason, CheckedAtMicros = approved.AtMicros },
            (ChangeRejected rejected, ProposalState.Open) => proposal with { State = ProposalState.Rejected, Checker = rejected.By, Reason = rejected.Reason, CheckedAtMicros = rejected.AtMicros },
            (ChangeExecuted executed, ProposalState.Approved) => proposal with { State = ProposalState.Executed, DecisionId = executed.DecisionId },
            _ => throw Broken(e),
        };
    }

    private static InvalidOperationException Broken(ProposalEvent e) => new($"{e.GetType().Name} of proposal {e.Id} does not follow from the events before it.");
}
