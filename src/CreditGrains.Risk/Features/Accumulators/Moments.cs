namespace CreditGrains.Risk.Features.Accumulators;

/// <summary>Count, sums and extremes of the events of a window, all integers.</summary>
internal struct Moments
{
    public long Count;
    public long Sum;
    public UInt128 Squares;
    public long Min;
    public long Max;

    /// <summary>Σ j · x over buckets, j = 0 for the newest.</summary>
    public long Slanted;

    /// <summary>Buckets of the window.</summary>
    public int Buckets;

    /// <summary>A number went beyond what its place can hold: nothing is known of the window.</summary>
    public bool IsUnknown;

    public static Moments Empty => new() { Min = long.MaxValue, Max = long.MinValue };
}

/// <summary>Makes the value of one feature out of moments.</summary>
/// <param name="Index">Place in the vector.</param>
/// <param name="Aggregation">Count to standard deviation, or trend.</param>
/// <param name="Scale">Digits after the point.</param>
internal readonly record struct MomentFeature(int Index, Aggregation Aggregation, int Scale)
{
    /// <summary>The value at the feature's scale.</summary>
    public long Of(in Moments m)
    {
        if (m.IsUnknown) return FixedPoint.Missing;
        return Aggregation switch
        {
            Aggregation.Count => Scaled(m.Count),
            Aggregation.Sum => Scaled(m.Sum),
            Aggregation.Mean => m.Count == 0 ? FixedPoint.Missing : FixedPoint.Quotient(m.Sum, m.Count, Scale),
            Aggregation.Min => m.Count == 0 ? FixedPoint.Missing : Scaled(m.Min),
            Aggregation.Max => m.Count == 0 ? FixedPoint.Missing : Scaled(m.Max),
            Aggregation.StandardDeviation => m.Count < 2 ? FixedPoint.Missing : FixedPoint.Deviation(m.Count, m.Sum, m.Squares, Scale),
            Aggregation.Trend => Slope(m),
            _ => throw new InvalidOperationException($"{Aggregation} is not made of moments."),
        };
    }

    // Least squares over buckets i = 0 (oldest) … n − 1: slope = 12 · Σ (i − (n − 1)/2) · x ÷ (n · (n² − 1)); with j = n − 1 − i.
    private long Slope(in Moments m)
    {
        var n = m.Buckets;
        var numerator = 6 * ((Int128)(n - 1) * m.Sum - 2 * (Int128)m.Slanted);
        return FixedPoint.QuotientWide(numerator, (Int128)n * ((long)n * n - 1), FixedPoint.Power(Scale));
    }

    private long Scaled(long value)
    {
        if (Scale == 0) return value;
        var scaled = (Int128)value * FixedPoint.Power(Scale);
        return scaled > long.MaxValue || scaled <= long.MinValue ? FixedPoint.Missing : (long)scaled;
    }
}
