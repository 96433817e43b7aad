using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Security.Approvals;
using CreditGrains.Dashboard.Live;
using CreditGrains.Dashboard.Texts;
using CreditGrains.Domain.Approvals;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Dashboard.Approvals;

/// <summary>Something that was decided by a person.</summary>
/// <param name="AtMicros">When.</param>
/// <param name="Name">What: a proposal or a referral, with its number.</param>
/// <param name="About">The facility or node.</param>
/// <param name="Maker">Who proposed it; empty of a referral.</param>
/// <param name="Checker">Who decided it; empty when nobody did in time.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Tone">Of the outcome.</param>
/// <param name="Reason">Why; may be empty.</param>
/// <param name="Decision">The engine's decision; 0 when there is none, or it is not known.</param>
public sealed record TrailRow(long AtMicros, string Name, NodeKey About, string Maker, string Checker, string Outcome, string Tone, string Reason, long Decision);

/// <summary>What was decided of proposals and referrals, newest first: proposals as the audit log has them, referrals with their decisions in the journal.</summary>
internal sealed class DecisionTrail(Sight sight, EngineAccess access, Words words)
{
    /// <summary>Most rows shown.</summary>
    public const int Shown = 40;

    private readonly Dictionary<RequestId, EventRecord?> decisions = [];

    /// <summary>The rows now.</summary>
    public async Task<IReadOnlyList<TrailRow>> ReadAsync(long nowMicros)
    {
        var rows = new List<TrailRow>();
        if (access.HasApprovals)
            rows.AddRange(access.ListProposals(sight.Visitor, onlyOpen: false, 0, 3 * Shown).Where(one => one.StateAt(nowMicros) is ProposalState.Executed or ProposalState.Rejected or ProposalState.Expired).Select(one => RowOf(one, nowMicros)));
        foreach (var step in access.ListReviews(sight.Visitor, 3 * Shown).Where(step => step.IsDecision).Take(Shown)) rows.Add(RowOf(step, await FindAsync(step)));
        return [.. rows.OrderByDescending(row => row.AtMicros).Take(Shown)];
    }

    private TrailRow RowOf(Proposal proposal, long nowMicros)
    {
        var state = proposal.StateAt(nowMicros);
        var at = state == ProposalState.Expired ? proposal.ExpiresAtMicros : Math.Max(proposal.CheckedAtMicros, proposal.ProposedAtMicros);
        var command = proposal.Command.Kind;
        return new TrailRow(at, $"{words.Of("approvals.proposal", proposal.Id)} {words.Or($"command.{command}", command.ToString())}", proposal.Command.Facility, proposal.Maker, proposal.Checker,
            words[$"proposal.{state}"], state == ProposalState.Executed ? "good" : "bad", proposal.Reason, proposal.DecisionId);
    }

    private TrailRow RowOf(ReviewStep step, EventRecord? decision) =>
        new(step.AtMicros, words.Of("trail.referral", step.Reference), step.Facility, "", step.By, OutcomeOf(step, decision), decision?.Outcome is OutcomeKind.Approved ? "good" : decision is null && step.IsAccepted ? "none" : "bad",
            decision is null ? "" : ReviewNote.Read(decision.Attributes), decision?.Sequence ?? 0);

    // The log says what was asked before it was done; the decision says what came of it.
    private string OutcomeOf(ReviewStep step, EventRecord? decision) => decision switch
    {
        null => words[step.IsAccepted ? "trail.accepted" : "trail.turnedDown"],
        { Reason: Reason.None or Reason.ReferralTurnedDown } => words[step.IsAccepted ? $"outcome.{decision.Outcome}" : "trail.turnedDown"],
        _ => $"{words[$"outcome.{decision.Outcome}"]}: {words.Or($"reason.{decision.Reason}", decision.Reason.ToString())}",
    };

    private async ValueTask<EventRecord?> FindAsync(ReviewStep step)
    {
        if (decisions.TryGetValue(step.Request, out var known)) return known;
        var found = await sight.Engine.GetDecisionAsync(step.Facility.Tenant, step.Request);
        // One that is not there yet may come; one older than the ids kept will not, and is asked for again at most as often as the trail changes.
        if (found is not null) decisions[step.Request] = found;
        return found;
    }
}
