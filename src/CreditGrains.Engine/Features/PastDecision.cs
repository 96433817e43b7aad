using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Engine.Features;

/// <summary>A decision of the journal whose features were rebuilt. Amounts in minor units.</summary>
/// <param name="Sequence">The decision.</param>
/// <param name="Id">Its request.</param>
/// <param name="Facility">The facility it is on.</param>
/// <param name="Kind">Authorize, IncreaseHold or Drawdown.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why it was declined.</param>
/// <param name="Currency">Of the amounts.</param>
/// <param name="AmountAsked">Asked for.</param>
/// <param name="Amount">Approved.</param>
/// <param name="OccurredAtMicros">Event time, microseconds since 1970.</param>
/// <param name="RecordedAtMicros">Writer time.</param>
public readonly record struct PastDecision(
    long Sequence, RequestId Id, NodeKey Facility, CommandKind Kind, OutcomeKind Outcome, Reason Reason, Currency Currency, long AmountAsked, long Amount,
    long OccurredAtMicros, long RecordedAtMicros);

/// <summary>Takes a past decision with the features it saw: one value a feature, at the feature's scale. The values are valid during the call only.</summary>
public delegate void PastDecisionVisitor(in PastDecision decision, ReadOnlySpan<long> values);

/// <summary>A catalogue that the journal, or the snapshot it begins at, put in force.</summary>
/// <param name="Sequence">From this event on; that of the snapshot when it was in force before.</param>
/// <param name="Content">Its file; empty where features ended.</param>
public sealed record CatalogueActivation(long Sequence, ReadOnlyMemory<byte> Content);
