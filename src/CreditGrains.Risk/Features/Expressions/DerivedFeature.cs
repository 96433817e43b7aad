namespace CreditGrains.Risk.Features.Expressions;

/// <summary>A feature made of others: a ratio, in integers, or an expression, in decimals.</summary>
internal sealed class DerivedFeature
{
    private readonly Feature feature;
    private readonly FeatureExpression? expression;
    private readonly Feature? of;
    private readonly Feature? to;

    private DerivedFeature(Feature feature, FeatureExpression? expression, Feature? of, Feature? to) =>
        (this.feature, this.expression, this.of, this.to) = (feature, expression, of, to);

    public static DerivedFeature Ratio(Feature feature, Feature of, Feature to) => new(feature, null, of, to);

    public static DerivedFeature Of(Feature feature, FeatureExpression expression) => new(feature, expression, null, null);

    /// <summary>Its place in the vector.</summary>
    public int Index => feature.Index;

    /// <summary>Marks the features that it is made of.</summary>
    public void MarkSources(bool[] wanted)
    {
        if (expression is null) wanted[of!.Index] = wanted[to!.Index] = true;
        else expression.MarkSources(wanted);
    }

    /// <summary>Works it out from the values of the features before it.</summary>
    public void Write(Span<long> values, in FeatureMoment at, long localSeconds)
    {
        if (expression is null) values[feature.Index] = RatioOf(values[of!.Index], values[to!.Index]);
        else values[feature.Index] = expression.Evaluate(values, at, localSeconds) is { } value ? FixedPoint.FromDecimal(value, feature.Scale) : FixedPoint.Missing;
    }

    private long RatioOf(long a, long b)
    {
        if (a == FixedPoint.Missing || b == FixedPoint.Missing || b == 0) return FixedPoint.Missing;
        if (of!.Scale == to!.Scale) return b > 0 ? FixedPoint.Quotient(a, b, feature.Scale) : FixedPoint.QuotientWide(a, b, FixedPoint.Power(feature.Scale));
        return FixedPoint.QuotientWide((Int128)a * FixedPoint.Power(to.Scale), (Int128)b * FixedPoint.Power(of.Scale), FixedPoint.Power(feature.Scale));
    }
}
