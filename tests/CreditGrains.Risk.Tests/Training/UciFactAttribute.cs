using System.Runtime.CompilerServices;

namespace CreditGrains.Risk.Tests.Training;

/// <summary>A test on the real file of UCI data set 350, which is not ours to give: named by CREDITGRAINS_UCI, or beside the repository in shared/data. Skipped where it is not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UciFactAttribute : FactAttribute
{
    private const string Variable = "CREDITGRAINS_UCI";

    public UciFactAttribute()
    {
        if (File is null) Skip = $"UCI data set 350 is not here: name its CSV by {Variable}; a made-up twin runs the same code";
    }

    /// <summary>The file; null when there is none.</summary>
    public static string? File { get; } = Find();

    /// <summary>The committed training file.</summary>
    public static string Plan { get; } = Path.Combine(Root(), "docs", "examples", "train-cards.json");

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) return System.IO.File.Exists(named) ? named : null;
        var beside = Path.Combine(Root(), "..", "shared", "data", "uci_credit_card_default.csv");
        return System.IO.File.Exists(beside) ? beside : null;
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
