using System.Numerics;
using CreditGrains.Domain.Money;

namespace CreditGrains.Simulation.Model;

/// <summary>Whole numbers without bound, and the few roundings of docs/rules.md.</summary>
internal static class Exact
{
    /// <summary>2^60: the largest balance, amount or limit.</summary>
    public const long Max = 1L << 60;

    /// <summary>Parts per million of the whole.</summary>
    public static readonly BigInteger Million = 1_000_000;

    public const long MicrosPerSecond = 1_000_000;
    public const long MicrosPerMilli = 1_000;

    private static readonly BigInteger Billion = 1_000_000_000;

    /// <summary>Quotient rounded up; the denominator is positive.</summary>
    public static BigInteger CeilDiv(BigInteger numerator, BigInteger denominator)
    {
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        return remainder.Sign > 0 ? quotient + 1 : quotient;
    }

    /// <summary>A sum of amount × ppm in one currency's minor units, converted and rounded up once.</summary>
    public static BigInteger ConvertPpm(BigInteger amountPpm, BigInteger rateNano, int digitsFrom, int digitsTo) =>
        CeilDiv(amountPpm * rateNano * BigInteger.Pow(10, digitsTo), Million * Billion * BigInteger.Pow(10, digitsFrom));

    /// <summary>A time rounded up to a whole second.</summary>
    public static long CeilSecond(long micros) => (long)(CeilDiv(micros, MicrosPerSecond) * MicrosPerSecond);

    /// <summary>As a contract number; what does not fit is given as the nearest that does.</summary>
    public static long ToLong(BigInteger value) => (long)BigInteger.Clamp(value, long.MinValue, long.MaxValue);

    /// <summary>Limit less exposure; an exposure that does not fit is taken as the largest that does.</summary>
    public static long Headroom(BigInteger limit, BigInteger exposure) => ToLong(limit - ToLong(exposure));

    /// <summary>ISO 4217 minor-unit digits of the currencies a simulated world may use.</summary>
    public static int DigitsOf(Currency currency) => currency.Numeric switch
    {
        978 or 840 or 156 or 826 => 2,
        392 => 0,
        414 => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(currency), currency.Numeric, "the model knows EUR, USD, CNY, GBP, JPY and KWD only"),
    };

    /// <summary>Whether the model knows the currency.</summary>
    public static bool Knows(Currency currency) => currency.Numeric is 978 or 840 or 156 or 826 or 392 or 414;
}
