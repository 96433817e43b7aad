namespace CreditGrains.Risk.Feel;

/// <summary>Functions of numbers. A scale is places after the point, below 0 before it, −6,111 to 6,176 (DMN 1.3 §10.3.4.5); else null. Its own decimals are cut.</summary>
internal static class NumberFunctions
{
    private const int DigitsMax = 28;
    private const int ScaleLeast = -6_111;
    private const int ScaleMost = 6_176;

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
        if (value.Kind != FeelKind.Number || scale.Kind != FeelKind.Number || scale.Number is < ScaleLeast or > ScaleMost) return FeelValue.Null;
        var places = (int)decimal.Truncate(scale.Number);
        // A number has no digits behind that scale; before it, either none remains or more than there can be.
        if (places > DigitsMax) return value;
        if (places < -DigitsMax) return round(Math.Sign(value.Number) * 0.000000001m) == 0 ? FeelValue.Of(0) : FeelValue.Null;
        try
        {
            var factor = DecimalPower.TryRaise(10, Math.Abs(places), out var power) ? power : 1;
            return FeelValue.Of(places >= 0 ? round(value.Number * factor) / factor : round(value.Number / factor) * factor);
        }
        catch (OverflowException)
        {
            // A number with so many digits has none behind that scale.
            return places >= 0 ? value : FeelValue.Null;
        }
    }
}
