using System.Runtime.CompilerServices;

namespace CreditGrains.Risk.Features.Accumulators;

/// <summary>What a ring keeps of each bucket.</summary>
[Flags]
internal enum RingParts
{
    Count = 0,
    Sum = 1,
    Squares = 2,
    Extremes = 4,
}

/// <summary>
/// A ring of buckets that serves counts, sums, means, deviations, extremes and trends over any number of windows. Narrow places are 16 bits for a count and 48 for a sum,
/// packed in one word, and 96 for squares; wide ones 32, 64 and 128. A bucket in which a number does not fit is marked, and every window with it is missing.
/// </summary>
internal sealed class MomentRing : Accumulator
{
    private readonly BucketClock clock;
    private readonly int length;
    private readonly RingParts parts;
    private readonly bool isWide;
    private readonly int countBytes;
    private readonly int squaresAt;
    private readonly int extremesAt;
    private readonly (int Buckets, MomentFeature[] Features)[] windows;
    private readonly bool hasTrend;
    private readonly bool isShort;

    // Below, Σ j · x of narrow sums (48 bits) stays within 64 bits.
    private const int ShortLengthMax = 128;

    /// <param name="clock">Its buckets.</param>
    /// <param name="lateBuckets">Buckets kept beyond the longest window, for late events and decisions.</param>
    /// <param name="parts">What is kept.</param>
    /// <param name="isWide">Wide places.</param>
    /// <param name="windows">Buckets and features of each window, shortest first.</param>
    public MomentRing(BucketClock clock, int lateBuckets, RingParts parts, bool isWide, (int Buckets, MomentFeature[] Features)[] windows)
    {
        this.clock = clock;
        this.parts = parts;
        this.isWide = isWide;
        this.windows = windows;
        length = windows[^1].Buckets + lateBuckets;
        countBytes = (parts & RingParts.Sum) == 0 ? (isWide ? 4 : 2) : isWide ? 12 : 8;
        squaresAt = length * countBytes;
        extremesAt = squaresAt + ((parts & RingParts.Squares) != 0 ? length * SquareBytes : 0);
        Length = extremesAt + ((parts & RingParts.Extremes) != 0 ? length * 16 : 0);
        hasTrend = windows.Any(window => window.Features.Any(feature => feature.Aggregation == Aggregation.Trend));
        isShort = !isWide && length <= ShortLengthMax;
    }

