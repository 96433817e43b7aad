using System.Buffers;
using CreditGrains.Domain.Commands;

namespace CreditGrains.Api.Codec;

/// <summary>AuthorizeBatchRequest from bytes, AuthorizeBatchReply and ExecuteBatchReply (the same on the wire) to bytes.</summary>
internal static class BatchCodec
{
    private const int VarintType = 0;
    private const int LengthType = 2;

    /// <summary>Reads a batch into a cleared <paramref name="batch"/>.</summary>
    /// <exception cref="Transport.RpcException">InvalidArgument: the bytes are no message, or the batch is too long.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, CommandBatch batch)
    {
        var reader = new WireReader(bytes);
        while (!reader.IsAtEnd)
        {
            var tag = reader.ReadTag();
            switch (tag)
            {
                case (1 << 3) | VarintType:
                    batch.Tag = reader.ReadVarint();
                    break;
                case (2 << 3) | LengthType:
                    var refusal = AuthorizeCodec.Read(reader.ReadBytes(), out batch.Add());
                    if (!refusal.IsNone) batch.Refuse(refusal);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    /// <summary>Writes the reply of an executed batch.</summary>
    public static void Write(CommandBatch batch, IBufferWriter<byte> output)
    {
        WriteTag(batch.Tag, output);
        var commands = batch.Commands.Span;
        var outcomes = batch.Outcomes.Span;
        for (var i = 0; i < outcomes.Length; i++)
        {
            ref readonly var outcome = ref outcomes[i];
            var writer = new WireWriter(output.GetSpan(DecisionCodec.LengthMax(outcome)));
            var start = writer.Begin(2);
            DecisionCodec.Write(commands[i].Kind, commands[i].Reference, outcome, ref writer);
            writer.End(start);
            output.Advance(writer.Length);
        }
    }

    /// <summary>Writes the request of Authorize commands; for load generators and tests.</summary>
    public static void Write(ulong tag, ReadOnlySpan<Command> commands, IBufferWriter<byte> output)
    {
        WriteTag(tag, output);
        foreach (ref readonly var command in commands)
        {
            var writer = new WireWriter(output.GetSpan(AuthorizeCodec.LengthMax + (command.Attributes?.Length ?? 0)));
            var start = writer.Begin(2);
            AuthorizeCodec.Write(command, ref writer);
            writer.End(start);
            output.Advance(writer.Length);
        }
    }

    private static void WriteTag(ulong tag, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output.GetSpan(WireWriter.VarintFieldMax));
        writer.Field(1, unchecked((long)tag));
        output.Advance(writer.Length);
    }
}
