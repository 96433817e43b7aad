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
/// A ring of buckets that serves counts, sums, means, deviations, extremes and trends over any number of windows. A bucket in which a number does not fit its place is marked,
/// and every window with it is missing.
/// </summary>
/// <typeparam name="TPlaces">Places of a bucket.</typeparam>
internal sealed class MomentRing<TPlaces> : Accumulator
    where TPlaces : struct, IPlaces
{
    private readonly BucketClock clock;
    private readonly int length;
    private readonly RingParts parts;
    private readonly int countBytes;
    private readonly long mark;
    private readonly int squaresAt;
    private readonly int extremesAt;
    private readonly (int Buckets, MomentFeature[] Features)[] windows;
    private readonly bool hasTrend;
    private readonly bool isShort;

    // Below, Σ j · x of sums of at most 48 bits stays within 64.
    private const int ShortLengthMax = 128;

    /// <param name="clock">Its buckets.</param>
    /// <param name="lateBuckets">Buckets kept beyond the longest window, for late events and decisions.</param>
    /// <param name="parts">What is kept.</param>
    /// <param name="windows">Buckets and features of each window, shortest first.</param>
    public MomentRing(BucketClock clock, int lateBuckets, RingParts parts, (int Buckets, MomentFeature[] Features)[] windows)
    {
        this.clock = clock;
        this.parts = parts;
        this.windows = windows;
        length = windows[^1].Buckets + lateBuckets;
        (countBytes, mark) = (parts & RingParts.Sum) == 0 ? (TPlaces.CountBytes, TPlaces.CountMark) : (TPlaces.SumBytes, TPlaces.SumCountMark);
        squaresAt = length * countBytes;
        extremesAt = squaresAt + ((parts & RingParts.Squares) != 0 ? length * TPlaces.SquareBytes : 0);
        Length = extremesAt + ((parts & RingParts.Extremes) != 0 ? length * ExtremeBytes : 0);
        hasTrend = windows.Any(window => window.Features.Any(feature => feature.Aggregation == Aggregation.Trend));
        isShort = TPlaces.SumBits <= 48 && length <= ShortLengthMax;
    }

    // All that is kept is still added up, so that what does not fit is missing in both alike.
    private MomentRing(MomentRing<TPlaces> whole, (int Buckets, MomentFeature[] Features)[] windows)
    {
        this.windows = windows;
        (clock, length, parts, countBytes, mark) = (whole.clock, whole.length, whole.parts, whole.countBytes, whole.mark);
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

    // A least and a greatest.
    private static int ExtremeBytes => 2 * TPlaces.ValueBytes;

    /// <inheritdoc/>
    public override void Advance(ref byte row, long before, long after)
    {
        long from = clock.Of(before), to = clock.Of(after);
        for (var bucket = Math.Max(from + 1, to - length + 1); bucket <= to; bucket++)
        {
            var slot = SlotOf(bucket);
            Clear(ref row, Offset + slot * countBytes, countBytes);
            if ((parts & RingParts.Squares) != 0) Clear(ref row, Offset + squaresAt + slot * TPlaces.SquareBytes, TPlaces.SquareBytes);
            if ((parts & RingParts.Extremes) != 0) Clear(ref row, Offset + extremesAt + slot * ExtremeBytes, ExtremeBytes);
        }
    }

    /// <inheritdoc/>
    public override void Add(ref byte row, in Observation observed)
    {
        var slot = SlotOf(clock.Of(observed.Seconds));
        var at = Offset + slot * countBytes;
        var (count, sum) = Load(ref row, at);
        if (count == mark) return;
        var value = observed.Value;
        var fits = count < mark - 1;
        if ((parts & RingParts.Sum) != 0)
        {
            if (TryAdd(sum, value, TPlaces.SumBits, out var total)) sum = total;
            else fits = false;
        }
        if ((parts & RingParts.Squares) != 0) fits &= TryAddSquare(ref row, Offset + squaresAt + slot * TPlaces.SquareBytes, TPlaces.SquareBytes, value);
        if ((parts & RingParts.Extremes) != 0) fits &= TryTakeExtremes(ref row, Offset + extremesAt + slot * ExtremeBytes, TPlaces.ValueBytes, value, count == 0);
        var next = fits ? count + 1 : mark;
        if ((parts & RingParts.Sum) == 0) TPlaces.StoreCount(ref row, at, next);
        else TPlaces.StoreSum(ref row, at, next, sum);
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
        return kept.Count > 0 ? new MomentRing<TPlaces>(this, [.. kept]) : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SlotOf(long bucket) => unchecked((int)((uint)bucket % (uint)length));

    private void Take(ref byte row, int slot, int back, ref Moments m)
    {
        var (count, sum) = Load(ref row, Offset + slot * countBytes);
        if (count == 0) return;
        if (count == mark)
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
            var squares = GetSquares(ref row, Offset + squaresAt + slot * TPlaces.SquareBytes, TPlaces.SquareBytes);
            if (squares > UInt128.MaxValue - m.Squares) m.IsUnknown = true;
            else m.Squares += squares;
        }
        if ((parts & RingParts.Extremes) == 0) return;
        var extremes = Offset + extremesAt + slot * ExtremeBytes;
        m.Min = Math.Min(m.Min, GetNumber(ref row, extremes, TPlaces.ValueBytes));
        m.Max = Math.Max(m.Max, GetNumber(ref row, extremes + TPlaces.ValueBytes, TPlaces.ValueBytes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (long Count, long Sum) Load(ref byte row, int at) => (parts & RingParts.Sum) == 0 ? (TPlaces.LoadCount(ref row, at), 0) : TPlaces.LoadSum(ref row, at);
}
