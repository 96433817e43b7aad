using CreditGrains.Engine.Events;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Simulation.Harness;

/// <summary>Reads the engine's decoded event as the contract's record.</summary>
internal static class EventMapping
{
    public static EventRecord ToRecord(in LedgerEvent e) => new()
    {
        Sequence = e.Sequence,
        RecordedAtMicros = e.RecordedAtMicros,
        Kind = e.Kind,
        Outcome = e.Outcome,
        Reason = e.Reason,
        Id = e.Id,
        Key = e.Key,
        Currency = e.Currency,
        AmountAsked = e.AmountAsked,
        Amount = e.Amount,
        AmountMin = e.AmountMin,
        Reference = e.Reference,
        Original = e.Original,
        OccurredAtMicros = e.OccurredAtMicros,
        ExpiresAtMicros = e.ExpiresAtSeconds * 1_000_000,
        Channel = e.Channel,
        Options = e.Options,
        MerchantCategory = e.MerchantCategory,
        Scenario = e.Scenario,
        FeesPart = e.Parts.Fees,
        InterestPart = e.Parts.Interest,
        CreditPart = e.Parts.Credit,
        Balances = e.Balances,
        Headroom = e.Headroom,
        PreviousSequence = e.PreviousSequence,
        PolicyVersion = e.PolicyVersion,
        ModelVersion = e.ModelVersion,
        Limits = e.Limits ?? [],
        Attributes = e.Attributes,
        Control = e.Control,
    };
}
