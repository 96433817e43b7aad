using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport;
using CreditGrains.Dashboard.Live;
using CreditGrains.Dashboard.Texts;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Files;

namespace CreditGrains.Dashboard.Accounts;

/// <summary>Acts as the visitor, with the visitor's rights. What needs a second person becomes a proposal.</summary>
internal sealed class AccessDesk(EngineAccess access, Visit visit, DashboardOptions options) : IActionDesk
{
    private const string Note = "asked for on the dashboard";

    /// <inheritdoc/>
    public async Task<ActionResult> ActAsync(Command command, Words words)
    {
        if (await visit.FindAsync() is not { } visitor) return new ActionResult(false, words["act.signIn"]);
        try
        {
            if (access.NeedsSecondPerson(command)) return new ActionResult(true, words.Of("act.proposed", access.Propose(visitor, command, Note).Id));
            command.Id = RequestId.FromGuid(Guid.CreateVersion7(options.TimeProvider.GetUtcNow()));
            var outcome = await access.For(visitor).ExecuteAsync(command);
            return outcome.Kind == OutcomeKind.Posted
                ? new ActionResult(true, words.Of("act.done", outcome.Sequence))
                : new ActionResult(false, $"{words[$"outcome.{outcome.Kind}"]}: {words.Or($"reason.{outcome.Reason}", outcome.Reason.ToString())} {outcome.Message}");
        }
        catch (Exception failure) when (failure is RpcException or EngineFaultException or StoreException)
        {
            return new ActionResult(false, failure.Message);
        }
    }
}
