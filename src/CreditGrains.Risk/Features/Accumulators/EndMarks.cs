namespace CreditGrains.Risk.Features.Accumulators;

/// <summary>
/// The latest event of a stream, with its value where a feature asks for it, and the earliest: times as seconds since 1970 in 32 bits. Of events of one second the last to
/// arrive is the latest. All that came within the bound counts, whatever its time. A value that does not fit its place leaves the mark of one that is missing, until the next.
/// </summary>
internal sealed class EndMarks : Accumulator
{
    private readonly (int Index, Aggregation Aggregation, int Scale)[] features;
    private readonly int valueBytes;
    private readonly bool hasLast;
    private readonly int valueAt;
    private readonly int firstAt;

    public EndMarks(bool isCompact, (int Index, Aggregation Aggregation, int Scale)[] features)
    {
        this.features = features;
        valueBytes = isCompact ? 6 : 8;
        hasLast = features.Any(feature => feature.Aggregation is Aggregation.Last or Aggregation.SecondsSinceLast);
        valueAt = hasLast ? 4 : 0;
        firstAt = valueAt + (features.Any(feature => feature.Aggregation == Aggregation.Last) ? valueBytes : 0);
        Length = firstAt + (features.Any(feature => feature.Aggregation == Aggregation.SecondsSinceFirst) ? 4 : 0);
    }

    private EndMarks(EndMarks whole, (int Index, Aggregation Aggregation, int Scale)[] features)
    {
        this.features = features;
        (valueBytes, hasLast, valueAt, firstAt, Length, Offset) = (whole.valueBytes, whole.hasLast, whole.valueAt, whole.firstAt, whole.Length, whole.Offset);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override string Words => string.Join(", ", ((string?[])[hasLast ? "latest time" : null, firstAt > valueAt ? "its value" : null, Length > firstAt ? "earliest time" : null]).Where(word => word is not null));

    // The least number of the place.
    private long Unfit => long.MinValue >> (64 - valueBytes * 8);

    /// <inheritdoc/>
    public override void Add(ref byte row, in Observation observed)
    {
        var seconds = (uint)observed.Seconds;
        if (hasLast && seconds >= Get<uint>(ref row, Offset))
        {
            Set(ref row, Offset, seconds);
            if (firstAt > valueAt) SetNumber(ref row, Offset + valueAt, valueBytes, Fits(observed.Value, valueBytes * 8) ? observed.Value : Unfit);
        }
        if (Length == firstAt) return;
        var first = Get<uint>(ref row, Offset + firstAt);
        if (first == 0 || seconds < first) Set(ref row, Offset + firstAt, seconds);
    }

    /// <inheritdoc/>
    public override void Read(ref byte row, in Moment moment, Span<long> values)
    {
        foreach (var (index, aggregation, scale) in features)
        {
            var time = Get<uint>(ref row, Offset + (aggregation == Aggregation.SecondsSinceFirst ? firstAt : 0));
            if (time == 0) values[index] = FixedPoint.Missing;
            else if (aggregation == Aggregation.Last) values[index] = GetNumber(ref row, Offset + valueAt, valueBytes) is var last && last != Unfit ? FixedPoint.QuotientWide(last, 1, FixedPoint.Power(scale)) : FixedPoint.Missing;
            else values[index] = FixedPoint.Quotient(Math.Max(0, moment.Seconds - time), 1, scale);
        }
    }

    /// <inheritdoc/>
    public override Accumulator? Narrowed(ReadOnlySpan<bool> wanted) =>
        Wanted(features, feature => feature.Index, wanted) is { Length: > 0 } kept ? new EndMarks(this, kept) : null;
}
