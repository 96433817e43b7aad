using System.Runtime.CompilerServices;

namespace CreditGrains.Risk.Features.Accumulators;

/// <summary>One event as an accumulator sees it.</summary>
/// <param name="Seconds">Event time, whole seconds, within the bound of lateness.</param>
/// <param name="Newest">Latest event time of the entity, this event's included.</param>
/// <param name="Value">The value of its stream.</param>
internal readonly record struct Observation(long Seconds, long Newest, long Value);

/// <summary>The moment for which features are read.</summary>
/// <param name="Seconds">Event time of the decision.</param>
/// <param name="Newest">Latest event time of the entity; 0 when it has had no event.</param>
internal readonly record struct Moment(long Seconds, long Newest);

/// <summary>
/// A part of an entity's row: integers that events change in place and features are read from. All parts of a row share one time, the latest event time of the entity, so
/// none keeps a head of its own. A row of zeros is the row of an entity without events.
/// </summary>
internal abstract class Accumulator
{
    /// <summary>Where the part begins, bytes from the start of the row.</summary>
    public int Offset { get; set; }

    /// <summary>Bytes of the part.</summary>
    public abstract int Length { get; }

    /// <summary>In words, for the table of a catalogue's row.</summary>
    public abstract string Words { get; }

    /// <summary>Length of a bucket, seconds; 0 for a part without buckets.</summary>
    public virtual long GranularitySeconds => 0;

    /// <summary>The entity's latest event time moves forward: what falls out of reach is emptied.</summary>
    public virtual void Advance(ref byte row, long before, long after)
    {
    }

    /// <summary>Adds an event of the part's stream.</summary>
    public abstract void Add(ref byte row, in Observation observed);

    /// <summary>Writes the values of the part's features.</summary>
    public abstract void Read(ref byte row, in Moment moment, Span<long> values);

    /// <summary>The same part, which writes the values of some of its features only, and those as this one does; null when there is none of them.</summary>
    /// <param name="wanted">Whether a feature is, by its place in the vector.</param>
    public abstract Accumulator? Narrowed(ReadOnlySpan<bool> wanted);

    /// <summary>Those of some features that are wanted.</summary>
    protected static T[] Wanted<T>(T[] features, Func<T, int> indexOf, ReadOnlySpan<bool> wanted)
    {
        var kept = new List<T>();
        foreach (var feature in features)
            if (wanted[indexOf(feature)]) kept.Add(feature);
        return [.. kept];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Get<T>(ref byte row, int at)
        where T : unmanaged => Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref row, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Set<T>(ref byte row, int at, T value)
        where T : unmanaged => Unsafe.WriteUnaligned(ref Unsafe.Add(ref row, at), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Clear(ref byte row, int at, int length) => Unsafe.InitBlockUnaligned(ref Unsafe.Add(ref row, at), 0, (uint)length);

    /// <summary>Whether a number fits so many bits, its sign among them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static bool Fits(long value, int bits) => (value << (64 - bits)) >> (64 - bits) == value;

    /// <summary>A signed number of 6 or 8 bytes. One of 6 is read in two parts: the row may end behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long GetNumber(ref byte row, int at, int bytes) =>
        bytes == 8 ? Get<long>(ref row, at) : unchecked(((long)Get<short>(ref row, at + 4) << 32) + Get<uint>(ref row, at));

    /// <summary>Writes a signed number that fits its 6 or 8 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void SetNumber(ref byte row, int at, int bytes, long value)
    {
        if (bytes == 8)
        {
            Set(ref row, at, value);
            return;
        }
        unchecked
        {
            Set(ref row, at, (uint)value);
            Set(ref row, at + 4, (short)(value >> 32));
        }
    }

    /// <summary>Adds two numbers; false when the total does not fit so many bits, its sign among them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static bool TryAdd(long a, long b, int bits, out long total)
    {
        total = unchecked(a + b);
        return ((a ^ total) & (b ^ total)) >= 0 && Fits(total, bits);
    }

    /// <summary>A sum of squares of 12 or 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static UInt128 GetSquares(ref byte row, int at, int bytes) =>
        new(bytes == 16 ? Get<ulong>(ref row, at + 8) : Get<uint>(ref row, at + 8), Get<ulong>(ref row, at));

    /// <summary>Adds the square of a value to a sum of 12 or 16 bytes; false when it does not fit.</summary>
    protected static bool TryAddSquare(ref byte row, int at, int bytes, long value)
    {
        var squares = GetSquares(ref row, at, bytes);
        var square = FixedPoint.Square(value);
        if (square > UInt128.MaxValue - squares) return false;
        squares += square;
        var high = unchecked((ulong)(squares >> 64));
        if (bytes == 12 && high > uint.MaxValue) return false;
        Set(ref row, at, unchecked((ulong)squares));
        if (bytes == 16) Set(ref row, at + 8, high);
        else Set(ref row, at + 8, unchecked((uint)high));
        return true;
    }

    /// <summary>Takes a value into a least and a greatest of 6 or 8 bytes each; false when it does not fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static bool TryTakeExtremes(ref byte row, int at, int bytes, long value, bool isFirst)
    {
        if (!Fits(value, bytes * 8)) return false;
        if (isFirst || value < GetNumber(ref row, at, bytes)) SetNumber(ref row, at, bytes, value);
        if (isFirst || value > GetNumber(ref row, at + bytes, bytes)) SetNumber(ref row, at + bytes, bytes, value);
        return true;
    }
}

/// <summary>Buckets of equal length in event time, counted from 1970 plus the catalogue's offset from UTC.</summary>
internal readonly struct BucketClock(long granularitySeconds, long utcOffsetSeconds)
{
    public long GranularitySeconds { get; } = granularitySeconds;

    /// <summary>Number of the bucket of a time. Times are those of the year 1970's second day to 2106, so 32 bits are enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Of(long seconds) => unchecked((uint)(seconds + utcOffsetSeconds) / (uint)GranularitySeconds);

    /// <summary>First second of the bucket after that of a time.</summary>
    public long EndOf(long seconds) => (Of(seconds) + 1) * GranularitySeconds - utcOffsetSeconds;
}
