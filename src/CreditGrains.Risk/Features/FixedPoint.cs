using System.Runtime.CompilerServices;

namespace CreditGrains.Risk.Features;

/// <summary>
/// Values of features: whole numbers times a power of ten, so that they are the same bits everywhere and a policy reads them as decimals. Every division rounds half to even.
/// What does not fit 64 bits is missing, never wrong.
/// </summary>
public static class FixedPoint
{
    /// <summary>The mark of a missing value.</summary>
    public const long Missing = long.MinValue;

    /// <summary>Most digits after the point.</summary>
    public const int ScaleMax = 9;

    private static readonly long[] Powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];
    // A numerator up to this leaves room for the power, and for doubling the remainder.
    private static readonly long[] NumeratorMax = [.. Powers.Select(power => long.MaxValue / 2 / power)];
    private static readonly double[] PowersFloating = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    /// <summary>10^scale.</summary>
    public static long Power(int scale) => Powers[scale];

    /// <summary>The value as a floating-point number, NaN when missing: one correctly rounded division.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToDouble(long value, int scale) => value == Missing ? double.NaN : scale == 0 ? value : value / PowersFloating[scale];

    /// <summary>The value as an exact decimal, null when missing.</summary>
    public static decimal? ToDecimal(long value, int scale)
    {
        if (value == Missing) return null;
        var magnitude = (ulong)(value < 0 ? -value : value);
        return new decimal(unchecked((int)magnitude), unchecked((int)(magnitude >> 32)), 0, value < 0, (byte)scale);
    }

    /// <summary>A decimal rounded half to even to a scale; missing when it does not fit.</summary>
    public static long FromDecimal(decimal value, int scale)
    {
        if (value is > 9.2e18m or < -9.2e18m) return Missing;
        var scaled = decimal.Round(value, scale, MidpointRounding.ToEven) * Powers[scale];
        return scaled is > long.MaxValue or <= long.MinValue ? Missing : (long)scaled;
    }

    /// <summary>numerator ÷ denominator at a scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Quotient(long numerator, long denominator, int scale)
    {
        var power = Powers[scale];
        // Both checks leave room for doubling the remainder.
        if (denominator <= 0 || denominator > long.MaxValue / 4 || (numerator < 0 ? -(numerator + 1) : numerator) > NumeratorMax[scale])
            return QuotientWide(numerator, denominator, power);
        var scaled = unchecked(numerator * power);
        var quotient = scaled / denominator;
        var rest = unchecked(scaled - quotient * denominator);
        var twice = rest < 0 ? -rest * 2 : rest * 2;
        if (twice > denominator || (twice == denominator && (quotient & 1) != 0)) quotient += scaled < 0 ? -1 : 1;
        return quotient;
    }

    /// <summary>numerator ÷ denominator × power, of any signs.</summary>
    public static long QuotientWide(Int128 numerator, Int128 denominator, long power)
    {
        if (denominator == 0) return Missing;
        var limit = Int128.MaxValue / 4;
        if (Int128.Abs(numerator) > limit / power || Int128.Abs(denominator) > limit) return Missing;
        if (denominator < 0) (numerator, denominator) = (-numerator, -denominator);
        var scaled = numerator * power;
        var (quotient, rest) = Int128.DivRem(scaled, denominator);
        var twice = Int128.Abs(rest) * 2;
        if (twice > denominator || (twice == denominator && (quotient & 1) != 0)) quotient += scaled < 0 ? -1 : 1;
        return quotient > long.MaxValue || quotient <= long.MinValue ? Missing : (long)quotient;
    }

    /// <summary>√((n·Σx² − (Σx)²) ÷ (n·(n − 1))) at a scale, rounded down in its last digit: the sample standard deviation from integer moments.</summary>
    /// <param name="count">n, 2 or more.</param>
    /// <param name="sum">Σx.</param>
    /// <param name="squares">Σx².</param>
    /// <param name="scale">Digits after the point. Fewer are exact where the variance has more than about 86 bits.</param>
    public static long Deviation(long count, long sum, UInt128 squares, int scale)
    {
        // n·Σx² in 128 bits, or it is missing.
        if (UInt128.LeadingZeroCount(squares) < (UInt128)(64 - long.LeadingZeroCount(count))) return Missing;
        var spread = (UInt128)(ulong)count * squares - Square(sum);
        var degrees = (UInt128)(ulong)count * (ulong)(count - 1);
        var digits = scale;
        while (digits > 0 && (int)UInt128.LeadingZeroCount(spread) < BitsOfHundredPower(digits)) digits--;
        var root = Root(spread * (UInt128)Powers[digits] * (UInt128)Powers[digits] / degrees);
        if (root > (ulong)(long.MaxValue / Powers[scale - digits])) return Missing;
        return (long)root * Powers[scale - digits];
    }

    /// <summary>⌊√x⌋.</summary>
    public static ulong Root(UInt128 x)
    {
        if (x == 0) return 0;
        // The double is within a few units in the last place; one Newton step and a correction make it exact.
        var guess = Math.Sqrt((double)x);
        var root = guess >= 1.8446744073709549E19 ? ulong.MaxValue : (ulong)guess;
        if (root == 0) root = 1;
        var next = (x / root + root) / 2;
        root = next > ulong.MaxValue ? ulong.MaxValue : (ulong)next;
        while ((UInt128)root * root > x) root--;
        while (root < ulong.MaxValue && (UInt128)(root + 1) * (root + 1) <= x) root++;
        return root;
    }

    /// <summary>x².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt128 Square(long x)
    {
        var magnitude = unchecked((ulong)(x < 0 ? -x : x));
        var high = Math.BigMul(magnitude, magnitude, out var low);
        return new UInt128(high, low);
    }

    private static int BitsOfHundredPower(int digits) => (digits * 6_644 + 999) / 1_000;
}
