using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Engine.Queries;

/// <summary>A request that waits for a person.</summary>
/// <param name="Facility">Whose it is.</param>
/// <param name="Reference">Sequence of the decision that referred it, or of the review that was asked for.</param>
/// <param name="Request">Authorize or Drawdown.</param>
/// <param name="Amount">What is asked, minor units.</param>
/// <param name="Currency">The facility's.</param>
/// <param name="ExpiresAtMicros">Its end in writer time.</param>
public readonly record struct ReferralView(NodeKey Facility, long Reference, CommandKind Request, long Amount, Currency Currency, long ExpiresAtMicros);

/// <summary>Some referrals of a legal entity, in no order.</summary>
/// <param name="Referrals">At most as many as asked.</param>
/// <param name="NextCursor">Where to go on; 0 when there is no more.</param>
public sealed record ReferralPage(IReadOnlyList<ReferralView> Referrals, long NextCursor);
