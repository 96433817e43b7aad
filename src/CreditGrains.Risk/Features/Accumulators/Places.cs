using System.Runtime.CompilerServices;

using static CreditGrains.Risk.Features.Accumulators.Accumulator;

namespace CreditGrains.Risk.Features.Accumulators;

/// <summary>How much room the numbers of a row have (docs/features.md has the table). What does not fit is missing, never wrong.</summary>
internal enum CounterWidth
{
    /// <summary>The least: for cards of people.</summary>
    Compact,

    /// <summary>The usual.</summary>
    Narrow,

    /// <summary>For accounts of companies.</summary>
    Wide,
}

/// <summary>
/// Places of a bucket by width. A ring is compiled for each, so that no bucket asks how wide it is. The greatest count marks a bucket in which a number did not fit.
/// </summary>
internal interface IPlaces
{
    /// <summary>Bytes of a count alone.</summary>
    static abstract int CountBytes { get; }

    /// <summary>The mark of a count alone.</summary>
    static abstract long CountMark { get; }

    /// <summary>Bytes of a count and a sum.</summary>
    static abstract int SumBytes { get; }

    /// <summary>The mark of a count beside a sum.</summary>
    static abstract long SumCountMark { get; }

    /// <summary>Bits of a sum, its sign among them.</summary>
    static abstract int SumBits { get; }

    /// <summary>Bytes of a sum of squares.</summary>
    static abstract int SquareBytes { get; }

    /// <summary>Bytes of a least or greatest value.</summary>
    static abstract int ValueBytes { get; }

    /// <summary>A count alone.</summary>
    static abstract long LoadCount(ref byte row, int at);

    /// <inheritdoc cref="LoadCount"/>
    static abstract void StoreCount(ref byte row, int at, long count);

    /// <summary>A count and a sum.</summary>
    static abstract (long Count, long Sum) LoadSum(ref byte row, int at);

    /// <inheritdoc cref="LoadSum"/>
    static abstract void StoreSum(ref byte row, int at, long count, long sum);
}

/// <summary>16 bits for a count alone, as narrow: the account declined hundreds of times a day is the one to look at. Beside a sum 12 and 36 in one word.</summary>
internal readonly struct CompactPlaces : IPlaces
{
    public static int CountBytes => 2;

    public static long CountMark => ushort.MaxValue;

    public static int SumBytes => 6;

    public static long SumCountMark => 0xFFF;

    public static int SumBits => 36;

    public static int SquareBytes => 12;

    public static int ValueBytes => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long LoadCount(ref byte row, int at) => Get<ushort>(ref row, at);

    public static void StoreCount(ref byte row, int at, long count) => Set(ref row, at, unchecked((ushort)count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (long Count, long Sum) LoadSum(ref byte row, int at)
    {
        var word = GetNumber(ref row, at, 6);
        return (word & 0xFFF, word >> 12);
    }

    public static void StoreSum(ref byte row, int at, long count, long sum) => SetNumber(ref row, at, 6, (sum << 12) | count);
}

/// <summary>16 bits for a count; 48 in the same word for a sum.</summary>
internal readonly struct NarrowPlaces : IPlaces
{
    public static int CountBytes => 2;

    public static long CountMark => ushort.MaxValue;

    public static int SumBytes => 8;

    public static long SumCountMark => ushort.MaxValue;

    public static int SumBits => 48;

    public static int SquareBytes => 12;

    public static int ValueBytes => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long LoadCount(ref byte row, int at) => Get<ushort>(ref row, at);

    public static void StoreCount(ref byte row, int at, long count) => Set(ref row, at, unchecked((ushort)count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (long Count, long Sum) LoadSum(ref byte row, int at)
    {
        var word = Get<long>(ref row, at);
        return (word & ushort.MaxValue, word >> 16);
    }

    public static void StoreSum(ref byte row, int at, long count, long sum) => Set(ref row, at, (sum << 16) | count);
}

/// <summary>32 bits for a count, 64 for a sum.</summary>
internal readonly struct WidePlaces : IPlaces
{
    public static int CountBytes => 4;

    public static long CountMark => uint.MaxValue;

    public static int SumBytes => 12;

    public static long SumCountMark => uint.MaxValue;

    public static int SumBits => 64;

    public static int SquareBytes => 16;

    public static int ValueBytes => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long LoadCount(ref byte row, int at) => Get<uint>(ref row, at);

    public static void StoreCount(ref byte row, int at, long count) => Set(ref row, at, unchecked((uint)count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (long Count, long Sum) LoadSum(ref byte row, int at) => (Get<uint>(ref row, at), Get<long>(ref row, at + 4));

    public static void StoreSum(ref byte row, int at, long count, long sum)
    {
        StoreCount(ref row, at, count);
        Set(ref row, at + 4, sum);
    }
}
