namespace CreditGrains.Risk.Features.Accumulators;

/// <summary>
/// Moments of all events of a stream: count of 32 bits, sum of 64, squares of 128, extremes of 64. All that came within the bound counts, whatever its time. A
/// number that does not fit marks the part, and its features are missing.
/// </summary>
internal sealed class LifetimeMoments : Accumulator
{
    private readonly RingParts parts;
    private readonly MomentFeature[] features;
    private readonly int squaresAt;
    private readonly int extremesAt;

    public LifetimeMoments(RingParts parts, MomentFeature[] features)
    {
        this.parts = parts;
        this.features = features;
        squaresAt = (parts & RingParts.Sum) != 0 ? 12 : 4;
        extremesAt = squaresAt + ((parts & RingParts.Squares) != 0 ? 16 : 0);
        Length = extremesAt + ((parts & RingParts.Extremes) != 0 ? 16 : 0);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override string Words => $"whole life: count{((parts & RingParts.Sum) != 0 ? ", sum" : "")}"
        + $"{((parts & RingParts.Squares) != 0 ? ", squares" : "")}{((parts & RingParts.Extremes) != 0 ? ", least, greatest" : "")}";

    /// <inheritdoc/>
    public override void Add(ref byte row, in Observation observed)
    {
        var count = Get<uint>(ref row, Offset);
        if (count == uint.MaxValue) return;
        var value = observed.Value;
        var fits = count < uint.MaxValue - 1;
        if ((parts & RingParts.Sum) != 0)
        {
            var sum = Get<long>(ref row, Offset + 4);
            var total = unchecked(sum + value);
            fits &= ((sum ^ total) & (value ^ total)) >= 0;
            Set(ref row, Offset + 4, total);
        }
        if ((parts & RingParts.Squares) != 0)
        {
            var squares = Get<UInt128>(ref row, Offset + squaresAt);
            var square = FixedPoint.Square(value);
            if (square > UInt128.MaxValue - squares) fits = false;
            else Set(ref row, Offset + squaresAt, squares + square);
        }
        if ((parts & RingParts.Extremes) != 0)
        {
            if (count == 0 || value < Get<long>(ref row, Offset + extremesAt)) Set(ref row, Offset + extremesAt, value);
            if (count == 0 || value > Get<long>(ref row, Offset + extremesAt + 8)) Set(ref row, Offset + extremesAt + 8, value);
        }
        Set(ref row, Offset, fits ? count + 1 : uint.MaxValue);
    }

    /// <inheritdoc/>
    public override void Read(ref byte row, in Moment moment, Span<long> values)
    {
        var m = Moments.Empty;
        m.Count = Get<uint>(ref row, Offset);
        m.IsUnknown = m.Count == uint.MaxValue;
        if ((parts & RingParts.Sum) != 0) m.Sum = Get<long>(ref row, Offset + 4);
        if ((parts & RingParts.Squares) != 0) m.Squares = Get<UInt128>(ref row, Offset + squaresAt);
        if ((parts & RingParts.Extremes) != 0)
        {
            m.Min = Get<long>(ref row, Offset + extremesAt);
            m.Max = Get<long>(ref row, Offset + extremesAt + 8);
        }
        foreach (ref readonly var feature in features.AsSpan()) values[feature.Index] = feature.Of(m);
    }

    /// <inheritdoc/>
    public override Accumulator? Narrowed(ReadOnlySpan<bool> wanted) =>
        Wanted(features, feature => feature.Index, wanted) is { Length: > 0 } kept ? new LifetimeMoments(parts, kept) { Offset = Offset } : null;
}
