using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace CreditGrains.Risk.Onnx.Wire;

/// <summary>Writes protobuf fields (protobuf.dev, "Encoding"); repeated numbers packed.</summary>
internal sealed class ProtoWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new();

    public byte[] ToArray() => buffer.WrittenSpan.ToArray();

    public ProtoWriter Int(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint(unchecked((ulong)value));
        return this;
    }

    public ProtoWriter Float(int field, float value)
    {
        Varint(((ulong)field << 3) | 5);
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(four, value);
        buffer.Write(four);
        return this;
    }

    public ProtoWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Message(int field, ProtoWriter message) => Bytes(field, message.ToArray());

    public ProtoWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Varint(((ulong)field << 3) | 2);
        Varint((ulong)value.Length);
        buffer.Write(value);
        return this;
    }

    public ProtoWriter Ints(int field, IEnumerable<long> values)
    {
        var packed = new ProtoWriter();
        foreach (var value in values) packed.Varint(unchecked((ulong)value));
        return Bytes(field, packed.ToArray());
    }

    public ProtoWriter Floats(int field, IReadOnlyCollection<float> values)
    {
        var packed = new byte[4 * values.Count];
        var at = 0;
        foreach (var value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(packed.AsSpan(at), value);
            at += 4;
        }

        return Bytes(field, packed);
    }

    public ProtoWriter Doubles(int field, IReadOnlyCollection<double> values)
    {
        var packed = new byte[8 * values.Count];
        var at = 0;
        foreach (var value in values)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(packed.AsSpan(at), value);
            at += 8;
        }

        return Bytes(field, packed);
    }

    private void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            buffer.Write([(byte)(value & 0x7F | 0x80)]);
            value >>= 7;
        }

        buffer.Write([(byte)value]);
    }
}
