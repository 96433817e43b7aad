using System.Collections.Immutable;

namespace CreditGrains.Securitisation.Measures;

/// <summary>Simulated ratios with their statistics.</summary>
public sealed class LossDistribution
{
    private readonly ImmutableArray<double> sorted;

    /// <summary>Fewest trials: one has a mean, but no deviation and no standard error.</summary>
    public const int TrialsMin = 2;

    /// <param name="outcomes">One a trial, in any order; at least <see cref="TrialsMin"/>.</param>
    /// <exception cref="InvalidInputException">There are fewer.</exception>
    public LossDistribution(IEnumerable<double> outcomes)
    {
        sorted = [.. outcomes.Order()];
        if (sorted.Length < TrialsMin) throw new InvalidInputException("TrialsOutOfRange", "trials", $"the standard error of {sorted.Length} trials is not known; run at least {TrialsMin}");
        double sum = 0, squares = 0;
        foreach (var outcome in sorted) sum += outcome;
        Mean = sum / sorted.Length;
        foreach (var outcome in sorted) squares += (outcome - Mean) * (outcome - Mean);
        Deviation = Math.Sqrt(squares / (sorted.Length - 1));
        StandardError = Deviation / Math.Sqrt(sorted.Length);
    }

    public int Trials => sorted.Length;

    public double Mean { get; }

    public double Deviation { get; }

    /// <summary>Of the mean.</summary>
    public double StandardError { get; }

    /// <summary>The smallest outcome with at least this part of the trials at or below it.</summary>
    public double Percentile(double ratio) => sorted[Math.Clamp((int)Math.Ceiling(ratio * sorted.Length) - 1, 0, sorted.Length - 1)];

    /// <summary>Part of the trials above a value.</summary>
    public double Above(double value) => (double)sorted.Count(outcome => outcome > value) / sorted.Length;
}
