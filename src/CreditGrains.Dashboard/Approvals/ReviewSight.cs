using CreditGrains.Domain.Commands;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Dashboard.Approvals;

/// <summary>A request that waits for a person, with what is known of it.</summary>
/// <param name="Referral">What waits.</param>
/// <param name="Referred">The decision that referred it, or the review that was asked for; null when it is archived.</param>
/// <param name="Declined">Of a review: the decline it is about; null when it is none, or archived.</param>
/// <param name="Now">The account as it is.</param>
public sealed record ReviewSight(ReferralView Referral, EventRecord? Referred, EventRecord? Declined, FacilityView Now)
{
    /// <summary>The decision that tells why: the decline of a review, else what referred the request.</summary>
    public EventRecord? Why => Declined ?? Referred;

    /// <summary>Whether somebody asked that a decline be looked at again.</summary>
    public bool IsReview => Referred?.Kind == CommandKind.RequestReview;
}
