using CreditGrains.Domain.Decisions;

namespace CreditGrains.Cli.Bench.Load;

/// <summary>The fields of a Decision that a run checks.</summary>
internal struct DecisionFields
{
    public OutcomeKind Kind;
    public bool Duplicate;
    public Reason Reason;
    public long DecisionId;
    public long Amount;
}

/// <summary>Reads Decision and AuthorizeBatchReply from bytes without objects.</summary>
internal static class DecisionWire
{
    /// <summary>Reads a Decision.</summary>
    /// <returns>False when the bytes are no message.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out DecisionFields fields)
    {
        fields = default;
        var at = 0;
        while (at < message.Length)
        {
            if (!WireVarint.TryRead(message, ref at, out var tag)) return false;
            if ((tag & 7) != 0)
            {
                if (!TrySkip(message, ref at, (int)(tag & 7))) return false;
                continue;
            }

            if (!WireVarint.TryRead(message, ref at, out var value)) return false;
            switch (tag >> 3)
            {
                case 1:
                    if (value > (ulong)OutcomeKind.Posted) return false;
                    fields.Kind = (OutcomeKind)value;
                    break;
                case 2: fields.Duplicate = value != 0; break;
                case 3: fields.Reason = (Reason)(value & ushort.MaxValue); break;
                case 4: fields.DecisionId = unchecked((long)value); break;
                case 6: fields.Amount = unchecked((long)value); break;
                default: break;
            }
        }

        return true;
    }

    /// <summary>Reads the next field of an AuthorizeBatchReply: its tag, or one decision.</summary>
    /// <param name="message">The whole reply.</param>
    /// <param name="at">Where the field starts; moved behind it.</param>
    /// <param name="tag">Set when the field is the tag.</param>
    /// <param name="decision">Bytes of the decision; empty when the field is another (a decision is never empty).</param>
    /// <returns>False when the bytes are no message.</returns>
    public static bool TryReadReplyField(ReadOnlySpan<byte> message, ref int at, ref ulong tag, out ReadOnlySpan<byte> decision)
    {
        decision = default;
        if (!WireVarint.TryRead(message, ref at, out var key)) return false;
        if (key == (1 << 3)) return WireVarint.TryRead(message, ref at, out tag);
        if (key != ((2 << 3) | 2)) return TrySkip(message, ref at, (int)(key & 7));
        if (!WireVarint.TryRead(message, ref at, out var length) || length > (ulong)(message.Length - at)) return false;
        decision = message.Slice(at, (int)length);
        at += (int)length;
        return true;
    }

    private static bool TrySkip(ReadOnlySpan<byte> message, ref int at, int wireType)
    {
        var length = 0UL;
        switch (wireType)
        {
            case 0: return WireVarint.TryRead(message, ref at, out _);
            case 1: length = 8; break;
            case 2:
                if (!WireVarint.TryRead(message, ref at, out length)) return false;
                break;
            case 5: length = 4; break;
            default: return false;
        }

        if (length > (ulong)(message.Length - at)) return false;
        at += (int)length;
        return true;
    }
}
