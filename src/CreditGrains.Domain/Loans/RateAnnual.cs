using System.Globalization;

namespace CreditGrains.Domain.Loans;

/// <summary>
/// A nominal rate a year, in billionths: 43,500,000 is 4.35 %. Range 0 to 10 (1,000 %). The default value is no interest.
/// </summary>
/// <param name="Nano">Billionths of the whole, 0 to <see cref="NanoMax"/>.</param>
public readonly record struct RateAnnual(long Nano)
{
    /// <summary>The whole: 100 % a year.</summary>
    public const long WholeNano = 1_000_000_000;

    /// <summary>The highest rate taken: 1,000 % a year.</summary>
    public const long NanoMax = 10 * WholeNano;

    /// <summary>Whether the rate is within its range.</summary>
    public bool IsValid => Nano is >= 0 and <= NanoMax;

    /// <summary>A rate of a number of percent; exact to seven digits after the point.</summary>
    /// <param name="percent">0 to 1,000, at most seven digits after the point.</param>
    /// <param name="rate">The rate; none when false.</param>
    /// <returns>False when it is out of range or has more digits.</returns>
    public static bool TryFromPercent(decimal percent, out RateAnnual rate)
    {
        rate = default;
        if (percent is < 0 or > 1_000) return false;
        var nano = percent * (WholeNano / 100);
        if (nano != decimal.Truncate(nano)) return false;
        rate = new RateAnnual((long)nano);
        return true;
    }

    /// <summary>This rate times parts per million, rounded half up to a billionth; held at <see cref="NanoMax"/>.</summary>
    /// <param name="ppm">1,500,000 is one and a half times.</param>
    public RateAnnual Times(long ppm) => new((long)Int128.Min(NanoMax, ((Int128)Nano * ppm + 500_000) / 1_000_000));

    /// <inheritdoc/>
    public override string ToString() => ((decimal)Nano / (WholeNano / 100)).ToString("0.#######", CultureInfo.InvariantCulture) + " %";
}
