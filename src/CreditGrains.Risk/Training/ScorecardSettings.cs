using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Training;

/// <summary>How a scorecard is made.</summary>
public sealed record ScorecardSettings
{
    /// <summary>Fine bins by quantile, 2 to 200.</summary>
    public int FineBins { get; init; } = 50;

    /// <summary>Most coarse bins of a characteristic, missing not counted, 2 to 50.</summary>
    public int BinsMax { get; init; } = 8;

    /// <summary>Least share of rows in a bin, above 0, below 0.5.</summary>
    public double MinShare { get; init; } = 0.02;

    /// <summary>Whether the bad rate must only rise, or only fall, from bin to bin (missing apart).</summary>
    public bool Monotone { get; init; } = true;

    /// <summary>Characteristics whose information value is lower are left out.</summary>
    public double IvMin { get; init; } = 0.02;

    /// <summary>Ridge on the coefficients.</summary>
    public double Ridge { get; init; } = 1;

    /// <summary>Whether characteristics with a coefficient of the wrong sign (more points for the worse bin) are taken out, one at a time, the worst first.</summary>
    public bool DropWrongSign { get; init; } = true;

    /// <summary>Points at these odds.</summary>
    public double Points { get; init; } = 600;

    /// <summary>Goods to one bad there.</summary>
    public double Odds { get; init; } = 50;

    /// <summary>Points that double the odds.</summary>
    public double Pdo { get; init; } = 20;

    /// <summary>Scores below are declined; it sets whom reasons compare with. Left out: the average of all.</summary>
    public double? Cutoff { get; init; }

    /// <summary>Refuses settings out of range.</summary>
    /// <exception cref="ModelFault">The setting, its range.</exception>
    public void Check()
    {
        Need(FineBins is >= 2 and <= 200, "fineBins", "2 to 200");
        Need(BinsMax is >= 2 and <= 50, "binsMax", "2 to 50");
        Need(MinShare is > 0 and < 0.5, "minShare", "above 0, below 0.5");
        Need(IvMin >= 0, "ivMin", "0 or more");
        Need(Ridge >= 0 && double.IsFinite(Ridge), "ridge", "0 or more");
        Need(Odds > 0 && Pdo > 0, "odds and pdo", "numbers above 0");
    }

    private static void Need(bool holds, string name, string range)
    {
        if (!holds) throw new ModelFault("BadTraining", $"scorecard.{name} is out of range; give {range}");
    }
}
