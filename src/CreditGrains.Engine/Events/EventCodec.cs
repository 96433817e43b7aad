using System.Buffers.Binary;
using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Engine.Events;

/// <summary>
/// The bytes of an event (docs/journal-format.md): length u16, kind, outcome and status, a mask of the fields present, then the
/// fields. Fields at their default are left out, so a four-node approval takes well under 160 bytes. A new optional field
/// takes a new bit; the meaning of a bit never changes.
/// </summary>
internal static class EventCodec
{
    /// <summary>Longest event, bytes.</summary>
    public const int LengthMax = ushort.MaxValue;

    [Flags]
    private enum Fields : uint
    {
        Id = 1,
        Fingerprint = 1 << 1,
        Currency = 1 << 2,
        Origin = 1 << 3,
        RequestKind = 1 << 4,
        Asked = 1 << 5,
        AmountMin = 1 << 6,
        Amount = 1 << 7,
        Reference = 1 << 8,
        Original = 1 << 9,
        OccurredAt = 1 << 10,
        Expires = 1 << 11,
        ReleasedFromHold = 1 << 12,
        Uncovered = 1 << 13,
        Parts = 1 << 14,
        Balances = 1 << 15,
        Previous = 1 << 16,
        Versions = 1 << 17,
        Limits = 1 << 18,
        Attributes = 1 << 19,
        Control = 1 << 20,
        Slice = 1 << 21,
        Digest = 1 << 22,
        Reason = 1 << 23,
        Effects = 1 << 24,
        Loans = 1 << 25,
        LoanFault = 1 << 26,
        Note = 1 << 28,
    }

    /// <summary>Writes an event.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(in LedgerEvent e, Span<byte> destination)
    {
        var fields = FieldsOf(e);
        var w = new EventWriter(destination);
        w.UInt16(0);
        w.Byte((byte)e.Kind);
        w.Byte((byte)((byte)e.Outcome | ((byte)e.StatusAfter << 4)));
        w.UInt32((uint)fields);
        w.UInt16(e.Key.Tenant);
        w.KeyInTenant(e.Key);
        if ((fields & Fields.Id) != 0) w.Id(e.Id);
        if ((fields & Fields.Fingerprint) != 0) w.UInt32(e.Fingerprint);
        if ((fields & Fields.Reason) != 0) w.Unsigned((ulong)e.Reason);
        if ((fields & Fields.Effects) != 0) w.Byte((byte)e.Effects);
        if ((fields & Fields.Currency) != 0) w.UInt16(e.Currency.Numeric);
        if ((fields & Fields.Origin) != 0)
        {
            w.Byte((byte)e.Channel);
            w.Byte((byte)e.Options);
            w.Unsigned((ulong)e.MerchantCategory);
            w.Unsigned((ulong)e.Scenario);
        }
        if ((fields & Fields.RequestKind) != 0) w.Byte((byte)e.RequestKind);
        if ((fields & Fields.Asked) != 0) w.Signed(e.AmountAsked);
        if ((fields & Fields.AmountMin) != 0) w.Unsigned(e.AmountMin);
        if ((fields & Fields.Amount) != 0) w.Signed(e.Amount);
        if ((fields & Fields.Reference) != 0) w.Unsigned(e.Reference);
        if ((fields & Fields.Original) != 0)
        {
            w.Id(e.Original);
            w.Unsigned(e.OriginalSequence);
        }
        if ((fields & Fields.OccurredAt) != 0) w.Signed(e.RecordedAtMicros - e.OccurredAtMicros);
        if ((fields & Fields.Expires) != 0) w.Signed(e.ExpiresAtSeconds - e.RecordedAtMicros / 1_000_000);
        if ((fields & Fields.ReleasedFromHold) != 0) w.Unsigned(e.ReleasedFromHold);
        if ((fields & Fields.Uncovered) != 0) w.Unsigned(e.Uncovered);
        if ((fields & Fields.Parts) != 0)
        {
            w.Signed(e.Parts.Fees);
            w.Signed(e.Parts.Interest);
            w.Signed(e.Parts.Principal);
            w.Signed(e.Parts.Credit);
        }
        if ((fields & Fields.Balances) != 0) WriteBalances(ref w, e.Balances, e.Headroom);
        if ((fields & Fields.Previous) != 0) w.Unsigned(e.Sequence - e.PreviousSequence);
        if ((fields & Fields.Versions) != 0)
        {
            w.Unsigned((ulong)e.PolicyVersion);
            w.Unsigned((ulong)e.ModelVersion);
        }
        if ((fields & Fields.Limits) != 0) WriteLimits(ref w, e.Limits!, e.Key.Tenant);
        if ((fields & Fields.Attributes) != 0)
        {
            w.Unsigned((ulong)e.Attributes!.Length);
            w.Bytes(e.Attributes);
        }
        if ((fields & Fields.Control) != 0) ControlCodec.Write(ref w, e.Control!);
        if ((fields & Fields.Slice) != 0)
        {
            w.Unsigned((ulong)e.Slice!.Length);
            foreach (var key in e.Slice) w.KeyInTenant(key);
        }
        if ((fields & Fields.Digest) != 0)
        {
            w.UInt64((ulong)(e.Digest >> 64));
            w.UInt64((ulong)(e.Digest & ulong.MaxValue));
            w.Unsigned(e.DigestSequence);
        }
        if ((fields & Fields.Loans) != 0) LoanPartCodec.Write(ref w, e.Loans!);
        if ((fields & Fields.LoanFault) != 0) w.Byte((byte)e.LoanFault);
        if ((fields & Fields.Note) != 0)
        {
            var text = Encoding.UTF8.GetBytes(e.Note!);
            w.Unsigned((ulong)text.Length);
            w.Bytes(text);
        }
        BinaryPrimitives.WriteUInt16LittleEndian(destination, checked((ushort)w.Length));
        return w.Length;
    }

