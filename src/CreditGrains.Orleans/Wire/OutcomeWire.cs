using System.Text;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Engine.Events;
using CreditGrains.Orleans.Front;

namespace CreditGrains.Orleans.Wire;

/// <summary>Outcomes from partition to front door, in the order of the commands. An outcome may instead say in which partition the facility lives.</summary>
internal static class OutcomeWire
{
    private const byte Version = 1;
    private const int FixedBytes = 192;
    private const int LimitBytes = 64;

    [Flags]
    private enum Parts : byte
    {
        None = 0,
        Duplicate = 1,
        Balances = 2,
        Limits = 4,
        Message = 8,
        Elsewhere = 16,
        Risk = 32,
    }

    /// <summary>Writes outcomes; <paramref name="elsewhere"/> has the partition for those not executed here, 0 for the others, or is null.</summary>
    public static Payload Write(ReadOnlySpan<Outcome> outcomes, int[]? elsewhere)
    {
        var buffer = new WireBuffer(16 + 48 * outcomes.Length);
        buffer.Number(Version);
        buffer.Number(outcomes.Length);
        for (var i = 0; i < outcomes.Length; i++) Write(buffer, outcomes[i], elsewhere?[i] ?? 0);
        return buffer.ToPayload();
    }

    /// <summary>Reads outcomes.</summary>
    /// <param name="payload">What was written.</param>
    /// <param name="outcomes">As many as were sent.</param>
    /// <returns>The partitions of those to be sent elsewhere; null when there is none.</returns>
    /// <exception cref="InvalidDataException">Another version wrote it, or the count differs.</exception>
    public static int[]? Read(Payload payload, Span<Outcome> outcomes)
    {
        var r = Begin(payload, outcomes.Length);
        int[]? elsewhere = null;
        for (var i = 0; i < outcomes.Length; i++)
        {
            var partition = Read(ref r, ref outcomes[i]);
            if (partition != 0) (elsewhere ??= new int[outcomes.Length])[i] = partition;
        }
        return elsewhere;
    }

    /// <summary>Reads outcomes of parts sent one after the other, each to its own place; those to be sent elsewhere are told to their submissions.</summary>
    /// <exception cref="InvalidDataException">Another version wrote it, or the count differs.</exception>
    public static void Read(Payload payload, List<SubmissionPart> parts)
    {
        var count = 0;
        foreach (var part in parts) count += part.Places.Count;
        var r = Begin(payload, count);
        foreach (var part in parts)
        {
            var outcomes = part.Whole.Outcomes;
            foreach (var place in part.Places)
                if (Read(ref r, ref outcomes[place]) is var partition and not 0) part.Whole.SendElsewhere(place, partition);
        }
    }

    private static EventReader Begin(Payload payload, int count)
    {
        var r = new EventReader(payload.Bytes);
        if (r.Unsigned() != Version || r.Int() != count) throw new InvalidDataException("Outcomes come from a silo of another version; update all silos.");
        return r;
    }

    private static void Write(WireBuffer buffer, in Outcome o, int elsewhere)
    {
        var message = WireBuffer.TextBytes(o.Message);
        var w = buffer.Writer(FixedBytes + LimitBytes * (o.Limits?.Length ?? 0) + message.Length
            + (o.Risk.IsEmpty ? 0 : RiskRecordCodec.LengthMax));
        var parts = (o.Duplicate ? Parts.Duplicate : 0) | (o.Balances != default ? Parts.Balances : 0) | (o.Limits is { Length: > 0 } ? Parts.Limits : 0)
            | (o.Message is not null ? Parts.Message : 0) | (elsewhere != 0 ? Parts.Elsewhere : 0) | (o.Risk.IsEmpty ? 0 : Parts.Risk);
        w.Byte((byte)parts);
        if (elsewhere != 0)
        {
            w.Unsigned((ulong)elsewhere);
            buffer.Advance(w.Length);
            return;
        }
        w.Byte((byte)o.Kind);
        w.UInt16((ushort)o.Reason);
        w.Signed(o.Sequence);
        w.Signed(o.RecordedAtMicros);
        w.Signed(o.Amount);
        w.Signed(o.ExpiresAtMicros);
        w.Signed(o.Headroom);
        if ((parts & Parts.Balances) != 0) WriteBalances(ref w, o.Balances);
        if (o.Limits is { Length: > 0 } limits) WriteLimits(ref w, limits);
        if (o.Message is not null)
        {
            w.Unsigned((ulong)message.Length);
            w.Bytes(message);
        }
        if (!o.Risk.IsEmpty) RiskRecordCodec.Write(ref w, o.Risk);
        buffer.Advance(w.Length);
    }

    private static void WriteBalances(ref EventWriter w, in FacilityBalances b)
    {
        w.Signed(b.Principal);
        w.Signed(b.Interest);
        w.Signed(b.Fees);
        w.Signed(b.Credit);
        w.Signed(b.Held);
        w.Signed(b.Released);
        w.Signed(b.WrittenOff);
        w.Signed(b.Uncleared);
    }

    private static void WriteLimits(ref EventWriter w, FailingLimit[] limits)
    {
        w.Unsigned((ulong)limits.Length);
        foreach (var limit in limits)
        {
            w.UInt16(limit.Node.Tenant);
            w.KeyInTenant(limit.Node);
            w.Byte((byte)limit.Kind);
            w.Signed(limit.Limit);
            w.Signed(limit.Headroom);
            w.Signed(limit.Detail);
        }
    }

    private static int Read(ref EventReader r, ref Outcome o)
    {
        o = default;
        var parts = (Parts)r.Byte();
        if ((parts & Parts.Elsewhere) != 0) return r.Int();
        o.Duplicate = (parts & Parts.Duplicate) != 0;
        o.Kind = (OutcomeKind)r.Byte();
        o.Reason = (Reason)r.UInt16();
        o.Sequence = r.Signed();
        o.RecordedAtMicros = r.Signed();
        o.Amount = r.Signed();
        o.ExpiresAtMicros = r.Signed();
        o.Headroom = r.Signed();
        if ((parts & Parts.Balances) != 0)
            o.Balances = new FacilityBalances(r.Signed(), r.Signed(), r.Signed(), r.Signed(), r.Signed(), r.Signed(), r.Signed(), r.Signed());
        if ((parts & Parts.Limits) != 0) o.Limits = ReadLimits(ref r);
        if ((parts & Parts.Message) != 0) o.Message = Encoding.UTF8.GetString(r.Bytes(r.Int()));
        if ((parts & Parts.Risk) != 0) o.Risk = RiskRecordCodec.Read(ref r);
        return 0;
    }

    private static FailingLimit[] ReadLimits(ref EventReader r)
    {
        var limits = new FailingLimit[r.Int()];
        for (var i = 0; i < limits.Length; i++)
            limits[i] = new FailingLimit(r.KeyInTenant(r.UInt16()), (LimitKind)r.Byte(), r.Signed(), r.Signed(), checked((int)r.Signed()));
        return limits;
    }
}
