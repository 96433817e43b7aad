using System.Globalization;

namespace CreditGrains.Securitisation.Assumptions;

/// <summary>The ranges of rates, in one place.</summary>
internal static class RateCheck
{
    /// <summary>A ratio of 0 to 1, both included.</summary>
    public static double Ratio(double value, string path) => value is >= 0 and <= 1
        ? value
        : throw new InvalidInputException("RateOutOfRange", path, string.Create(CultureInfo.InvariantCulture, $"{value} is no ratio; write 0 to 1, so 6 % as 0.06"));

    /// <summary>An absolute prepayment speed of 0 to 0.1. Above it the speed was written as it is quoted, 1.5 and not 0.015: tables end at an ABS of 2, and at 10 every loan is gone in ten months.</summary>
    public static double Absolute(double value, string path) => value is >= 0 and <= 0.1
        ? value
        : throw new InvalidInputException("RateOutOfRange", path, string.Create(CultureInfo.InvariantCulture, $"{value} is no absolute speed from 0 to 0.1; an ABS of 1.5 is 0.015"));

    /// <summary>A speed in percent of its curve: 0, or 1 and more. Below 1 a part of one was written.</summary>
    public static double Speed(double value, string path) => NotNegative(value, path) is 0 or >= 1
        ? value
        : throw new InvalidInputException("RateOutOfRange", path, string.Create(CultureInfo.InvariantCulture, $"{value} is less than 1 % of the curve; speeds are in percent, so write {value * 100} for {value * 100} %"));

    /// <summary>A finite number that is not negative.</summary>
    public static double NotNegative(double value, string path) => value >= 0 && double.IsFinite(value)
        ? value
        : throw new InvalidInputException("RateOutOfRange", path, string.Create(CultureInfo.InvariantCulture, $"{value} must be a number of at least 0"));
}