    // All that is kept is still added up, so that what does not fit is missing in both alike.
    private MomentRing(MomentRing whole, (int Buckets, MomentFeature[] Features)[] windows)
    {
        this.windows = windows;
        (clock, length, parts, isWide, countBytes) = (whole.clock, whole.length, whole.parts, whole.isWide, whole.countBytes);
        (squaresAt, extremesAt, hasTrend, isShort) = (whole.squaresAt, whole.extremesAt, whole.hasTrend, whole.isShort);
        (Length, Offset) = (whole.Length, whole.Offset);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override long GranularitySeconds => clock.GranularitySeconds;

    /// <inheritdoc/>
    public override string Words => $"{length} buckets of {clock.GranularitySeconds} s: count{((parts & RingParts.Sum) != 0 ? ", sum" : "")}"
        + $"{((parts & RingParts.Squares) != 0 ? ", squares" : "")}{((parts & RingParts.Extremes) != 0 ? ", least, greatest" : "")}";

    private int SquareBytes => isWide ? 16 : 12;

    private long CountMax => isWide ? uint.MaxValue : ushort.MaxValue;

    /// <inheritdoc/>
    public override void Advance(ref byte row, long before, long after)
    {
        long from = clock.Of(before), to = clock.Of(after);
        for (var bucket = Math.Max(from + 1, to - length + 1); bucket <= to; bucket++)
        {
            var slot = SlotOf(bucket);
            Clear(ref row, Offset + slot * countBytes, countBytes);
            if ((parts & RingParts.Squares) != 0) Clear(ref row, Offset + squaresAt + slot * SquareBytes, SquareBytes);
            if ((parts & RingParts.Extremes) != 0) Clear(ref row, Offset + extremesAt + slot * 16, 16);
        }
    }

    /// <inheritdoc/>
    public override void Add(ref byte row, in Observation observed)
    {
        var slot = SlotOf(clock.Of(observed.Seconds));
        var at = Offset + slot * countBytes;
        var (count, sum) = Load(ref row, at);
        if (count == CountMax) return;
        var value = observed.Value;
        var fits = count < CountMax - 1;
        if ((parts & RingParts.Sum) != 0) fits &= TryAdd(ref sum, value);
        if ((parts & RingParts.Squares) != 0) fits &= TryAddSquare(ref row, Offset + squaresAt + slot * SquareBytes, value);
        if ((parts & RingParts.Extremes) != 0)
        {
            var extremes = Offset + extremesAt + slot * 16;
            if (count == 0 || value < Get<long>(ref row, extremes)) Set(ref row, extremes, value);
            if (count == 0 || value > Get<long>(ref row, extremes + 8)) Set(ref row, extremes + 8, value);
        }
        Store(ref row, at, fits ? count + 1 : CountMax, sum);
    }

    /// <inheritdoc/>
    public override void Read(ref byte row, in Moment moment, Span<long> values)
    {
        var asked = clock.Of(moment.Seconds);
        var newest = clock.Of(moment.Newest);
        var oldest = newest - length + 1;
        var m = Moments.Empty;
        var back = 0;
        // Counted down beside the bucket: a division for each would cost more than all the rest.
        var slot = SlotOf(asked);
        foreach (var (buckets, features) in windows)
        {
            for (; back < buckets; back++)
            {
                var bucket = asked - back;
                if (bucket <= newest && bucket >= oldest && moment.Newest != 0) Take(ref row, slot, back, ref m);
                if (--slot < 0) slot = length - 1;
            }
            m.Buckets = buckets;
            foreach (ref readonly var feature in features.AsSpan()) values[feature.Index] = feature.Of(m);
        }
    }

    /// <inheritdoc/>
    public override Accumulator? Narrowed(ReadOnlySpan<bool> wanted)
    {
        var kept = new List<(int, MomentFeature[])>();
        foreach (var (buckets, features) in windows)
            if (Wanted(features, feature => feature.Index, wanted) is { Length: > 0 } some) kept.Add((buckets, some));
        return kept.Count > 0 ? new MomentRing(this, [.. kept]) : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SlotOf(long bucket) => unchecked((int)((uint)bucket % (uint)length));

    private void Take(ref byte row, int slot, int back, ref Moments m)
    {
        var (count, sum) = Load(ref row, Offset + slot * countBytes);
        if (count == 0) return;
        if (count == CountMax)
        {
            m.IsUnknown = true;
            return;
        }
        m.Count += count;
        var total = unchecked(m.Sum + sum);
        if (((m.Sum ^ total) & (sum ^ total)) < 0) m.IsUnknown = true;
        m.Sum = total;
        if (hasTrend && isShort)
        {
            m.Slanted = unchecked(m.Slanted + back * sum);
        }
        else if (hasTrend)
        {
            var slanted = (Int128)back * sum + m.Slanted;
            if (slanted > long.MaxValue || slanted < long.MinValue) m.IsUnknown = true;
            else m.Slanted = (long)slanted;
        }
        if ((parts & RingParts.Squares) != 0)
        {
            var squares = LoadSquares(ref row, Offset + squaresAt + slot * SquareBytes);
            if (squares > UInt128.MaxValue - m.Squares) m.IsUnknown = true;
            else m.Squares += squares;
        }
        if ((parts & RingParts.Extremes) == 0) return;
        m.Min = Math.Min(m.Min, Get<long>(ref row, Offset + extremesAt + slot * 16));
        m.Max = Math.Max(m.Max, Get<long>(ref row, Offset + extremesAt + slot * 16 + 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (long Count, long Sum) Load(ref byte row, int at)
    {
        if ((parts & RingParts.Sum) == 0) return (isWide ? Get<uint>(ref row, at) : Get<ushort>(ref row, at), 0);
        if (isWide) return (Get<uint>(ref row, at), Get<long>(ref row, at + 4));
        var word = Get<long>(ref row, at);
        return (word & ushort.MaxValue, word >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(ref byte row, int at, long count, long sum)
    {
        unchecked
        {
            if ((parts & RingParts.Sum) == 0)
            {
                if (isWide) Set(ref row, at, (uint)count);
                else Set(ref row, at, (ushort)count);
            }
            else if (isWide)
            {
                Set(ref row, at, (uint)count);
                Set(ref row, at + 4, sum);
            }
            else
            {
                Set(ref row, at, (sum << 16) | count);
            }
        }
    }

    private bool TryAdd(ref long sum, long value)
    {
        var total = unchecked(sum + value);
        if (((sum ^ total) & (value ^ total)) < 0) return false;
        if (!isWide && (total << 16) >> 16 != total) return false;
        sum = total;
        return true;
    }

    private UInt128 LoadSquares(ref byte row, int at) =>
        new(isWide ? Get<ulong>(ref row, at + 8) : Get<uint>(ref row, at + 8), Get<ulong>(ref row, at));

    private bool TryAddSquare(ref byte row, int at, long value)
    {
        var squares = LoadSquares(ref row, at);
        var square = FixedPoint.Square(value);
        if (square > UInt128.MaxValue - squares) return false;
        squares += square;
        var high = unchecked((ulong)(squares >> 64));
        if (!isWide && high > uint.MaxValue) return false;
        Set(ref row, at, unchecked((ulong)squares));
        if (isWide) Set(ref row, at + 8, high);
        else Set(ref row, at + 8, (uint)high);
        return true;
    }
}
