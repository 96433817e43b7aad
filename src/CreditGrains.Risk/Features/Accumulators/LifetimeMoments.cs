namespace CreditGrains.Risk.Features.Accumulators;

/// <summary>
/// Moments of all events of a stream: count of 32 bits, sum and extremes of 64 (48 in a compact catalogue), squares of 128 (96). All that came within the bound counts,
/// whatever its time. A number that does not fit marks the part, and its features are missing.
/// </summary>
internal sealed class LifetimeMoments : Accumulator
{
    private readonly RingParts parts;
    private readonly MomentFeature[] features;
    private readonly bool isCompact;
    private readonly int squaresAt;
    private readonly int extremesAt;

    public LifetimeMoments(RingParts parts, bool isCompact, MomentFeature[] features)
    {
        this.parts = parts;
        this.features = features;
        this.isCompact = isCompact;
        squaresAt = 4 + ((parts & RingParts.Sum) != 0 ? ValueBytes : 0);
        extremesAt = squaresAt + ((parts & RingParts.Squares) != 0 ? SquareBytes : 0);
        Length = extremesAt + ((parts & RingParts.Extremes) != 0 ? 2 * ValueBytes : 0);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override string Words => $"whole life: count{((parts & RingParts.Sum) != 0 ? ", sum" : "")}"
        + $"{((parts & RingParts.Squares) != 0 ? ", squares" : "")}{((parts & RingParts.Extremes) != 0 ? ", least, greatest" : "")}";

    private int ValueBytes => isCompact ? 6 : 8;

    private int SquareBytes => isCompact ? 12 : 16;

    /// <inheritdoc/>
    public override void Add(ref byte row, in Observation observed)
    {
        var count = Get<uint>(ref row, Offset);
        if (count == uint.MaxValue) return;
        var value = observed.Value;
        var fits = count < uint.MaxValue - 1;
        if ((parts & RingParts.Sum) != 0)
        {
            // A total that does not fit is never read.
            fits &= TryAdd(GetNumber(ref row, Offset + 4, ValueBytes), value, ValueBytes * 8, out var total);
            SetNumber(ref row, Offset + 4, ValueBytes, total);
        }
        if ((parts & RingParts.Squares) != 0) fits &= TryAddSquare(ref row, Offset + squaresAt, SquareBytes, value);
        if ((parts & RingParts.Extremes) != 0) fits &= TryTakeExtremes(ref row, Offset + extremesAt, ValueBytes, value, count == 0);
        Set(ref row, Offset, fits ? count + 1 : uint.MaxValue);
    }

    /// <inheritdoc/>
    public override void Read(ref byte row, in Moment moment, Span<long> values)
    {
        var m = Moments.Empty;
        m.Count = Get<uint>(ref row, Offset);
        m.IsUnknown = m.Count == uint.MaxValue;
        if ((parts & RingParts.Sum) != 0) m.Sum = GetNumber(ref row, Offset + 4, ValueBytes);
        if ((parts & RingParts.Squares) != 0) m.Squares = GetSquares(ref row, Offset + squaresAt, SquareBytes);
        if ((parts & RingParts.Extremes) != 0)
        {
            m.Min = GetNumber(ref row, Offset + extremesAt, ValueBytes);
            m.Max = GetNumber(ref row, Offset + extremesAt + ValueBytes, ValueBytes);
        }
        foreach (ref readonly var feature in features.AsSpan()) values[feature.Index] = feature.Of(m);
    }

    /// <inheritdoc/>
    public override Accumulator? Narrowed(ReadOnlySpan<bool> wanted) =>
        Wanted(features, feature => feature.Index, wanted) is { Length: > 0 } kept ? new LifetimeMoments(parts, isCompact, kept) { Offset = Offset } : null;
}
