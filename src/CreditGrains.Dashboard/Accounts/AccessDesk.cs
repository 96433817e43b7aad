using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport;
using CreditGrains.Dashboard.Approvals;
using CreditGrains.Dashboard.Live;
using CreditGrains.Dashboard.Texts;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Files;

namespace CreditGrains.Dashboard.Accounts;

/// <summary>Acts as the visitor, with the visitor's rights as they are now. What needs a second person becomes a proposal; nobody decides what they asked for.</summary>
internal sealed class AccessDesk(EngineAccess access, Visit visit, DashboardOptions options) : IActionDesk, IApprovalDesk
{
    private const string Note = "asked for on the dashboard";

    /// <inheritdoc/>
    public Task<ActionResult> ActAsync(Command command, Words words) => AsVisitorAsync(words, async visitor =>
        access.NeedsSecondPerson(command)
            ? new ActionResult(true, words.Of("act.proposed", access.Propose(visitor, command, Note).Id))
            : Said(await ExecuteAsync(visitor, command), words));

    /// <inheritdoc/>
    public Task<ActionResult> ApproveAsync(long proposal, string reason, Words words) => AsVisitorAsync(words, async visitor => Said((await access.ApproveAsync(visitor, proposal, reason)).Outcome, words));

    /// <inheritdoc/>
    public Task<ActionResult> RefuseAsync(long proposal, string reason, Words words) => AsVisitorAsync(words, visitor =>
    {
        var refused = access.Reject(visitor, proposal, reason);
        return Task.FromResult(new ActionResult(true, words.Of(refused.Maker == visitor.Id ? "approvals.withdrawn" : "approvals.refused", proposal)));
    });

    /// <inheritdoc/>
    public Task<ActionResult> ResolveAsync(ReviewSight review, bool accepts, string reason, Words words) => AsVisitorAsync(words, async visitor =>
    {
        if (ReviewNote.Write(visitor.Id, reason) is not { } note) return new ActionResult(false, words["reviews.reasonLong"]);
        var outcome = await ExecuteAsync(visitor, new Command
        {
            Kind = CommandKind.ResolveReferral, Facility = review.Referral.Facility, Reference = review.Referral.Reference, Options = accepts ? CommandOptions.Accept : CommandOptions.None, Attributes = note,
        });
        return outcome is { Kind: OutcomeKind.Approved or OutcomeKind.ApprovedInPart } or { Kind: OutcomeKind.Declined, Reason: Reason.ReferralTurnedDown }
            ? new ActionResult(true, words.Of(accepts ? "reviews.accepted" : "reviews.turnedDown", outcome.Sequence))
            : Said(outcome, words);
    });

    private ValueTask<Outcome> ExecuteAsync(Principal visitor, Command command)
    {
        command.Id = RequestId.FromGuid(Guid.CreateVersion7(options.TimeProvider.GetUtcNow()));
        return access.For(visitor).ExecuteAsync(command);
    }

    private async Task<ActionResult> AsVisitorAsync(Words words, Func<Principal, Task<ActionResult>> act)
    {
        if (await visit.FindAsync() is not { } visitor) return new ActionResult(false, words["act.signIn"]);
        try
        {
            return await act(visitor);
        }
        catch (Exception failure) when (failure is RpcException or EngineFaultException or StoreException)
        {
            // Named errors begin with their name; some are told in the reader's language.
            return new ActionResult(false, words.Or($"refusal.{failure.Message.Split(':')[0]}", failure.Message));
        }
    }

    private static ActionResult Said(in Outcome outcome, Words words) => outcome.Kind == OutcomeKind.Posted
        ? new ActionResult(true, words.Of("act.done", outcome.Sequence))
        : new ActionResult(false, $"{words[$"outcome.{outcome.Kind}"]}: {words.Or($"reason.{outcome.Reason}", outcome.Reason.ToString())} {outcome.Message}");
}
