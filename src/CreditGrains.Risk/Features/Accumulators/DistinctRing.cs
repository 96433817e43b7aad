using System.Numerics;

namespace CreditGrains.Risk.Features.Accumulators;

/// <summary>
/// Different values in windows: 32 values (16 in a compact catalogue) with a mask each of the buckets in which they were seen (bit j: j buckets before the newest). A value seen in no
/// bucket any more leaves. When one more is there, the place becomes a sketch of masks, until all of them are empty again. Without windows the masks are one bit that never moves.
/// </summary>
internal sealed class DistinctRing : Accumulator
{
    private const ushort IsSketch = ushort.MaxValue;
    private readonly BucketClock clock;
    private readonly int length;
    private readonly int exactMax;
    private readonly int valueBytes;
    private readonly int maskBytes;
    private readonly int places;
    private readonly int[] estimates;
    private readonly (int Buckets, int Index, int Scale)[] windows;

    /// <param name="clock">Its buckets; default for the whole life.</param>
    /// <param name="lateBuckets">Buckets kept beyond the longest window.</param>
    /// <param name="exactMax">Values that are counted exactly.</param>
    /// <param name="valueBytes">2 for codes below 65,536, 8 for marks and amounts.</param>
    /// <param name="windows">Buckets and feature of each window; 0 buckets is the whole life.</param>
    public DistinctRing(BucketClock clock, int lateBuckets, int exactMax, int valueBytes, (int Buckets, int Index, int Scale)[] windows)
    {
        this.clock = clock;
        this.exactMax = exactMax;
        this.valueBytes = valueBytes;
        this.windows = windows;
        var isLifetime = clock.GranularitySeconds == 0;
        length = isLifetime ? 0 : windows.Max(window => window.Buckets) + lateBuckets;
        maskBytes = isLifetime ? 0 : length <= 8 ? 1 : length <= 16 ? 2 : 4;
        places = isLifetime ? exactMax * valueBytes * 8 : exactMax * (valueBytes + maskBytes) / maskBytes;
        estimates = DistinctSketch.Table(places);
        Length = 2 + exactMax * (valueBytes + maskBytes);
    }

    private DistinctRing(DistinctRing whole, (int Buckets, int Index, int Scale)[] windows)
    {
        this.windows = windows;
        (clock, length, exactMax, valueBytes, maskBytes, places, estimates) = (whole.clock, whole.length, whole.exactMax, whole.valueBytes, whole.maskBytes, whole.places, whole.estimates);
        (Length, Offset) = (whole.Length, whole.Offset);
    }

    /// <summary>Most buckets of a ring.</summary>
    public const int BucketsMax = 32;

    /// <summary>Values that are counted exactly, and places of the sketch.</summary>
    public (int ExactMax, int Places) Sketch => (exactMax, places);

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override long GranularitySeconds => clock.GranularitySeconds;

    /// <inheritdoc/>
    public override string Words => maskBytes == 0
        ? $"whole life: {exactMax} different values, then a sketch of {places} places"
        : $"{length} buckets of {clock.GranularitySeconds} s: {exactMax} different values, then a sketch of {places} places";

    /// <inheritdoc/>
    public override void Advance(ref byte row, long before, long after)
    {
        if (maskBytes == 0) return;
        var steps = clock.Of(after) - clock.Of(before);
        var count = Get<ushort>(ref row, Offset);
        if (steps <= 0 || count == 0) return;
        if (steps >= length) Clear(ref row, Offset, Length);
        else if (count == IsSketch) ShiftSketch(ref row, (int)steps);
        else ShiftValues(ref row, (int)steps, count);
    }

    /// <inheritdoc/>
    public override void Add(ref byte row, in Observation observed)
    {
        var bit = maskBytes == 0 ? 0u : 1u << (int)(clock.Of(observed.Newest) - clock.Of(observed.Seconds));
        var count = Get<ushort>(ref row, Offset);
        if (count == IsSketch)
        {
            Mark(ref row, DistinctSketch.PlaceOf(observed.Value, places), bit);
            return;
        }
        for (var i = 0; i < count; i++)
        {
            if (Value(ref row, i) != observed.Value) continue;
            if (maskBytes != 0) SetMask(ref row, MaskAt(i), Mask(ref row, MaskAt(i)) | bit);
            return;
        }
        if (count == exactMax)
        {
            Widen(ref row);
            Mark(ref row, DistinctSketch.PlaceOf(observed.Value, places), bit);
            return;
        }
        SetValue(ref row, count, observed.Value);
        if (maskBytes != 0) SetMask(ref row, MaskAt(count), bit);
        Set(ref row, Offset, (ushort)(count + 1));
    }

