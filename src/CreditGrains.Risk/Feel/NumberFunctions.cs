namespace CreditGrains.Risk.Feel;

/// <summary>Functions of numbers. A scale is places after the point, below 0 before it; beyond 28 places gives null.</summary>
internal static class NumberFunctions
{
    private const int ScaleMax = 28;

    public static FeelValue Round(in FeelValue value, in FeelValue scale, MidpointRounding mode) => Scaled(value, scale, scaled => decimal.Round(scaled, mode));

    /// <summary>Away from zero.</summary>
    public static FeelValue RoundUp(in FeelValue value, in FeelValue scale) => Scaled(value, scale, scaled => scaled < 0 ? decimal.Floor(scaled) : decimal.Ceiling(scaled));

    /// <summary>To the nearest, halves towards zero.</summary>
    public static FeelValue RoundHalfDown(in FeelValue value, in FeelValue scale) =>
        Scaled(value, scale, scaled => scaled < 0 ? decimal.Floor(scaled + 0.5m) : decimal.Ceiling(scaled - 0.5m));

    public static FeelValue Abs(FeelValue[] a) =>
        a[0].Kind is FeelKind.Number or FeelKind.DaysDuration or FeelKind.MonthsDuration ? FeelValue.OfKind(a[0].Kind, Math.Abs(a[0].Number)) : FeelValue.Null;

    /// <summary>What a whole division leaves, with the sign of the divisor.</summary>
    public static FeelValue Modulo(in FeelValue a, in FeelValue b)
    {
        if (a.Kind != FeelKind.Number || b.Kind != FeelKind.Number || b.Number == 0) return FeelValue.Null;
        try
        {
            return FeelValue.Of(a.Number - b.Number * decimal.Floor(a.Number / b.Number));
        }
        catch (OverflowException)
        {
            return FeelValue.Null;
        }
    }

    public static FeelValue Exp(in FeelValue value)
    {
        if (value.Kind != FeelKind.Number || value.Number > 70) return FeelValue.Null;
        try
        {
            return FeelValue.Of(DecimalPower.Exp(value.Number));
        }
        catch (OverflowException)
        {
            return FeelValue.Null;
        }
    }

    private static FeelValue Scaled(in FeelValue value, in FeelValue scale, Func<decimal, decimal> round)
    {
        if (value.Kind != FeelKind.Number || scale.Kind != FeelKind.Number || decimal.Truncate(scale.Number) != scale.Number || Math.Abs(scale.Number) > ScaleMax) return FeelValue.Null;
        try
        {
            var factor = DecimalPower.TryRaise(10, Math.Abs(scale.Number), out var power) ? power : 1;
            return FeelValue.Of(scale.Number >= 0 ? round(value.Number * factor) / factor : round(value.Number / factor) * factor);
        }
        catch (OverflowException)
        {
            // A number with so many digits has none behind that scale.
            return scale.Number >= 0 ? value : FeelValue.Null;
        }
    }
}
