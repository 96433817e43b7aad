using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Engine.Events;

/// <summary>Writes the fields of an event: little endian, unsigned varints of 7 bits, signed ones folded (zigzag).</summary>
internal ref struct EventWriter(Span<byte> buffer)
{
    private const int BytesOfCharacterMax = 3;
    private readonly Span<byte> buffer = buffer;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public readonly ReadOnlySpan<byte> Written => buffer[..Length];

    public void Byte(byte value) => buffer[Length++] = value;

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[Length..], value);
        Length += 2;
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[Length..], value);
        Length += 4;
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[Length..], value);
        Length += 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Unsigned(ulong value)
    {
        while (value >= 0x80)
        {
            buffer[Length++] = (byte)((value & 0x7F) | 0x80);
            value >>= 7;
        }
        buffer[Length++] = (byte)value;
    }

    public void Unsigned(long value) => Unsigned((ulong)value);

    public void Signed(long value) => Unsigned(unchecked((ulong)((value << 1) ^ (value >> 63))));

    public void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(buffer[Length..]);
        Length += bytes.Length;
    }

    /// <summary>A text as the length of its UTF-8 and that.</summary>
    public void Text(string text)
    {
        // Of so few characters the length takes one byte, whatever they are.
        if (text.Length * BytesOfCharacterMax < 0x80)
        {
            var bytes = Encoding.UTF8.GetBytes(text, buffer[(Length + 1)..]);
            buffer[Length] = unchecked((byte)bytes);
            Length += 1 + bytes;
            return;
        }
        Unsigned((ulong)Encoding.UTF8.GetByteCount(text));
        Length += Encoding.UTF8.GetBytes(text, buffer[Length..]);
    }

    public void Id(in RequestId id)
    {
        UInt64(id.High);
        UInt64(id.Low);
    }

    /// <summary>A key without its tenant, which the event names once.</summary>
    public void KeyInTenant(NodeKey key)
    {
        Byte((byte)key.Kind);
        UInt16(key.LegalEntity);
        Unsigned(key.Id);
    }
}

/// <summary>Reads what <see cref="EventWriter"/> wrote. Reading past the end or a varint above 64 bits throws: the frame's checks passed, so it is a bug or another version.</summary>
internal ref struct EventReader(ReadOnlySpan<byte> buffer)
{
    private readonly ReadOnlySpan<byte> buffer = buffer;
    private int at;

    /// <summary>Bytes read.</summary>
    public readonly int At => at;

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsAtEnd => at == buffer.Length;

    public byte Byte() => buffer[at++];

    public ushort UInt16()
    {
        var value = BinaryPrimitives.ReadUInt16LittleEndian(buffer[at..]);
        at += 2;
        return value;
    }

    public uint UInt32()
    {
        var value = BinaryPrimitives.ReadUInt32LittleEndian(buffer[at..]);
        at += 4;
        return value;
    }

    public ulong UInt64()
    {
        var value = BinaryPrimitives.ReadUInt64LittleEndian(buffer[at..]);
        at += 8;
        return value;
    }

    public ulong Unsigned()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = buffer[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        throw new InvalidDataException("A number in an event is longer than 64 bits.");
    }

    public long Long() => unchecked((long)Unsigned());

    public int Int() => checked((int)Unsigned());

    public long Signed()
    {
        var value = Unsigned();
        return unchecked((long)(value >> 1) ^ -(long)(value & 1));
    }

    public ReadOnlySpan<byte> Bytes(int length)
    {
        var bytes = buffer.Slice(at, length);
        at += length;
        return bytes;
    }

    public RequestId Id() => new(UInt64(), UInt64());

    public NodeKey KeyInTenant(ushort tenant)
    {
        var kind = (NodeKind)Byte();
        var legalEntity = UInt16();
        return new NodeKey(Long(), tenant, legalEntity, kind);
    }
}
