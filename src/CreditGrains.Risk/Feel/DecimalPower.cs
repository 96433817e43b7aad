namespace CreditGrains.Risk.Feel;

/// <summary>
/// Powers and roots in decimal, so that no money passes through binary fractions. Whole exponents by repeated squaring; others by
/// exp(y · ln x) with series cut when a term no longer changes the sum.
/// </summary>
internal static class DecimalPower
{
    private const decimal Ln2 = 0.6931471805599453094172321215m;
    private const int WholeExponentMax = 1_000_000;
    private const int TermsMax = 200;

    /// <summary>Raises.</summary>
    /// <returns>False when there is no such number, or it is beyond a decimal.</returns>
    public static bool TryRaise(decimal x, decimal y, out decimal power)
    {
        power = 0;
        try
        {
            if (decimal.Truncate(y) == y && Math.Abs(y) <= WholeExponentMax)
            {
                if (x == 0 && y < 0) return false;
                var whole = Whole(x, (int)Math.Abs(y));
                if (y < 0 && whole == 0) return false;
                power = y < 0 ? 1 / whole : whole;
                return true;
            }

            if (x < 0 || (x == 0 && y < 0)) return false;
            power = x == 0 ? 0 : Exp(y * Ln(x));
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    /// <summary>Square root by Newton's steps from the binary one.</summary>
    /// <param name="x">At least 0.</param>
    public static decimal Sqrt(decimal x)
    {
        if (x == 0) return 0;
        var root = (decimal)Math.Sqrt((double)x);
        if (root == 0) root = 1e-14m;
        for (var i = 0; i < 4; i++) root = (root + x / root) / 2;
        return root;
    }

    /// <summary>Natural logarithm: x = m · 2^k with m near 1, ln m = 2 · artanh((m − 1) ÷ (m + 1)).</summary>
    /// <param name="x">Above 0.</param>
    public static decimal Ln(decimal x)
    {
        var k = 0;
        for (; x > 1.5m; k++) x /= 2;
        for (; x < 0.75m; k--) x *= 2;
        var z = (x - 1) / (x + 1);
        var square = z * z;
        var sum = 0m;
        var term = z;
        for (var n = 1; n < 2 * TermsMax && term != 0; n += 2)
        {
            sum += term / n;
            term *= square;
        }

        return 2 * sum + k * Ln2;
    }

    /// <summary>Exponential: the argument less whole multiples of ln 2, then its series.</summary>
    /// <exception cref="OverflowException">Beyond a decimal.</exception>
    public static decimal Exp(decimal y)
    {
        if (y < -65) return 0;
        var k = (int)decimal.Round(y / Ln2);
        var rest = y - k * Ln2;
        var sum = 1m;
        var term = 1m;
        for (var n = 1; n < TermsMax && term != 0; n++)
        {
            term = term * rest / n;
            sum += term;
        }

        for (; k > 0; k--) sum *= 2;
        for (; k < 0; k++) sum /= 2;
        return sum;
    }

    private static decimal Whole(decimal x, int exponent)
    {
        var result = 1m;
        while (true)
        {
            if ((exponent & 1) != 0) result *= x;
            exponent >>= 1;
            if (exponent == 0) return result;
            x *= x;
        }
    }
}
