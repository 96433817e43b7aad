using System.Buffers.Binary;
using System.Text;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Onnx.Wire;

/// <summary>
/// Reads protobuf fields from bytes (protobuf.dev, "Encoding"). Every length is checked against what is left before it is used, nothing is recursive, so no
/// input can make it read outside, run on or take more memory than a few times its own size.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes, string where)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private int at = 0;

    /// <summary>Number of the field last read by <see cref="Next"/>.</summary>
    public int Field { get; private set; }

    /// <summary>How its value is written: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.</summary>
    public int Wire { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        if (at >= bytes.Length) return false;
        var key = Varint();
        Field = (int)Math.Min(key >> 3, int.MaxValue);
        Wire = (int)(key & 7);
        return Field != 0 && Wire is 0 or 1 or 2 or 5 && Field != 0 ? true : throw Bad("a field key that protobuf does not have");
    }

    /// <summary>Leaves the value out.</summary>
    public void Skip()
    {
        switch (Wire)
        {
            case 0: Varint(); break;
            case 1: Take(8); break;
            case 2: Bytes(); break;
            default: Take(4); break;
        }
    }

    public ReadOnlySpan<byte> Bytes()
    {
        if (Wire != 2) throw Bad($"field {Field} written in another way than the format says");
        var length = Varint();
        return length <= (ulong)(bytes.Length - at) ? Take((int)length) : throw Bad($"field {Field} said to be {length} bytes long, of {bytes.Length - at} left");
    }

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public long Int() => Wire == 0 ? unchecked((long)Varint()) : throw Bad($"field {Field} written in another way than the format says");

    public float Float() => Wire == 5 ? BinaryPrimitives.ReadSingleLittleEndian(Take(4)) : throw Bad($"field {Field} written in another way than the format says");

    /// <summary>A repeated whole number, packed or single.</summary>
    public void Ints(List<long> into)
    {
        if (Wire != 2)
        {
            into.Add(Int());
            return;
        }

        var inner = new ProtoReader(Bytes(), where);
        while (inner.at < inner.bytes.Length) into.Add(unchecked((long)inner.Varint()));
    }

    /// <summary>A repeated 32-bit number, packed or single.</summary>
    public void Floats(List<float> into)
    {
        if (Wire == 5)
        {
            into.Add(Float());
            return;
        }

        var packed = Bytes();
        if (packed.Length % 4 != 0) throw Bad($"field {Field} whose length is not a multiple of 4");
        for (var i = 0; i < packed.Length; i += 4) into.Add(BinaryPrimitives.ReadSingleLittleEndian(packed[i..]));
    }

    /// <summary>A repeated 64-bit number, packed or single.</summary>
    public void Doubles(List<double> into)
    {
        if (Wire == 1)
        {
            into.Add(BinaryPrimitives.ReadDoubleLittleEndian(Take(8)));
            return;
        }

        var packed = Bytes();
        if (packed.Length % 8 != 0) throw Bad($"field {Field} whose length is not a multiple of 8");
        for (var i = 0; i < packed.Length; i += 8) into.Add(BinaryPrimitives.ReadDoubleLittleEndian(packed[i..]));
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (at >= bytes.Length) throw Bad("an end in the middle of a number");
            var one = bytes[at++];
            value |= unchecked((ulong)(one & 0x7F) << shift);
            if (one < 0x80) return value;
        }

        throw Bad("a number of more than ten bytes");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > bytes.Length - at) throw Bad("an end in the middle of a value");
        var taken = bytes.Slice(at, count);
        at += count;
        return taken;
    }

    private readonly ModelFault Bad(string what) =>
        new("BadOnnx", $"{where} has {what} at byte {at}: the file is cut short or is no ONNX model; export it again");
}
