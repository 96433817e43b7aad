using CreditGrains.Domain.Loans.Calendars;

namespace CreditGrains.Domain.Loans;

/// <summary>Interest of a balance over a time: balance × rate × fraction of a year, exact until one rounding.</summary>
public static class Interest
{
    /// <summary>Interest in minor units.</summary>
    /// <param name="balance">0 to 2^50 minor units.</param>
    /// <param name="rate">The yearly rate.</param>
    /// <param name="fraction">At most a hundred years.</param>
    /// <param name="mode">The one rounding.</param>
    public static long Of(long balance, RateAnnual rate, YearFraction fraction, RoundingMode mode)
    {
        // Most products fit half the width, which is a good deal faster.
        if (Math.BigMul((ulong)balance, (ulong)rate.Nano, out var product) == 0 && Math.BigMul(product, (ulong)fraction.Numerator, out product) == 0 && product <= long.MaxValue)
            return Rounding.Divide((long)product, RateAnnual.WholeNano * fraction.Denominator, mode);
        return Rounding.Divide((Int128)balance * rate.Nano * fraction.Numerator, (Int128)RateAnnual.WholeNano * fraction.Denominator, mode);
    }

    /// <summary>The growth of one unit over a time: rate × fraction, to 28 digits.</summary>
    public static decimal Growth(RateAnnual rate, YearFraction fraction) =>
        (decimal)rate.Nano * fraction.Numerator / ((decimal)RateAnnual.WholeNano * fraction.Denominator);
}
