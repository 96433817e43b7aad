using System.Text;
using CreditGrains.Api.Mapping;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Api.Codec;

/// <summary>
/// AuthorizeRequest straight between bytes and commands. Equal in every case, malformed ones included, to parsing the
/// generated class and mapping it; the tests hold the two together.
/// </summary>
internal static class AuthorizeCodec
{
    /// <summary>Most bytes of a message without its attributes.</summary>
    public const int LengthMax = 160;

    private const int VarintType = 0;
    private const int LengthType = 2;

    /// <summary>Reads one message.</summary>
    /// <returns>None, or why no command can hold it; the command is then of kind None.</returns>
    /// <exception cref="Transport.RpcException">InvalidArgument: the bytes are no message.</exception>
    public static Refusal Read(ReadOnlySpan<byte> bytes, out Command command)
    {
        var raw = new RawRequest();
        var reader = new WireReader(bytes);
        while (!reader.IsAtEnd) ReadField(ref reader, ref raw);
        return ToCommand(raw, out command);
    }

    /// <summary>Writes the message of an Authorize command, its id as bytes.</summary>
    public static void Write(in Command command, ref WireWriter writer)
    {
        Span<byte> id = stackalloc byte[16];
        command.Id.WriteBytes(id);
        writer.Present(1, id);
        var facility = writer.Begin(4);
        writer.Field(1, command.Facility.Tenant);
        writer.Field(2, command.Facility.LegalEntity);
        writer.Field(3, command.Facility.Id);
        writer.End(facility);
        writer.Field(5, command.Amount);
        writer.Field(6, CurrencyCodes.Utf8(command.Currency));
        writer.Field(7, (long)command.Channel);
        writer.Field(8, command.MerchantCategory);
        writer.Field(9, command.Scenario);
        writer.Field(10, command.AmountMin);
        writer.Field(11, command.LifetimeSeconds);
        writer.Field(12, command.OccurredAtMicros);
        writer.Field(13, command.Attributes);
    }

    private static void ReadField(ref WireReader reader, ref RawRequest raw)
    {
        var tag = reader.ReadTag();
        switch (tag)
        {
            case (1 << 3) | LengthType: raw.SetIdentity(IdentityForm.Bytes, reader.ReadBytes()); break;
            case (2 << 3) | LengthType: raw.SetIdentity(IdentityForm.Text, reader.ReadBytes()); break;
            case (3 << 3) | LengthType: ReadSession(reader.ReadBytes(), ref raw); break;
            case (4 << 3) | LengthType: ReadFacility(reader.ReadBytes(), ref raw); break;
            case (5 << 3) | VarintType: raw.Amount = reader.ReadInt64(); break;
            case (6 << 3) | LengthType: raw.Currency = reader.ReadBytes(); break;
            case (7 << 3) | VarintType: raw.Channel = reader.ReadInt32(); break;
            case (8 << 3) | VarintType: raw.MerchantCategory = reader.ReadUInt32(); break;
            case (9 << 3) | VarintType: raw.Scenario = reader.ReadUInt32(); break;
            case (10 << 3) | VarintType: raw.AmountMin = reader.ReadInt64(); break;
            case (11 << 3) | VarintType: raw.HoldSeconds = reader.ReadInt32(); break;
            case (12 << 3) | VarintType: raw.OccurredAtMicros = reader.ReadInt64(); break;
            case (13 << 3) | LengthType: raw.Attributes = reader.ReadBytes(); break;
            default: reader.Skip(tag); break;
        }
    }

    private static void ReadSession(ReadOnlySpan<byte> bytes, ref RawRequest raw)
    {
        if (raw.Form != IdentityForm.Session) raw.SetSession();
        var reader = new WireReader(bytes);
        while (!reader.IsAtEnd)
        {
            var tag = reader.ReadTag();
            switch (tag)
            {
                case (1 << 3) | VarintType: raw.Session = reader.ReadVarint(); break;
                case (2 << 3) | VarintType: raw.Sequence = reader.ReadVarint(); break;
                default: reader.Skip(tag); break;
            }
        }
    }

