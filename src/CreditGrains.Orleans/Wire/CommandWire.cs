using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Events;
using CreditGrains.Orleans.Front;

namespace CreditGrains.Orleans.Wire;

/// <summary>
/// Commands between front door and partition: a count, then each command's fields, a mask telling which of the rarer ones follow. Commands were validated
/// before they are written, so every number is in its range. Both ends are silos of one cluster; version 1 stands in front.
/// </summary>
internal static class CommandWire
{
    private const byte Version = 1;
    private const int RoomBytes = 1024;

    [Flags]
    private enum Parts : ushort
    {
        None = 0,
        Amount = 1,
        AmountMin = 2,
        Reference = 4,
        Original = 8,
        OccurredAt = 16,
        Attributes = 32,
        Control = 64,
        Deltas = 128,
        Lifetime = 256,
        Category = 512,
    }

    /// <summary>Writes commands.</summary>
    public static Payload Write(ReadOnlySpan<Command> commands)
    {
        var buffer = new WireBuffer(RoomBytes + 64 * commands.Length);
        buffer.Number(Version);
        buffer.Number(commands.Length);
        foreach (ref readonly var command in commands) Write(buffer, command);
        return buffer.ToPayload();
    }

    /// <summary>Writes the commands of parts one after the other.</summary>
    public static Payload Write(List<SubmissionPart> parts)
    {
        var count = 0;
        foreach (var part in parts) count += part.Places.Count;
        var buffer = new WireBuffer(RoomBytes + 64 * count);
        buffer.Number(Version);
        buffer.Number(count);
        foreach (var part in parts)
        {
            var commands = part.Whole.Commands;
            foreach (var place in part.Places) Write(buffer, commands[place]);
        }
        return buffer.ToPayload();
    }

    /// <summary>Reads what <see cref="Write(ReadOnlySpan{Command})"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Another version wrote it.</exception>
    public static Command[] Read(Payload payload)
    {
        var r = new EventReader(payload.Bytes);
        if (r.Unsigned() != Version) throw new InvalidDataException("Commands come from a silo of another version; update all silos.");
        var commands = new Command[r.Int()];
        for (var i = 0; i < commands.Length; i++) Read(ref r, ref commands[i]);
        return commands;
    }

    private static void Write(WireBuffer buffer, in Command c)
    {
        // A catalogue is the only long part.
        var w = buffer.Writer(RoomBytes + (c.Control is ActivateFeatures activation ? activation.Catalogue.Length : 0));
        var parts = PartsOf(c);
        w.UInt16((ushort)parts);
        w.Byte((byte)c.Kind);
        w.Byte((byte)c.Options);
        w.Byte((byte)c.Channel);
        w.UInt16(c.Currency.Numeric);
        w.UInt64(c.Id.High);
        w.UInt64(c.Id.Low);
        w.UInt16(c.Facility.Tenant);
        w.KeyInTenant(c.Facility);
        if ((parts & Parts.Category) != 0)
        {
            w.UInt16(c.MerchantCategory);
            w.UInt16(c.Scenario);
        }
        if ((parts & Parts.Lifetime) != 0) w.Unsigned((ulong)c.LifetimeSeconds);
        if ((parts & Parts.Amount) != 0) w.Signed(c.Amount);
        if ((parts & Parts.AmountMin) != 0) w.Signed(c.AmountMin);
        if ((parts & Parts.Reference) != 0) w.Signed(c.Reference);
        if ((parts & Parts.OccurredAt) != 0) w.Signed(c.OccurredAtMicros);
        if ((parts & Parts.Original) != 0)
        {
            w.UInt64(c.Original.High);
            w.UInt64(c.Original.Low);
        }
        if ((parts & Parts.Deltas) != 0)
        {
            w.Signed(c.InterestDelta);
            w.Signed(c.FeesDelta);
        }
        if (c.Attributes is { } attributes)
        {
            w.Unsigned((ulong)attributes.Length);
            w.Bytes(attributes);
        }
        if (c.Control is { } control) ControlCodec.Write(ref w, control);
        buffer.Advance(w.Length);
    }

    private static Parts PartsOf(in Command c) =>
        (c.Amount != 0 ? Parts.Amount : 0) | (c.AmountMin != 0 ? Parts.AmountMin : 0) | (c.Reference != 0 ? Parts.Reference : 0)
        | (c.Original != default ? Parts.Original : 0) | (c.OccurredAtMicros != 0 ? Parts.OccurredAt : 0) | (c.Attributes is not null ? Parts.Attributes : 0)
        | (c.Control is not null ? Parts.Control : 0) | (c.InterestDelta != 0 || c.FeesDelta != 0 ? Parts.Deltas : 0)
        | (c.LifetimeSeconds != 0 ? Parts.Lifetime : 0) | (c.MerchantCategory != 0 || c.Scenario != 0 ? Parts.Category : 0);

    private static void Read(ref EventReader r, ref Command c)
    {
        var parts = (Parts)r.UInt16();
        c.Kind = (CommandKind)r.Byte();
        c.Options = (CommandOptions)r.Byte();
        c.Channel = (Channel)r.Byte();
        c.Currency = new Currency(r.UInt16());
        c.Id = new RequestId(r.UInt64(), r.UInt64());
        c.Facility = r.KeyInTenant(r.UInt16());
        if ((parts & Parts.Category) != 0)
        {
            c.MerchantCategory = r.UInt16();
            c.Scenario = r.UInt16();
        }
        if ((parts & Parts.Lifetime) != 0) c.LifetimeSeconds = r.Int();
        if ((parts & Parts.Amount) != 0) c.Amount = r.Signed();
        if ((parts & Parts.AmountMin) != 0) c.AmountMin = r.Signed();
        if ((parts & Parts.Reference) != 0) c.Reference = r.Signed();
        if ((parts & Parts.OccurredAt) != 0) c.OccurredAtMicros = r.Signed();
        if ((parts & Parts.Original) != 0) c.Original = new RequestId(r.UInt64(), r.UInt64());
        if ((parts & Parts.Deltas) != 0)
        {
            c.InterestDelta = r.Signed();
            c.FeesDelta = r.Signed();
        }
        if ((parts & Parts.Attributes) != 0) c.Attributes = r.Bytes(r.Int()).ToArray();
        if ((parts & Parts.Control) != 0) c.Control = ControlCodec.Read(ref r, c.Kind, c.Facility);
    }
}
