using CreditGrains.Dashboard.Accounts;
using CreditGrains.Dashboard.Texts;

namespace CreditGrains.Dashboard.Approvals;

/// <summary>Carries out what a person decides of what others asked for; never of what the person asked for.</summary>
internal interface IApprovalDesk
{
    /// <summary>Approves somebody else's proposal, which is executed then.</summary>
    Task<ActionResult> ApproveAsync(long proposal, string reason, Words words);

    /// <summary>Turns a proposal down, or withdraws one's own.</summary>
    Task<ActionResult> RefuseAsync(long proposal, string reason, Words words);

    /// <summary>Accepts or turns down a request that waits for a person.</summary>
    Task<ActionResult> ResolveAsync(ReviewSight review, bool accepts, string reason, Words words);
}