    private static void ReadFacility(ReadOnlySpan<byte> bytes, ref RawRequest raw)
    {
        raw.HasFacility = true;
        var reader = new WireReader(bytes);
        while (!reader.IsAtEnd)
        {
            var tag = reader.ReadTag();
            switch (tag)
            {
                case (1 << 3) | VarintType: raw.Tenant = reader.ReadUInt32(); break;
                case (2 << 3) | VarintType: raw.LegalEntity = reader.ReadUInt32(); break;
                case (3 << 3) | VarintType: raw.Id = reader.ReadInt64(); break;
                default: reader.Skip(tag); break;
            }
        }
    }

    private static Refusal ToCommand(in RawRequest raw, out Command command)
    {
        var fields = new Fields();
        command = new Command
        {
            Kind = CommandKind.Authorize,
            Id = ReadId(raw, ref fields),
            Facility = raw.HasFacility ? fields.Key("facility", raw.Tenant, raw.LegalEntity, raw.Id, NodeKind.Facility) : fields.Facility(null),
            Amount = raw.Amount,
            Currency = ReadCurrency(raw.Currency, ref fields),
            Channel = fields.Channel((V1.Channel)raw.Channel),
            MerchantCategory = fields.Category("merchant_category", raw.MerchantCategory),
            Scenario = fields.Scenario(raw.Scenario),
            AmountMin = raw.AmountMin,
            LifetimeSeconds = raw.HoldSeconds,
            OccurredAtMicros = raw.OccurredAtMicros,
            Attributes = raw.Attributes.IsEmpty ? null : raw.Attributes.ToArray(),
        };
        return fields.Conclude(ref command);
    }

    private static RequestId ReadId(in RawRequest raw, ref Fields fields)
    {
        if (raw.Form == IdentityForm.Bytes && raw.Identity.Length == 16)
        {
            var id = RequestId.FromBytes(raw.Identity);
            if (id != default) return id;
        }

        return raw.Form switch
        {
            IdentityForm.Session => fields.SessionPlace(raw.Session, raw.Sequence),
            IdentityForm.Bytes => fields.RequestId("request", new(IdentityForm.Bytes, Google.Protobuf.ByteString.CopyFrom(raw.Identity), null, null)),
            IdentityForm.Text => fields.RequestId("request", new(IdentityForm.Text, null, Encoding.UTF8.GetString(raw.Identity), null)),
            _ => fields.RequestId("request", default),
        };
    }

    private static Currency ReadCurrency(ReadOnlySpan<byte> code, ref Fields fields)
    {
        var currency = CurrencyCodes.Find(code);
        return currency == Currency.None ? fields.Currency("currency", Encoding.UTF8.GetString(code)) : currency;
    }

    /// <summary>The fields as they stand on the wire.</summary>
    private ref struct RawRequest
    {
        public IdentityForm Form;
        public ReadOnlySpan<byte> Identity;
        public ulong Session;
        public ulong Sequence;
        public bool HasFacility;
        public uint Tenant;
        public uint LegalEntity;
        public long Id;
        public long Amount;
        public ReadOnlySpan<byte> Currency;
        public int Channel;
        public uint MerchantCategory;
        public uint Scenario;
        public long AmountMin;
        public int HoldSeconds;
        public long OccurredAtMicros;
        public ReadOnlySpan<byte> Attributes;

        /// <summary>A later member of the oneof replaces an earlier one.</summary>
        public void SetIdentity(IdentityForm form, ReadOnlySpan<byte> bytes)
        {
            Form = form;
            Identity = bytes;
        }

        public void SetSession()
        {
            Form = IdentityForm.Session;
            Session = 0;
            Sequence = 0;
        }
    }
}
