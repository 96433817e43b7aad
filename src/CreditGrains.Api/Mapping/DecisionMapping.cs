using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;

namespace CreditGrains.Api.Mapping;

/// <summary>Outcomes to decisions and back.</summary>
internal static class DecisionMapping
{
    /// <summary>
    /// The hold an outcome is about: the one it placed, which is known by its end since every hold has one, or the one it
    /// increased; 0 when there is none.
    /// </summary>
    public static long HoldId(CommandKind kind, long reference, in Outcome outcome)
    {
        if (outcome.Kind is not (OutcomeKind.Approved or OutcomeKind.ApprovedInPart)) return 0;
        if (kind == CommandKind.IncreaseHold) return reference;
        return kind is CommandKind.Authorize or CommandKind.ResolveReferral && outcome.ExpiresAtMicros != 0 ? outcome.Sequence : 0;
    }

    /// <summary>The decision on a command of that kind and reference.</summary>
    public static V1.Decision Write(CommandKind kind, long reference, in Outcome outcome)
    {
        var decision = new V1.Decision
        {
            Kind = (V1.OutcomeKind)outcome.Kind,
            Duplicate = outcome.Duplicate,
            Reason = (V1.Reason)outcome.Reason,
            DecisionId = outcome.Sequence,
            RecordedAtMicros = outcome.RecordedAtMicros,
            Amount = outcome.Amount,
            HoldId = HoldId(kind, reference, outcome),
            ExpiresAtMicros = outcome.ExpiresAtMicros,
            Balances = Write(outcome.Balances),
            Headroom = outcome.Headroom,
            ReasonName = ReasonNames.Of(outcome.Reason),
            Message = outcome.Message ?? "",
        };
        if (outcome.Limits is { } limits) decision.Limits.AddRange(limits.Select(Write));
        if (outcome.Risk.IsEmpty) return decision;
        var risk = outcome.Risk;
        decision.PolicyVersion = risk.Policy?.Version ?? 0;
        decision.ModelVersion = risk.Model?.Version ?? 0;
        decision.Policy = risk.Policy?.Name ?? "";
        decision.Model = risk.Model?.Name ?? "";
        if (risk.Model is not null) decision.Score = risk.Score;
        decision.IsChallenger = risk.IsChallenger;
        decision.Reasons.AddRange((risk.Reasons ?? []).Select(Write));
        return decision;
    }

    /// <summary>The outcome a decision tells of; for callers on the other side of the wire.</summary>
    public static Outcome Read(V1.Decision decision) => new()
    {
        Kind = (OutcomeKind)decision.Kind,
        Duplicate = decision.Duplicate,
        Reason = (Reason)decision.Reason,
        Sequence = decision.DecisionId,
        RecordedAtMicros = decision.RecordedAtMicros,
        Amount = decision.Amount,
        ExpiresAtMicros = decision.ExpiresAtMicros,
        Balances = decision.Balances is { } balances ? Read(balances) : default,
        Headroom = decision.Headroom,
        Limits = decision.Limits.Count == 0 ? null : [.. decision.Limits.Select(Read)],
        Message = decision.Message.Length == 0 ? null : decision.Message,
        Risk = new RiskRecord
        {
            Model = decision.Model.Length == 0 ? null : new VersionName(decision.Model, decision.ModelVersion),
            Policy = decision.Policy.Length == 0 ? null : new VersionName(decision.Policy, decision.PolicyVersion),
            Score = decision.Score,
            IsChallenger = decision.IsChallenger,
            Reasons = decision.Reasons.Count == 0 ? null : [.. decision.Reasons.Select(reason => new DecisionReason((ReasonSource)reason.Source, reason.Code, reason.English, reason.Chinese))],
        },
    };

    public static V1.DecisionReason Write(DecisionReason reason) =>
        new() { Source = (V1.ReasonSource)reason.Source, Code = reason.Code, English = reason.English, Chinese = reason.Chinese };

    public static V1.Balances Write(in FacilityBalances balances) => new()
    {
        Principal = balances.Principal,
        Interest = balances.Interest,
        Fees = balances.Fees,
        Credit = balances.Credit,
        Held = balances.Held,
        Released = balances.Released,
        WrittenOff = balances.WrittenOff,
        Uncleared = balances.Uncleared,
    };

    public static V1.FailingLimit Write(FailingLimit limit) => new()
    {
        Node = Keys.ToNode(limit.Node),
        Kind = (V1.LimitKind)limit.Kind,
        Limit = limit.Limit,
        Headroom = limit.Headroom,
        Detail = limit.Detail,
    };

    public static FacilityBalances Read(V1.Balances balances) => new(
        balances.Principal, balances.Interest, balances.Fees, balances.Credit, balances.Held, balances.Released, balances.WrittenOff, balances.Uncleared);

    private static FailingLimit Read(V1.FailingLimit limit) => new(
        limit.Node is { } node ? Keys.FromNode(node) : default, (LimitKind)limit.Kind, limit.Limit, limit.Headroom, limit.Detail);
}