    /// <inheritdoc/>
    public override void Read(ref byte row, in Moment moment, Span<long> values)
    {
        var count = Get<ushort>(ref row, Offset);
        if (maskBytes == 0)
        {
            var taken = count == IsSketch ? TakenBits(ref row) : 0;
            foreach (var (_, index, scale) in windows) values[index] = FixedPoint.Quotient(count == IsSketch ? estimates[taken] : count, 1, scale);
            return;
        }
        var shift = clock.Of(moment.Newest) - clock.Of(moment.Seconds);
        foreach (var (buckets, index, scale) in windows)
        {
            // Bits j with shift ≤ j < shift + buckets.
            var end = Math.Clamp(shift + buckets, 0, 32);
            var start = Math.Clamp(shift, 0, 32);
            var window = moment.Newest == 0 || end <= start ? 0u : unchecked((uint)((1UL << (int)end) - (1UL << (int)start)));
            var seen = 0;
            var at = count == IsSketch ? Offset + 2 : MaskAt(0);
            for (var i = 0; i < (count == IsSketch ? places : count); i++, at += maskBytes)
                if ((Mask(ref row, at) & window) != 0) seen++;
            values[index] = FixedPoint.Quotient(count == IsSketch ? estimates[seen] : seen, 1, scale);
        }
    }

    /// <inheritdoc/>
    public override Accumulator? Narrowed(ReadOnlySpan<bool> wanted) =>
        Wanted(windows, window => window.Index, wanted) is { Length: > 0 } kept ? new DistinctRing(this, kept) : null;

    private int MaskAt(int i) => Offset + 2 + exactMax * valueBytes + i * maskBytes;

    private long Value(ref byte row, int i) => valueBytes == 2 ? Get<ushort>(ref row, Offset + 2 + i * 2) : Get<long>(ref row, Offset + 2 + i * 8);

    private void SetValue(ref byte row, int i, long value)
    {
        if (valueBytes == 2) Set(ref row, Offset + 2 + i * 2, unchecked((ushort)value));
        else Set(ref row, Offset + 2 + i * 8, value);
    }

    private uint Mask(ref byte row, int at) => maskBytes switch { 1 => Get<byte>(ref row, at), 2 => Get<ushort>(ref row, at), _ => Get<uint>(ref row, at) };

    private void SetMask(ref byte row, int at, uint mask)
    {
        unchecked
        {
            if (maskBytes == 1) Set(ref row, at, (byte)mask);
            else if (maskBytes == 2) Set(ref row, at, (ushort)mask);
            else Set(ref row, at, mask);
        }
    }

    private uint Shifted(uint mask, int steps)
    {
        var kept = length == 32 ? uint.MaxValue : (1u << length) - 1;
        return unchecked(mask << steps) & kept;
    }

    private void ShiftValues(ref byte row, int steps, int count)
    {
        for (var i = 0; i < count;)
        {
            var mask = Shifted(Mask(ref row, MaskAt(i)), steps);
            if (mask != 0)
            {
                SetMask(ref row, MaskAt(i++), mask);
                continue;
            }
            // The last takes its place and is looked at next.
            count--;
            SetValue(ref row, i, Value(ref row, count));
            SetMask(ref row, MaskAt(i), Mask(ref row, MaskAt(count)));
            SetValue(ref row, count, 0);
            SetMask(ref row, MaskAt(count), 0);
        }
        Set(ref row, Offset, (ushort)count);
    }

    private void ShiftSketch(ref byte row, int steps)
    {
        var any = 0u;
        for (var i = 0; i < places; i++)
        {
            var at = Offset + 2 + i * maskBytes;
            var mask = Shifted(Mask(ref row, at), steps);
            SetMask(ref row, at, mask);
            any |= mask;
        }
        if (any == 0) Set(ref row, Offset, (ushort)0);
    }

    /// <summary>Makes a sketch of the values in the same bytes.</summary>
    private void Widen(ref byte row)
    {
        Span<long> values = stackalloc long[DistinctSketch.ExactMax];
        Span<uint> masks = stackalloc uint[DistinctSketch.ExactMax];
        for (var i = 0; i < exactMax; i++)
        {
            values[i] = Value(ref row, i);
            masks[i] = maskBytes == 0 ? 0 : Mask(ref row, MaskAt(i));
        }
        Clear(ref row, Offset + 2, Length - 2);
        Set(ref row, Offset, IsSketch);
        for (var i = 0; i < exactMax; i++) Mark(ref row, DistinctSketch.PlaceOf(values[i], places), masks[i]);
    }

    private void Mark(ref byte row, int place, uint mask)
    {
        if (maskBytes != 0)
        {
            var at = Offset + 2 + place * maskBytes;
            SetMask(ref row, at, Mask(ref row, at) | mask);
            return;
        }
        var bits = Offset + 2 + place / 8;
        Set(ref row, bits, (byte)(Get<byte>(ref row, bits) | (1 << (place % 8))));
    }

    private int TakenBits(ref byte row)
    {
        var taken = 0;
        for (var at = Offset + 2; at < Offset + Length; at += 8) taken += BitOperations.PopCount(Get<ulong>(ref row, at));
        return taken;
    }
}
