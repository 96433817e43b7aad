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
    protected static T Get<T>(ref byte row, int at)
        where T : unmanaged => Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref row, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Set<T>(ref byte row, int at, T value)
        where T : unmanaged => Unsafe.WriteUnaligned(ref Unsafe.Add(ref row, at), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Clear(ref byte row, int at, int length) => Unsafe.InitBlockUnaligned(ref Unsafe.Add(ref row, at), 0, (uint)length);
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
