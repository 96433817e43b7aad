using CreditGrains.Api.Security.Access;
using CreditGrains.Domain.Commands;

namespace CreditGrains.Api.Security.Approvals;

/// <summary>Notes acts on referrals once they are in the audit log; without one, notes them alone.</summary>
internal sealed class WatchedReviews(ICommandWatch? log, ReviewTrail trail) : ICommandWatch
{
    public void Before(Principal principal, ReadOnlySpan<Command> commands)
    {
        log?.Before(principal, commands);
        foreach (ref readonly var command in commands) trail.Note(principal, command);
    }

    public void Before(Principal principal, string act) => log?.Before(principal, act);
}
