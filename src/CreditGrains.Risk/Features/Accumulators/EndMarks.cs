namespace CreditGrains.Risk.Features.Accumulators;

/// <summary>
/// The latest event of a stream, with its value where a feature asks for it, and the earliest: times as seconds since 1970 in 32 bits. Of events of one second the last to
/// arrive is the latest. All that came within the bound counts, whatever its time.
/// </summary>
internal sealed class EndMarks : Accumulator
{
    private readonly (int Index, Aggregation Aggregation, int Scale)[] features;
    private readonly bool hasLast;
    private readonly int valueAt;
    private readonly int firstAt;

    public EndMarks((int Index, Aggregation Aggregation, int Scale)[] features)
    {
        this.features = features;
        hasLast = features.Any(feature => feature.Aggregation is Aggregation.Last or Aggregation.SecondsSinceLast);
        valueAt = hasLast ? 4 : 0;
        firstAt = valueAt + (features.Any(feature => feature.Aggregation == Aggregation.Last) ? 8 : 0);
        Length = firstAt + (features.Any(feature => feature.Aggregation == Aggregation.SecondsSinceFirst) ? 4 : 0);
    }

    private EndMarks(EndMarks whole, (int Index, Aggregation Aggregation, int Scale)[] features)
    {
        this.features = features;
        (hasLast, valueAt, firstAt, Length, Offset) = (whole.hasLast, whole.valueAt, whole.firstAt, whole.Length, whole.Offset);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override string Words => string.Join(", ", ((string?[])[hasLast ? "latest time" : null, firstAt > valueAt ? "its value" : null, Length > firstAt ? "earliest time" : null]).Where(word => word is not null));

    /// <inheritdoc/>
    public override void Add(ref byte row, in Observation observed)
    {
        var seconds = (uint)observed.Seconds;
        if (hasLast && seconds >= Get<uint>(ref row, Offset))
        {
            Set(ref row, Offset, seconds);
            if (firstAt > valueAt) Set(ref row, Offset + valueAt, observed.Value);
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
            else if (aggregation == Aggregation.Last) values[index] = FixedPoint.QuotientWide(Get<long>(ref row, Offset + valueAt), 1, FixedPoint.Power(scale));
            else values[index] = FixedPoint.Quotient(Math.Max(0, moment.Seconds - time), 1, scale);
        }
    }

    /// <inheritdoc/>
    public override Accumulator? Narrowed(ReadOnlySpan<bool> wanted) =>
        Wanted(features, feature => feature.Index, wanted) is { Length: > 0 } kept ? new EndMarks(this, kept) : null;
}
