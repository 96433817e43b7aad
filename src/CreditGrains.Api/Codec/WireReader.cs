using CreditGrains.Api.Transport;

namespace CreditGrains.Api.Codec;

/// <summary>
/// Reads the protobuf wire format from one span, with the same leniency as the generated code: long varints are cut to
/// their field's width, fields of other wire types are skipped as unknown, the last of a repeated scalar counts.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private const int GroupDepthMax = 100;
    private const int VarintLengthMax = 10;
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private int position;

    public readonly bool IsAtEnd => position >= bytes.Length;

    /// <summary>Reads a tag: field number × 8 + wire type.</summary>
    /// <exception cref="RpcException">InvalidArgument: the bytes are no message.</exception>
    public uint ReadTag()
    {
        if (bytes[position] is var first and < 0x80 and > 7)
        {
            position++;
            return first;
        }

        var tag = unchecked((uint)ReadVarint());
        return tag >> 3 == 0 ? throw Malformed("a field has number 0") : tag;
    }

    public ulong ReadVarint()
    {
        if (position < bytes.Length && bytes[position] is var only and < 0x80)
        {
            position++;
            return only;
        }

        return ReadLongVarint();
    }

    public int ReadInt32() => unchecked((int)ReadVarint());

    public uint ReadUInt32() => unchecked((uint)ReadVarint());

    public long ReadInt64() => unchecked((long)ReadVarint());

    /// <summary>A length-delimited field: bytes, string or message.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadInt32();
        if (length < 0) throw Malformed("a length is negative");
        if (length > bytes.Length - position) throw Truncated();
        var field = bytes.Slice(position, length);
        position += length;
        return field;
    }

    /// <summary>Skips the rest of a field whose tag was just read.</summary>
    public void Skip(uint tag) => Skip(tag, depth: 0);

    private void Skip(uint tag, int depth)
    {
        switch (tag & 7)
        {
            case 0: ReadVarint(); break;
            case 1: Advance(sizeof(ulong)); break;
            case 2: ReadBytes(); break;
            case 3: SkipGroup(tag >> 3, depth + 1); break;
            case 5: Advance(sizeof(uint)); break;
            case 4: throw Malformed("a group ends that did not start");
            default: throw Malformed($"wire type {tag & 7} does not exist");
        }
    }

    private void SkipGroup(uint number, int depth)
    {
        if (depth > GroupDepthMax) throw Malformed("groups are nested too deeply");
        while (true)
        {
            if (IsAtEnd) throw Truncated();
            var tag = ReadTag();
            if ((tag & 7) != 4)
            {
                Skip(tag, depth);
                continue;
            }

            if (tag >> 3 != number) throw Malformed("a group ends with another number than it started with");
            return;
        }
    }

    private void Advance(int count)
    {
        if (count > bytes.Length - position) throw Truncated();
        position += count;
    }

    private ulong ReadLongVarint()
    {
        ulong value = 0;
        for (var i = 0; i < VarintLengthMax; i++)
        {
            if (IsAtEnd) throw Truncated();
            var next = bytes[position++];
            value |= unchecked((ulong)(next & 0x7F) << (7 * i));
            if (next < 0x80) return value;
        }

        throw Malformed("a varint is longer than 10 bytes");
    }

    private static RpcException Truncated() => Malformed("it ends in the middle of a field");

    private static RpcException Malformed(string why) => new(StatusCode.InvalidArgument, $"The request is not a message: {why}.");
}
