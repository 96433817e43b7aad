namespace CreditGrains.Domain.Money;

/// <summary>Conversion of share-weighted sums between currencies: exact until one rounding up at the end.</summary>
public static class FxConversion
{
    /// <summary>Rates are given in billionths.</summary>
    public const long RateUnit = 1_000_000_000;

    private static readonly Int128[] PowersOfTen = [1, 10, 100, 1_000, 10_000];

    /// <summary>Whole minor units of a share-weighted sum in its own currency, rounded up.</summary>
    /// <param name="weighted">Minor units × parts per million, 0 or more.</param>
    public static Int128 RoundUp(Int128 weighted) => (weighted + (Limits.Share.WholePpm - 1)) / Limits.Share.WholePpm;

    /// <summary>
    /// minor(to) = ⌈weighted / 10^6 × rateNano / 10^9 × 10^(digits(to) − digits(from))⌉.
    /// </summary>
    /// <param name="weighted">Minor units of <paramref name="from"/> × parts per million, 0 or more.</param>
    /// <param name="rateNano">Units of <paramref name="to"/> per unit of <paramref name="from"/>, billionths.</param>
    /// <param name="from">Currency of the sum.</param>
    /// <param name="to">Currency of the node.</param>
    /// <returns>Minor units; <see cref="Int128.MaxValue"/> when it would not fit.</returns>
    public static Int128 Convert(Int128 weighted, long rateNano, Currency from, Currency to)
    {
        if (weighted == 0) return 0;
        var shift = to.MinorUnitDigits - from.MinorUnitDigits;
        var denominator = (Int128)Limits.Share.WholePpm * RateUnit * (shift < 0 ? PowersOfTen[-shift] : 1);
        var factor = (Int128)rateNano * (shift > 0 ? PowersOfTen[shift] : 1);
        // The sum may be near 2^100, so whole and rest are scaled apart; only a result beyond any limit saturates.
        var whole = weighted / denominator;
        var rest = weighted % denominator;
        if (whole > Int128.MaxValue / factor - 1) return Int128.MaxValue;
        var scaledRest = MultiplyDivideUp(rest, factor, denominator);
        return whole * factor + scaledRest;
    }

    private static Int128 MultiplyDivideUp(Int128 value, Int128 factor, Int128 divisor)
    {
        // value < divisor ≤ 10^19 and factor < 2^63 · 10^3 ≤ 10^22: the product may pass 2^127, so it goes by halves.
        if (value <= Int128.MaxValue / factor) return (value * factor + (divisor - 1)) / divisor;
        var product = (System.Numerics.BigInteger)value * (System.Numerics.BigInteger)factor;
        var quotient = System.Numerics.BigInteger.DivRem(product, (System.Numerics.BigInteger)divisor, out var remainder);
        return (Int128)(remainder.IsZero ? quotient : quotient + 1);
    }
}
