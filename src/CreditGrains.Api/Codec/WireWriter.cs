using System.Text;

namespace CreditGrains.Api.Codec;

/// <summary>
/// Writes the protobuf wire format into a span that is long enough by the caller's bound, byte for byte as the generated
/// code does: fields in number order, defaults left out, shortest varints.
/// </summary>
internal ref struct WireWriter(Span<byte> bytes)
{
    /// <summary>Most bytes of a tag (field numbers up to 2,047) with a varint.</summary>
    public const int VarintFieldMax = 12;

    private const int BytesOfCharacterMax = 3;

    private readonly Span<byte> bytes = bytes;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>A varint field, left out when 0.</summary>
    public void Field(int number, long value)
    {
        if (value == 0) return;
        Tag(number, 0);
        Varint(unchecked((ulong)value));
    }

    /// <summary>A bytes or string field, left out when empty.</summary>
    public void Field(int number, scoped ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return;
        Present(number, value);
    }

    /// <summary>A string field, left out when null or empty; written in place.</summary>
    public void Field(int number, string? value)
    {
        if (string.IsNullOrEmpty(value)) return;
        Tag(number, 2);
        if (value.Length * BytesOfCharacterMax < 0x80)
        {
            // Its length takes one byte, whatever the characters are.
            var written = Encoding.UTF8.GetBytes(value, bytes[(Length + 1)..]);
            bytes[Length] = (byte)written;
            Length += 1 + written;
            return;
        }

        Varint((uint)Encoding.UTF8.GetByteCount(value));
        Length += Encoding.UTF8.GetBytes(value, bytes[Length..]);
    }

    /// <summary>A bytes or string field of a oneof: written even when empty.</summary>
    public void Present(int number, scoped ReadOnlySpan<byte> value)
    {
        Tag(number, 2);
        Varint((uint)value.Length);
        value.CopyTo(bytes[Length..]);
        Length += value.Length;
    }

    /// <summary>Starts a message field; pass the result to <see cref="End"/>.</summary>
    public int Begin(int number)
    {
        Tag(number, 2);
        return ++Length;
    }

    /// <summary>Ends a message field: fills in its length, which needs a second byte (and a move) only from 128 bytes on.</summary>
    public void End(int start)
    {
        var length = Length - start;
        if (length < 0x80)
        {
            bytes[start - 1] = (byte)length;
            return;
        }

        Span<byte> prefix = stackalloc byte[5];
        var prefixLength = 0;
        for (var rest = (uint)length; ; rest >>= 7)
        {
            if (rest < 0x80)
            {
                prefix[prefixLength++] = (byte)rest;
                break;
            }

            prefix[prefixLength++] = (byte)(rest & 0x7F | 0x80);
        }

        bytes.Slice(start, length).CopyTo(bytes[(start + prefixLength - 1)..]);
        prefix[..prefixLength].CopyTo(bytes[(start - 1)..]);
        Length += prefixLength - 1;
    }

    /// <summary>A double of a field with presence: written whatever its value.</summary>
    public void Present(int number, double value)
    {
        Tag(number, 1);
        System.Buffers.Binary.BinaryPrimitives.WriteDoubleLittleEndian(bytes[Length..], value);
        Length += sizeof(double);
    }

    private void Tag(int number, int type)
    {
        if (number < 16) bytes[Length++] = (byte)((number << 3) | type);
        else Varint((uint)((number << 3) | type));
    }

    private void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            bytes[Length++] = (byte)(value & 0x7F | 0x80);
            value >>= 7;
        }

        bytes[Length++] = (byte)value;
    }
}
