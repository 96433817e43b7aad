using System.Buffers;
using CreditGrains.Api.Codec;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.Tests.Mapping;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Commands;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;

namespace CreditGrains.Api.Tests.Codec;

/// <summary>The hand-written reader and writers against the generated classes with the mapping.</summary>
public sealed class HotCodecTests
{
    private static readonly Config Cases = Config.QuickThrowOnFailure.WithMaxTest(3_000);

    [Fact]
    public void Authorize_AnyMessage_ReadsAsTheGeneratedClassDoes() =>
        Prop.ForAll(Messages().ToArbitrary(), message => AssertSameReading(message.ToByteArray())).Check(Cases);

    [Fact]
    public void Authorize_TwoMessagesInARow_MergeAsTheGeneratedClassDoes() =>
        Prop.ForAll(Messages().Two().ToArbitrary(), pair => AssertSameReading([.. pair.Item1.ToByteArray(), .. pair.Item2.ToByteArray()])).Check(Cases);

    [Fact]
    public void Authorize_WithUnknownFields_ReadsAsTheGeneratedClassDoes() =>
        Prop.ForAll(Messages().ToArbitrary(), Unknown().ToArbitrary(), (message, unknown) => AssertSameReading([.. unknown, .. message.ToByteArray(), .. unknown])).Check(Cases);

    [Fact]
    public void Authorize_CutOrSpoiled_FailsOrReadsAsTheGeneratedClassDoes() =>
        Prop.ForAll(Messages().ToArbitrary(), Gen.Choose(0, 1 << 20).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (message, place, value) =>
        {
            var bytes = message.ToByteArray();
            if (bytes.Length == 0) return;
            AssertSameReading(bytes[..(place % bytes.Length)]);
            bytes[place % bytes.Length] = (byte)value;
            AssertSameReading(bytes);
        }).Check(Cases);

    [Fact]
    public void Authorize_RandomBytes_FailsOrReadsAsTheGeneratedClassDoes() =>
        Prop.ForAll(Gen.ListOf(Gen.Choose(0, 255)).Select(list => list.Select(value => (byte)value).ToArray()).ToArbitrary(), AssertSameReading).Check(Cases);

    [Fact]
    public void Authorize_Written_IsWhatTheGeneratedClassWrites()
    {
        foreach (var command in Samples.Accounts().Where(command => command.Kind == CommandKind.Authorize))
        {
            var writer = new WireWriter(new byte[1_024]);
            var buffer = new byte[1_024];
            writer = new WireWriter(buffer);
            AuthorizeCodec.Write(command, ref writer);
            Assert.Equal(CommandMapping.Write(command).Authorize.ToByteArray(), buffer[..writer.Length]);
            Assert.True(writer.Length <= AuthorizeCodec.LengthMax + command.Attributes!.Length);
        }
    }

    [Fact]
    public void Decision_AnyOutcome_IsWhatTheGeneratedClassWrites() =>
        Prop.ForAll(Samples.Outcomes().ToArbitrary(), Gen.Elements(Enum.GetValues<CommandKind>()).ToArbitrary(), (outcome, kind) =>
        {
            var buffer = new byte[DecisionCodec.LengthMax(outcome)];
            var writer = new WireWriter(buffer);
            DecisionCodec.Write(kind, reference: 321, outcome, ref writer);
            Assert.Equal(DecisionMapping.Write(kind, 321, outcome).ToByteArray(), buffer[..writer.Length]);
        }).Check(Cases);

