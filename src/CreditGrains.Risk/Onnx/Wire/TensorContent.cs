using System.Buffers.Binary;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Onnx.Wire;

/// <summary>Turns what a tensor message holds, in raw bytes or typed fields, into doubles or text.</summary>
internal static class TensorContent
{
    /// <summary>Whole numbers above this cannot be held exactly and are refused.</summary>
    private const long WholeMax = 1L << 53;

    public static void Fill(OnnxTensor tensor, int count, List<float> floats, List<long> wholes, List<double> doubles, List<string> texts, ReadOnlySpan<byte> raw)
    {
        if (tensor.Type == OnnxType.Text)
        {
            Need(tensor, count, texts.Count);
            tensor.Texts = [.. texts];
            return;
        }

        var width = tensor.Type switch
        {
            OnnxType.Float or OnnxType.Int32 or OnnxType.UInt32 => 4,
            OnnxType.Double or OnnxType.Int64 or OnnxType.UInt64 => 8,
            OnnxType.Half or OnnxType.Int16 or OnnxType.UInt16 => 2,
            OnnxType.Bool or OnnxType.Int8 or OnnxType.UInt8 => 1,
            _ => throw new ModelFault("UnsupportedTensor", $"tensor '{tensor.Name}' has elements of type {(int)tensor.Type}; use float, double, integers, bool or string"),
        };
        if (raw.Length > 0)
        {
            Need(tensor, count, raw.Length / width);
            if (raw.Length != (long)count * width) throw new ModelFault("BadOnnx", $"tensor '{tensor.Name}' has {raw.Length} raw bytes for {count} elements of {width}; export it again");
            tensor.Numbers = new double[count];
            for (var i = 0; i < count; i++) tensor.Numbers[i] = Raw(tensor, raw.Slice(i * width, width));
            return;
        }

        switch (tensor.Type)
        {
            case OnnxType.Float:
                Need(tensor, count, floats.Count);
                tensor.Numbers = [.. floats.Select(value => (double)value)];
                break;
            case OnnxType.Double:
                Need(tensor, count, doubles.Count);
                tensor.Numbers = [.. doubles];
                break;
            default:
                Need(tensor, count, wholes.Count);
                tensor.Numbers = [.. wholes.Select(value => tensor.Type == OnnxType.Half ? (double)BitConverter.UInt16BitsToHalf((ushort)(value & 0xFFFF)) : Whole(tensor, value))];
                break;
        }
    }

    /// <summary>A whole number as a double, refused where that is not exact.</summary>
    public static double Whole(OnnxTensor tensor, long value) =>
        value is >= -WholeMax and <= WholeMax ? value : throw new ModelFault("UnsupportedTensor", $"tensor '{tensor.Name}' holds {value}; whole numbers up to 2^53 are understood");

    private static double Raw(OnnxTensor tensor, ReadOnlySpan<byte> bytes) => tensor.Type switch
    {
        OnnxType.Float => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        OnnxType.Double => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        OnnxType.Half => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        OnnxType.Int64 => Whole(tensor, BinaryPrimitives.ReadInt64LittleEndian(bytes)),
        OnnxType.UInt64 => Whole(tensor, (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(bytes), long.MaxValue)),
        OnnxType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        OnnxType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        OnnxType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        OnnxType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        OnnxType.Int8 => unchecked((sbyte)bytes[0]),
        _ => bytes[0],
    };

    private static void Need(OnnxTensor tensor, int count, int found)
    {
        if (found != count) throw new ModelFault("BadOnnx", $"tensor '{tensor.Name}' says {count} elements and has {found}; export it again");
    }
}
