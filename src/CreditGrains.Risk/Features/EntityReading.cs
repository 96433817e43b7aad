using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CreditGrains.Risk.Features.Accumulators;

namespace CreditGrains.Risk.Features;

/// <summary>Reads features of one entity from its row: the parts that have any of them. Changes nothing.</summary>
internal sealed class EntityReading(Accumulator[] parts, (int Index, int Scale)[] lateFeatures, int rowLength)
{
    /// <summary>Whether nothing is read.</summary>
    public bool IsEmpty => parts.Length == 0 && lateFeatures.Length == 0;

    /// <summary>Reads them as of a moment.</summary>
    /// <param name="span">The row.</param>
    /// <param name="seconds">The moment, as <see cref="EntityProgram.Within"/> has it.</param>
    /// <param name="values">Where they go.</param>
    public void Read(ReadOnlySpan<byte> span, long seconds, Span<long> values)
    {
        // Nothing below writes.
        ref var row = ref MemoryMarshal.GetReference(span[..rowLength]);
        var moment = new Moment(seconds, Get(ref row, EntityProgram.NewestAt));
        foreach (var part in parts) part.Read(ref row, moment, values);
        foreach (var (index, scale) in lateFeatures) values[index] = Get(ref row, EntityProgram.LateAt) * FixedPoint.Power(scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Get(ref byte row, int at) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref row, at));
}
