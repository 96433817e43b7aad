using CreditGrains.Dashboard.Texts;
using CreditGrains.Domain.Commands;

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
