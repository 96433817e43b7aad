using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Training;

/// <summary>How gradient boosting is done.</summary>
public sealed record BoostingSettings
{
    /// <summary>Most trees of a bag, 1 to 10,000.</summary>
    public int Trees { get; init; } = 400;

    /// <summary>Most leaves of a tree, 2 to 256; the leaf that gains most is split first.</summary>
    public int Leaves { get; init; } = 16;

    /// <summary>Most splits from root to leaf, 1 to 16.</summary>
    public int Depth { get; init; } = 6;

    /// <summary>Shrinkage of each tree, above 0, at most 1.</summary>
    public double Rate { get; init; } = 0.03;

    /// <summary>L2 penalty on leaf values, in units of hessian.</summary>
    public double L2 { get; init; } = 10;

    /// <summary>Least rows in a leaf.</summary>
    public int LeafRows { get; init; } = 40;

    /// <summary>Share of rows each tree sees, above 0, at most 1.</summary>
    public double RowShare { get; init; } = 0.6;

    /// <summary>Share of inputs each tree may use, above 0, at most 1.</summary>
    public double ColumnShare { get; init; } = 0.4;

    /// <summary>Runs with seeds of their own whose log-odds are averaged into one ensemble.</summary>
    public int Bags { get; init; } = 1;

    /// <summary>Stop when the log-loss of rows set aside has not fallen for so many trees; 0: never, no row is set aside.</summary>
    public int StopAfter { get; init; }

    /// <summary>Share of training rows set aside for stopping.</summary>
    public double StopShare { get; init; } = 0.15;

    /// <summary>For an input: 1 when the probability of bad may only rise with it, −1 when it may only fall.</summary>
    public IReadOnlyDictionary<string, int> Monotone { get; init; } = new Dictionary<string, int>();

    /// <summary>Refuses settings out of range.</summary>
    /// <exception cref="ModelFault">The setting, its range.</exception>
    public void Check()
    {
        Need(Trees is >= 1 and <= 10_000, "trees", "1 to 10,000");
        Need(Leaves is >= 2 and <= 256, "leaves", "2 to 256");
        Need(Depth is >= 1 and <= 16, "depth", "1 to 16");
        Need(Rate is > 0 and <= 1, "rate", "above 0, at most 1");
        Need(L2 >= 0 && double.IsFinite(L2), "l2", "0 or more");
        Need(LeafRows >= 1, "leafRows", "1 or more");
        Need(RowShare is > 0 and <= 1, "rowShare", "above 0, at most 1");
        Need(ColumnShare is > 0 and <= 1, "columnShare", "above 0, at most 1");
        Need(Bags is >= 1 and <= 100, "bags", "1 to 100");
        Need(StopAfter >= 0, "stopAfter", "0 or more");
        Need(StopShare is > 0 and < 1, "stopShare", "between 0 and 1");
        Need(Monotone.Values.All(way => way is 1 or -1), "monotone", "1 (bad rises with the input) or -1 (falls)");
    }

    private static void Need(bool holds, string name, string range)
    {
        if (!holds) throw new ModelFault("BadTraining", $"boosting.{name} is out of range; give {range}");
    }
}
