using System.Text;
using CreditGrains.Api.Mapping;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;

namespace CreditGrains.Api.Codec;

/// <summary>Decision straight from outcomes to bytes: what the generated class writes for the mapped outcome.</summary>
internal static class DecisionCodec
{
    private const int FixedLengthMax = 320;
    private const int LimitLengthMax = 80;

    /// <summary>At least as many bytes as the decision of an outcome takes, its own prefix included.</summary>
    public static int LengthMax(in Outcome outcome) =>
        FixedLengthMax
        + (outcome.Limits?.Length ?? 0) * LimitLengthMax
        + (outcome.Message is { } message ? Encoding.UTF8.GetMaxByteCount(message.Length) : 0)
        + (outcome.Risk.IsEmpty ? 0 : RiskLengthMax(outcome.Risk));

    /// <summary>Writes the fields of a decision.</summary>
    /// <param name="kind">Kind of the command.</param>
    /// <param name="reference">Reference of the command.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="writer">With <see cref="LengthMax"/> bytes left.</param>
    public static void Write(CommandKind kind, long reference, in Outcome outcome, ref WireWriter writer)
    {
        writer.Field(1, (long)outcome.Kind);
        writer.Field(2, outcome.Duplicate ? 1 : 0);
        writer.Field(3, (long)outcome.Reason);
        writer.Field(4, outcome.Sequence);
        writer.Field(5, outcome.RecordedAtMicros);
        writer.Field(6, outcome.Amount);
        writer.Field(7, DecisionMapping.HoldId(kind, reference, outcome));
        writer.Field(8, outcome.ExpiresAtMicros);
        WriteBalances(outcome.Balances, ref writer);
        writer.Field(10, outcome.Headroom);
        if (outcome.Limits is { } limits)
            foreach (ref readonly var limit in limits.AsSpan()) WriteLimit(limit, ref writer);
        if (outcome.Reason != Reason.None) writer.Field(12, ReasonNames.Utf8(outcome.Reason));
        writer.Field(13, outcome.Message);
        if (!outcome.Risk.IsEmpty) WriteRisk(outcome.Risk, ref writer);
    }

    private static int RiskLengthMax(in RiskRecord risk)
    {
        var length = 64 + Encoding.UTF8.GetMaxByteCount((risk.Model?.Name.Length ?? 0) + (risk.Policy?.Name.Length ?? 0));
        foreach (var reason in risk.Reasons ?? []) length += 32 + Encoding.UTF8.GetMaxByteCount(reason.Code.Length + reason.English.Length + reason.Chinese.Length);
        return length;
    }

    private static void WriteRisk(in RiskRecord risk, ref WireWriter writer)
    {
        writer.Field(14, risk.Policy?.Version ?? 0);
        writer.Field(15, risk.Model?.Version ?? 0);
        writer.Field(16, risk.Policy?.Name);
        writer.Field(17, risk.Model?.Name);
        if (risk.Model is not null) writer.Present(18, risk.Score);
        writer.Field(19, risk.IsChallenger ? 1 : 0);
        foreach (var reason in risk.Reasons ?? [])
        {
            var start = writer.Begin(20);
            writer.Field(1, (long)reason.Source);
            writer.Field(2, reason.Code);
            writer.Field(3, reason.English);
            writer.Field(4, reason.Chinese);
            writer.End(start);
        }
    }

    private static void WriteBalances(in FacilityBalances balances, ref WireWriter writer)
    {
        var start = writer.Begin(9);
        writer.Field(1, balances.Principal);
        writer.Field(2, balances.Interest);
        writer.Field(3, balances.Fees);
        writer.Field(4, balances.Credit);
        writer.Field(5, balances.Held);
        writer.Field(6, balances.Released);
        writer.Field(7, balances.WrittenOff);
        writer.Field(8, balances.Uncleared);
        writer.End(start);
    }

    private static void WriteLimit(in FailingLimit limit, ref WireWriter writer)
    {
        var start = writer.Begin(11);
        var node = writer.Begin(1);
        writer.Field(1, limit.Node.Tenant);
        writer.Field(2, limit.Node.LegalEntity);
        writer.Field(3, limit.Node.Id);
        writer.Field(4, (long)limit.Node.Kind);
        writer.End(node);
        writer.Field(2, (long)limit.Kind);
        writer.Field(3, limit.Limit);
        writer.Field(4, limit.Headroom);
        writer.Field(5, limit.Detail);
        writer.End(start);
    }
}
