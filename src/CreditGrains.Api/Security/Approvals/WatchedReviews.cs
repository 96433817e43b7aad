using CreditGrains.Api.Security.Access;
using CreditGrains.Domain.Commands;

namespace CreditGrains.Api.Security.Approvals;

/// <summary>Notes acts on referrals where there is no audit log, whose lines would tell.</summary>
internal sealed class WatchedReviews(ReviewTrail trail) : ICommandWatch
{
    public void Before(Principal principal, ReadOnlySpan<Command> commands)
    {
        foreach (ref readonly var command in commands) trail.Note(principal, command);
    }

    public void Before(Principal principal, string act)
    {
        // None of these is about a referral.
    }
}
