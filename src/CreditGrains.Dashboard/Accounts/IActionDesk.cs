using CreditGrains.Dashboard.Texts;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Files;

namespace CreditGrains.Dashboard.Accounts;

/// <summary>What became of what a person asked for.</summary>
/// <param name="IsDone">Whether it was done, or noted for somebody else to approve.</param>
/// <param name="Message">For the person.</param>
public sealed record ActionResult(bool IsDone, string Message);

/// <summary>Carries out, or hands to a second person, what a person asks for on a page.</summary>
public interface IActionDesk
{
    /// <summary>Takes a command; its id is given here.</summary>
    /// <param name="command">What to do.</param>
    /// <param name="words">Language of the answer.</param>
    Task<ActionResult> ActAsync(Command command, Words words);
}

/// <summary>Sends a command to the engine at once.</summary>
internal sealed class DirectDesk(ICreditEngine engine, DashboardOptions options) : IActionDesk
{
    /// <inheritdoc/>
    public async Task<ActionResult> ActAsync(Command command, Words words)
    {
        command.Id = RequestId.FromGuid(Guid.CreateVersion7(options.TimeProvider.GetUtcNow()));
        try
        {
            var outcome = await engine.ExecuteAsync(command);
            return outcome.Kind == OutcomeKind.Posted
                ? new ActionResult(true, words.Of("act.done", outcome.Sequence))
                : new ActionResult(false, $"{words[$"outcome.{outcome.Kind}"]}: {words.Or($"reason.{outcome.Reason}", outcome.Reason.ToString())} {outcome.Message}");
        }
        catch (Exception failure) when (failure is EngineFaultException or StoreException)
        {
            return new ActionResult(false, failure.Message);
        }
    }
}