    [Fact]
    public void Decision_WrittenAndRead_IsTheSameOutcome() =>
        Prop.ForAll(Samples.Outcomes().ToArbitrary(), outcome =>
        {
            var read = DecisionMapping.Read(V1.Decision.Parser.ParseFrom(DecisionMapping.Write(CommandKind.Authorize, 0, outcome).ToByteArray()));
            if (outcome.Message is { Length: 0 }) outcome.Message = null;
            Assert.Equivalent(outcome, read, strict: true);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Batch_AnyRequests_ReadsAsTheGeneratedClassDoes() =>
        Prop.ForAll(Gen.ListOf(Messages()).ToArbitrary(), Samples.Long().ToArbitrary(), (messages, tag) =>
        {
            var request = new V1.AuthorizeBatchRequest { Tag = unchecked((ulong)tag), Requests = { messages } };
            var batch = new CommandBatch();
            BatchCodec.Read(request.ToByteArray(), batch);
            Assert.Equal((request.Tag, request.Requests.Count), (batch.Tag, batch.Count));
            for (var i = 0; i < batch.Count; i++)
            {
                CommandMapping.TryRead(request.Requests[i], CommandKind.Authorize, out var expected);
                AssertSame(expected, batch.Commands.Span[i]);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void BatchRequest_Written_IsWhatTheGeneratedClassWrites()
    {
        var commands = Samples.Accounts().Where(command => command.Kind == CommandKind.Authorize).ToArray();
        var output = new ArrayBufferWriter<byte>();
        BatchCodec.Write(ulong.MaxValue, commands, output);
        var expected = new V1.AuthorizeBatchRequest { Tag = ulong.MaxValue, Requests = { commands.Select(command => CommandMapping.Write(command).Authorize) } };
        Assert.Equal(expected.ToByteArray(), output.WrittenSpan.ToArray());
    }

    private static void AssertSameReading(byte[] bytes)
    {
        V1.AuthorizeRequest? message = null;
        try
        {
            message = V1.AuthorizeRequest.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            var failure = Assert.Throws<RpcException>(() => AuthorizeCodec.Read(bytes, out _));
            Assert.Equal(StatusCode.InvalidArgument, failure.Code);
            return;
        }

        var expectedRefusal = CommandMapping.TryRead(message, CommandKind.Authorize, out var expected);
        var refusal = AuthorizeCodec.Read(bytes, out var command);
        Assert.Equal(expectedRefusal, refusal);
        AssertSame(expected, command);
    }

    private static void AssertSame(in Command expected, in Command actual)
    {
        Assert.Equal(expected.Attributes ?? [], actual.Attributes ?? []);
        Assert.Equal(expected with { Attributes = null }, actual with { Attributes = null });
    }

    private static Gen<V1.AuthorizeRequest> Messages() =>
        from form in Gen.Choose(0, 5)
        from numbers in Gen.ArrayOf(Samples.Long(), 8)
        from small in Gen.ArrayOf(Gen.Choose(-2, 12), 4)
        from currency in Gen.Elements("EUR", "JPY", "USD", "", "eur", "EURO", "ÄÖÜ", "XXX")
        from attributes in Gen.ListOf(Gen.Choose(0, 255))
        from facility in Gen.Choose(0, 9)
        select Message(form, numbers, small, currency, [.. attributes.Select(value => (byte)value)], facility);

    private static V1.AuthorizeRequest Message(int form, long[] numbers, int[] small, string currency, byte[] attributes, int facility)
    {
        var message = new V1.AuthorizeRequest
        {
            Amount = numbers[0], Currency = currency, Channel = (V1.Channel)small[0],
            MerchantCategory = small[1] > 0 ? 5_000u * (uint)small[1] : 0, Scenario = small[2] > 0 ? 6_000u * (uint)small[2] : 0, AmountMin = numbers[1], HoldSeconds = small[3],
            OccurredAtMicros = numbers[2], Attributes = ByteString.CopyFrom(attributes),
        };
        if (facility > 0) message.Facility = new() { Tenant = facility == 1 ? 70_000u : 1u, LegalEntity = facility == 2 ? 0u : 9u, Id = facility > 4 ? numbers[3] & long.MaxValue : numbers[3] };
        switch (form)
        {
            case 1: message.RequestId = RequestIdentity.ToBytes(Samples.Id); break;
            case 2: message.RequestUuid = Samples.Id.ToString(); break;
            case 3: message.RequestUuid = "no uuid"; break;
            case 4: message.SessionId = new() { Session = unchecked((ulong)numbers[4]), Sequence = unchecked((ulong)numbers[5]) }; break;
            case 5: message.RequestId = ByteString.CopyFrom(attributes); break;
        }

        return message;
    }

    /// <summary>Fields the message does not have, of every wire type, and its own with another wire type.</summary>
    private static Gen<byte[]> Unknown() => Gen.Elements<byte[]>(
        [],
        [0xA0, 0x06, 0x05], // 100: varint
        [0xA1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8], // 100: 64 bits
        [0xA2, 0x06, 0x02, 9, 9], // 100: bytes
        [0xA5, 0x06, 1, 2, 3, 4], // 100: 32 bits
        [0xA3, 0x06, 0x08, 0x01, 0xA4, 0x06], // 100: group
        [0x0D, 1, 2, 3, 4], // 1 as 32 bits
        [0x2A, 0x01, 0x05], // 5 as bytes
        [0x30, 0x07], // 6 as varint
        [0xAA, 0x80, 0x00, 0x01, 0x05], // 5 as bytes, long tag
        [0xA8, 0x80, 0x00, 0x63]); // 5, long tag
}
