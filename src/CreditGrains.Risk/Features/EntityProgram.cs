using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CreditGrains.Risk.Features.Accumulators;

namespace CreditGrains.Risk.Features;

/// <summary>
/// The accumulators of one entity: how an event changes its row, and how its features are read. The row begins with the owner's number (the engine's), the latest event time,
/// the first second at which a bucket ends, and the count of late events. No events: all zeros but the owner.
/// </summary>
internal sealed class EntityProgram
{
    /// <summary>Bytes before the accumulators.</summary>
    public const int HeaderLength = 16;

    /// <summary>Event times that can be kept: from the third day of 1970 to early 2106, so that any offset from UTC stays above 0.</summary>
    public const long SecondsMin = 2 * 86_400, SecondsMax = uint.MaxValue - 4_000L * 86_400;

    /// <summary>Where the latest event time stands.</summary>
    public const int NewestAt = 4;

    /// <summary>Where the count of late events stands.</summary>
    public const int LateAt = 12;

    private const int BoundaryAt = 8;

    private readonly (ulong Filter, ValueSource Value, Accumulator[] Parts)[] streams;
    private readonly Accumulator[] all;
    private readonly Accumulator[] moving;
    private readonly BucketClock[] clocks;
    private readonly (int Index, int Scale)[] lateFeatures;
    private readonly long lateness;
    private readonly long ahead;

    public EntityProgram(
        (int Filter, ValueSource Value, Accumulator[] Parts)[] streams, (int Index, int Scale)[] lateFeatures, int rowLength, long lateness, long ahead, long utcOffset)
    {
        this.streams = [.. streams.Select(stream => (1UL << stream.Filter, stream.Value, stream.Parts))];
        this.lateFeatures = lateFeatures;
        this.lateness = lateness;
        this.ahead = ahead;
        RowLength = rowLength;
        all = [.. streams.SelectMany(stream => stream.Parts)];
        moving = [.. all.Where(part => part.GranularitySeconds != 0)];
        clocks = [.. moving.Select(part => part.GranularitySeconds).Distinct().Select(granularity => new BucketClock(granularity, utcOffset))];
        AnyFilter = this.streams.Aggregate(0UL, (bits, stream) => bits | stream.Filter);
    }

    /// <summary>Bytes of a row, a multiple of 8.</summary>
    public int RowLength { get; }

    /// <summary>The parts of a row, for people.</summary>
    public IEnumerable<(int Offset, int Length, string Words)> Parts => all.Select(part => (part.Offset, part.Length, part.Words));

    /// <summary>Sketches of distinct values: what each counts exactly, and its places.</summary>
    public IEnumerable<(int ExactMax, int Places)> Sketches => all.OfType<DistinctRing>().Select(part => part.Sketch);

    /// <summary>Bits of the filters whose events change a row.</summary>
    public ulong AnyFilter { get; }

    /// <summary>Adds an event to a row.</summary>
    /// <param name="span">The row.</param>
    /// <param name="e">The event.</param>
    /// <param name="held">Bits of the filters it passes, one of <see cref="AnyFilter"/> among them.</param>
    public void Observe(Span<byte> span, in FeatureEvent e, ulong held)
    {
        ref var row = ref MemoryMarshal.GetReference(span[..RowLength]);
        var seconds = e.Seconds;
        long newest = Get(ref row, NewestAt);
        if (seconds < SecondsMin || seconds > SecondsMax || seconds > e.RecordedAtMicros / 1_000_000 + ahead || seconds < newest - lateness)
        {
            if (Get(ref row, LateAt) is var late and not uint.MaxValue) Set(ref row, LateAt, late + 1);
            return;
        }
        if (seconds > newest) newest = Advance(ref row, newest, seconds);
        foreach (ref readonly var stream in streams.AsSpan())
        {
            if ((stream.Filter & held) == 0 || !stream.Value.TryRead(e, held, out var value)) continue;
            var observed = new Observation(seconds, newest, value);
            foreach (var part in stream.Parts) part.Add(ref row, observed);
        }
    }

    /// <summary>What reads all features of a row, or those wanted.</summary>
    /// <param name="wanted">Whether a feature is, by its place in the vector.</param>
    public EntityReading ReadingOf(bool[] wanted) =>
        new([.. all.Select(part => part.Narrowed(wanted)).OfType<Accumulator>()], [.. lateFeatures.Where(feature => wanted[feature.Index])], RowLength);

    /// <summary>The time at which features are read: a time that no clock can have right is the writer's.</summary>
    public long Within(long seconds, long recordedAtSeconds)
    {
        if (seconds > recordedAtSeconds + ahead) seconds = recordedAtSeconds;
        return Math.Clamp(seconds, SecondsMin, SecondsMax);
    }

    private long Advance(ref byte row, long before, long after)
    {
        if (after >= Get(ref row, BoundaryAt))
        {
            if (before != 0)
                foreach (var part in moving) part.Advance(ref row, before, after);
            var boundary = long.MaxValue;
            foreach (ref readonly var clock in clocks.AsSpan()) boundary = Math.Min(boundary, clock.EndOf(after));
            Set(ref row, BoundaryAt, (uint)Math.Min(boundary, uint.MaxValue));
        }
        Set(ref row, NewestAt, (uint)after);
        return after;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Get(ref byte row, int at) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref row, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Set(ref byte row, int at, uint value) => Unsafe.WriteUnaligned(ref Unsafe.Add(ref row, at), value);
}
