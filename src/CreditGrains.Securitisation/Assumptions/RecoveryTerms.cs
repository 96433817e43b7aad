using System.Collections.Immutable;

namespace CreditGrains.Securitisation.Assumptions;

/// <summary>What comes back of a defaulted balance, and when.</summary>
/// <param name="Severity">Part of the balance at default that is lost: 0 to 1. Recovery is the rest.</param>
/// <param name="LagMonths">Months from default to the first recovery, 0 to 600. BMA's months to liquidation.</param>
/// <param name="Timing">Parts recovered in the month of the lag and the ones after; they add up to 1. Empty is all at once.</param>
public sealed record RecoveryTerms(double Severity, int LagMonths, ImmutableArray<double> Timing = default)
{
    private const int LagMonthsMax = 600;

    /// <summary>Everything is lost at once.</summary>
    public static readonly RecoveryTerms NoRecovery = new(1, 0);

    /// <summary>The parts, never empty.</summary>
    internal ImmutableArray<double> Parts => Timing.IsDefaultOrEmpty ? [1.0] : Timing;

    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public void Check()
    {
        RateCheck.Ratio(Severity, "severity");
        if (LagMonths is < 0 or > LagMonthsMax) throw new InvalidInputException("LagOutOfRange", "lagMonths", $"{LagMonths} must be 0 to {LagMonthsMax} months");
        Timings.Check(Parts, "timing");
    }
}

/// <summary>Shared check of parts that make a whole.</summary>
internal static class Timings
{
    private const double Tolerance = 1e-9;

    public static void Check(ImmutableArray<double> parts, string path)
    {
        double sum = 0;
        for (var i = 0; i < parts.Length; i++) sum += RateCheck.Ratio(parts[i], $"{path}[{i}]");
        if (Math.Abs(sum - 1) > Tolerance)
            throw new InvalidInputException("TimingNotWhole", path, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the parts add up to {sum}; make them add up to 1"));
    }
}