    /// <summary>Length of the event that starts here, bytes.</summary>
    public static int LengthOf(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadUInt16LittleEndian(source);

    /// <summary>Kind of the event that starts here.</summary>
    public static CommandKind KindOf(ReadOnlySpan<byte> source) => (CommandKind)source[2];

    /// <summary>Reads an event.</summary>
    /// <param name="source">Exactly its bytes.</param>
    /// <param name="sequence">Its place, from the frame.</param>
    /// <param name="recordedAtMicros">Writer time, from the frame.</param>
    /// <param name="e">The event; every field is set.</param>
    public static void Read(ReadOnlySpan<byte> source, long sequence, long recordedAtMicros, out LedgerEvent e)
    {
        var r = new EventReader(source);
        r.UInt16();
        e = default;
        e.Sequence = sequence;
        e.RecordedAtMicros = recordedAtMicros;
        e.Kind = (CommandKind)r.Byte();
        var outcomeAndStatus = r.Byte();
        e.Outcome = (OutcomeKind)(outcomeAndStatus & 0xF);
        e.StatusAfter = (NodeStatus)(outcomeAndStatus >> 4);
        var fields = (Fields)r.UInt32();
        e.Key = r.KeyInTenant(r.UInt16());
        if ((fields & Fields.Id) != 0) e.Id = r.Id();
        if ((fields & Fields.Fingerprint) != 0) e.Fingerprint = r.UInt32();
        if ((fields & Fields.Reason) != 0) e.Reason = (Reason)r.Unsigned();
        if ((fields & Fields.Effects) != 0) e.Effects = (EventEffects)r.Byte();
        if ((fields & Fields.Currency) != 0) e.Currency = new Currency(r.UInt16());
        if ((fields & Fields.Origin) != 0)
        {
            e.Channel = (Channel)r.Byte();
            e.Options = (CommandOptions)r.Byte();
            e.MerchantCategory = (ushort)r.Unsigned();
            e.Scenario = (ushort)r.Unsigned();
        }
        if ((fields & Fields.RequestKind) != 0) e.RequestKind = (CommandKind)r.Byte();
        if ((fields & Fields.Asked) != 0) e.AmountAsked = r.Signed();
        if ((fields & Fields.AmountMin) != 0) e.AmountMin = r.Long();
        if ((fields & Fields.Amount) != 0) e.Amount = r.Signed();
        if ((fields & Fields.Reference) != 0) e.Reference = r.Long();
        if ((fields & Fields.Original) != 0)
        {
            e.Original = r.Id();
            e.OriginalSequence = r.Long();
        }
        if ((fields & Fields.OccurredAt) != 0) e.OccurredAtMicros = recordedAtMicros - r.Signed();
        if ((fields & Fields.Expires) != 0) e.ExpiresAtSeconds = recordedAtMicros / 1_000_000 + r.Signed();
        if ((fields & Fields.ReleasedFromHold) != 0) e.ReleasedFromHold = r.Long();
        if ((fields & Fields.Uncovered) != 0) e.Uncovered = r.Long();
        if ((fields & Fields.Parts) != 0) e.Parts = new Allocation(r.Signed(), r.Signed(), r.Signed(), r.Signed());
        if ((fields & Fields.Balances) != 0) (e.Balances, e.Headroom) = ReadBalances(ref r);
        if ((fields & Fields.Previous) != 0) e.PreviousSequence = sequence - r.Long();
        if ((fields & Fields.Versions) != 0)
        {
            e.PolicyVersion = r.Int();
            e.ModelVersion = r.Int();
        }
        if ((fields & Fields.Limits) != 0) e.Limits = ReadLimits(ref r, e.Key.Tenant);
        if ((fields & Fields.Attributes) != 0) e.Attributes = r.Bytes(r.Int()).ToArray();
        if ((fields & Fields.Control) != 0) e.Control = ControlCodec.Read(ref r, e.Kind, e.Key);
        if ((fields & Fields.Slice) != 0)
        {
            e.Slice = new NodeKey[r.Int()];
            for (var i = 0; i < e.Slice.Length; i++) e.Slice[i] = r.KeyInTenant(e.Key.Tenant);
        }
        if ((fields & Fields.Digest) != 0)
        {
            e.Digest = new UInt128(r.UInt64(), r.UInt64());
            e.DigestSequence = r.Long();
        }
        if ((fields & Fields.Loans) != 0) e.Loans = LoanPartCodec.Read(ref r);
        if ((fields & Fields.LoanFault) != 0) e.LoanFault = (LoanFault)r.Byte();
        if ((fields & Fields.Note) != 0) e.Note = Encoding.UTF8.GetString(r.Bytes(r.Int()));
        if (!r.IsAtEnd) throw new InvalidDataException($"Event {sequence} holds more than this version knows; use the version that wrote it or a newer one.");
    }

    private static Fields FieldsOf(in LedgerEvent e)
    {
        Fields fields = 0;
        if (e.Id != default) fields |= Fields.Id;
        if (e.Fingerprint != 0) fields |= Fields.Fingerprint;
        if (e.Reason != Reason.None) fields |= Fields.Reason;
        if (e.Effects != EventEffects.None) fields |= Fields.Effects;
        if (e.Currency != Currency.None) fields |= Fields.Currency;
        if (e.Channel != Channel.Unspecified || e.Options != CommandOptions.None || e.MerchantCategory != 0 || e.Scenario != 0) fields |= Fields.Origin;
        if (e.RequestKind != CommandKind.None) fields |= Fields.RequestKind;
        if (e.AmountAsked != 0) fields |= Fields.Asked;
        if (e.AmountMin != 0) fields |= Fields.AmountMin;
        if (e.Amount != 0) fields |= Fields.Amount;
        if (e.Reference != 0) fields |= Fields.Reference;
        if (e.Original != default || e.OriginalSequence != 0) fields |= Fields.Original;
        if (e.OccurredAtMicros != 0) fields |= Fields.OccurredAt;
        if (e.ExpiresAtSeconds != 0) fields |= Fields.Expires;
        if (e.ReleasedFromHold != 0) fields |= Fields.ReleasedFromHold;
        if (e.Uncovered != 0) fields |= Fields.Uncovered;
        if (e.Parts != default) fields |= Fields.Parts;
        if (e.Headroom != 0 || e.Balances != default) fields |= Fields.Balances;
        if (e.PreviousSequence != 0) fields |= Fields.Previous;
        if (e.PolicyVersion != 0 || e.ModelVersion != 0) fields |= Fields.Versions;
        if (e.Limits is { Length: > 0 }) fields |= Fields.Limits;
        if (e.Attributes is { Length: > 0 }) fields |= Fields.Attributes;
        if (e.Control is not null) fields |= Fields.Control;
        if (e.Slice is not null) fields |= Fields.Slice;
        if (e.DigestSequence != 0) fields |= Fields.Digest;
        if (e.Note is not null) fields |= Fields.Note;
        if (e.Loans is { Length: > 0 }) fields |= Fields.Loans;
        if (e.LoanFault != 0) fields |= Fields.LoanFault;
        return fields;
    }

    private static void WriteBalances(ref EventWriter w, in FacilityBalances b, long headroom)
    {
        var mask = (b.Principal != 0 ? 1 : 0) | (b.Interest != 0 ? 2 : 0) | (b.Fees != 0 ? 4 : 0) | (b.Credit != 0 ? 8 : 0)
            | (b.Held != 0 ? 16 : 0) | (b.Released != 0 ? 32 : 0) | (b.WrittenOff != 0 ? 64 : 0) | (b.Uncleared != 0 ? 128 : 0);
        w.Byte((byte)mask);
        if (b.Principal != 0) w.Unsigned(b.Principal);
        if (b.Interest != 0) w.Unsigned(b.Interest);
        if (b.Fees != 0) w.Unsigned(b.Fees);
        if (b.Credit != 0) w.Unsigned(b.Credit);
        if (b.Held != 0) w.Unsigned(b.Held);
        if (b.Released != 0) w.Unsigned(b.Released);
        if (b.WrittenOff != 0) w.Unsigned(b.WrittenOff);
        if (b.Uncleared != 0) w.Unsigned(b.Uncleared);
        w.Signed(headroom);
    }

    private static (FacilityBalances Balances, long Headroom) ReadBalances(ref EventReader r)
    {
        var mask = r.Byte();
        var balances = new FacilityBalances(
            (mask & 1) != 0 ? r.Long() : 0, (mask & 2) != 0 ? r.Long() : 0, (mask & 4) != 0 ? r.Long() : 0, (mask & 8) != 0 ? r.Long() : 0,
            (mask & 16) != 0 ? r.Long() : 0, (mask & 32) != 0 ? r.Long() : 0, (mask & 64) != 0 ? r.Long() : 0, (mask & 128) != 0 ? r.Long() : 0);
        return (balances, r.Signed());
    }

    private static void WriteLimits(ref EventWriter w, FailingLimit[] limits, ushort tenant)
    {
        w.Unsigned((ulong)limits.Length);
        foreach (var limit in limits)
        {
            System.Diagnostics.Debug.Assert(limit.Node.Tenant == tenant, "limits lie within the tenant");
            w.KeyInTenant(limit.Node);
            w.Byte((byte)limit.Kind);
            w.Unsigned(limit.Limit);
            w.Signed(limit.Headroom);
            w.Unsigned((ulong)limit.Detail);
        }
    }

    private static FailingLimit[] ReadLimits(ref EventReader r, ushort tenant)
    {
        var limits = new FailingLimit[r.Int()];
        for (var i = 0; i < limits.Length; i++)
            limits[i] = new FailingLimit(r.KeyInTenant(tenant), (LimitKind)r.Byte(), r.Long(), r.Signed(), r.Int());
        return limits;
    }
}
