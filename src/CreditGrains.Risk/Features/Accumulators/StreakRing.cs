namespace CreditGrains.Risk.Features.Accumulators;

/// <summary>
/// Events that met a condition since the last one that did not. Events lie in buckets in the order of their time, and within a bucket in the order in which they came; what
/// is older than any late event can be is folded into one number, so nothing is ever looked through again. At most 32,767.
/// </summary>
/// <remarks>A bucket is 16 bits: the run at its end, and in the top bit whether it holds an event that did not meet the condition.</remarks>
internal sealed class StreakRing(BucketClock clock, int lateBuckets, int index, int scale) : Accumulator
{
    private const ushort Broken = 0x8000;
    private const int RunMax = 0x7FFF;
    private readonly int length = lateBuckets + 1;

    /// <inheritdoc/>
    public override int Length => 2 + length * 2;

    /// <inheritdoc/>
    public override long GranularitySeconds => clock.GranularitySeconds;

    /// <inheritdoc/>
    public override string Words => $"{length} buckets of {clock.GranularitySeconds} s: run";

    /// <inheritdoc/>
    public override void Advance(ref byte row, long before, long after)
    {
        long from = clock.Of(before), to = clock.Of(after);
        if (to == from) return;
        // Oldest first: those that leave the ring are folded, and their places are the new buckets'.
        var run = (int)Get<ushort>(ref row, Offset);
        for (var bucket = from - length + 1; bucket <= Math.Min(from, to - length); bucket++)
        {
            if (bucket < 0) continue;
            var at = At(bucket);
            run = Join(run, Get<ushort>(ref row, at));
            Set(ref row, at, (ushort)0);
        }
        Set(ref row, Offset, (ushort)run);
    }

    /// <inheritdoc/>
    public override void Add(ref byte row, in Observation observed)
    {
        var at = At(clock.Of(observed.Seconds));
        var bucket = Get<ushort>(ref row, at);
        if (observed.Value == 0) bucket = Broken;
        else if ((bucket & RunMax) < RunMax) bucket++;
        Set(ref row, at, bucket);
    }

    /// <inheritdoc/>
    public override void Read(ref byte row, in Moment moment, Span<long> values)
    {
        var run = (int)Get<ushort>(ref row, Offset);
        var newest = clock.Of(moment.Newest);
        var end = moment.Newest == 0 ? -1 : Math.Min(newest, clock.Of(moment.Seconds));
        for (var bucket = Math.Max(0, newest - length + 1); bucket <= end; bucket++) run = Join(run, Get<ushort>(ref row, At(bucket)));
        values[index] = FixedPoint.Quotient(run, 1, scale);
    }

    /// <inheritdoc/>
    public override Accumulator? Narrowed(ReadOnlySpan<bool> wanted) => wanted[index] ? this : null;

    private int At(long bucket) => Offset + 2 + (int)(bucket % length) * 2;

    private static int Join(int run, ushort bucket) => (bucket & Broken) != 0 ? bucket & RunMax : Math.Min(RunMax, run + bucket);
}
