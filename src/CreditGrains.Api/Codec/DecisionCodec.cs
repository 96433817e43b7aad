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
        + (outcome.Message is { } message ? Encoding.UTF8.GetMaxByteCount(message.Length) : 0);

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
        if (outcome.Message is { Length: > 0 } message) writer.Field(13, Encoding.UTF8.GetBytes(message));
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
