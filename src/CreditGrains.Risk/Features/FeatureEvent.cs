using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Risk.Features;

/// <summary>What a catalogue sees of one account event. All amounts in minor units of the facility's currency.</summary>
public struct FeatureEvent
{
    /// <summary>What was asked or reported.</summary>
    public CommandKind Kind;

    /// <summary>What became of it.</summary>
    public OutcomeKind Outcome;

    /// <summary>Why it was declined.</summary>
    public Reason Reason;

    /// <summary>Where it came in.</summary>
    public Channel Channel;

    /// <summary>Merchant category, 0 for none.</summary>
    public ushort MerchantCategory;

    /// <summary>Caller's scenario, 0 for none.</summary>
    public ushort Scenario;

    /// <summary>Event time, microseconds since 1970; 0 takes <see cref="RecordedAtMicros"/>.</summary>
    public long OccurredAtMicros;

    /// <summary>Writer time, microseconds since 1970.</summary>
    public long RecordedAtMicros;

    /// <summary>Amount approved or posted.</summary>
    public long Amount;

    /// <summary>Amount asked.</summary>
    public long AmountAsked;

    /// <summary>Principal, interest and fees owed after the event.</summary>
    public long Drawn;

    /// <summary>Open holds after the event.</summary>
    public long Held;

    /// <summary>Headroom after the event; may be negative.</summary>
    public long Headroom;

    /// <summary>Limit in force.</summary>
    public long Limit;

    /// <summary>Caller's attributes, read by <see cref="AttributeText"/>; null for none.</summary>
    public byte[]? Attributes;

    /// <summary>Event time in whole seconds.</summary>
    public readonly long Seconds => (OccurredAtMicros == 0 ? RecordedAtMicros : OccurredAtMicros) / 1_000_000;
}

/// <summary>The decision for which features are read: the request, and the facility before it. Amounts in minor units of the facility's currency.</summary>
public struct FeatureMoment
{
    /// <summary>Event time of the request, microseconds since 1970; 0 takes <see cref="RecordedAtMicros"/>.</summary>
    public long OccurredAtMicros;

    /// <summary>Writer time, microseconds since 1970.</summary>
    public long RecordedAtMicros;

    /// <summary>Where the request came in.</summary>
    public Channel Channel;

    /// <summary>Merchant category, 0 for none.</summary>
    public ushort MerchantCategory;

    /// <summary>Caller's scenario, 0 for none.</summary>
    public ushort Scenario;

    /// <summary>Amount asked.</summary>
    public long AmountAsked;

    /// <summary>Limit in force.</summary>
    public long Limit;

    /// <summary>Principal owed.</summary>
    public long Principal;

    /// <summary>Interest owed.</summary>
    public long Interest;

    /// <summary>Fees owed.</summary>
    public long Fees;

    /// <summary>Open holds.</summary>
    public long Held;

    /// <summary>Credit balance.</summary>
    public long Credit;

    /// <summary>Repayments that are not good yet.</summary>
    public long Uncleared;

    /// <summary>Event time in whole seconds.</summary>
    public readonly long Seconds => (OccurredAtMicros == 0 ? RecordedAtMicros : OccurredAtMicros) / 1_000_000;
}
