using CreditGrains.Domain.Commands;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Loans;

namespace CreditGrains.Engine.Queries;

/// <summary>Events as callers see them.</summary>
internal static class EventRecords
{
    public static EventRecord Of(in LedgerEvent e) => new()
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
        OccurredAtMicros = e.OccurredAtMicros != 0 ? e.OccurredAtMicros : e.RecordedAtMicros,
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
        Note = e.Note,
        Loans = LoanReader.Of(e),
        LoanFault = e.LoanFault,
        Regraphed = e.Slice ?? [],
        IsTombstone = (e.Effects & EventEffects.Tombstone) != 0,
        Digest = e.Kind == CommandKind.StateDigest ? e.Digest.ToString("x32", System.Globalization.CultureInfo.InvariantCulture) : null,
        DigestSequence = e.DigestSequence,
    };
}
