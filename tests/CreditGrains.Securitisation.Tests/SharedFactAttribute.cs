using System.Globalization;
using System.Runtime.CompilerServices;

namespace CreditGrains.Securitisation.Tests;

/// <summary>
/// A test on published numbers or real data that are not part of the repository: in the directory named by CREDITGRAINS_SHARED, or in a folder "shared" beside a
/// directory above this file. Skipped where a file is not; a twin with numbers made here runs the same code.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(string file)
    {
        if (Shared.Find(file) is null) Skip = $"{file} is not here: name the directory that holds it by {Shared.Variable}; a made-up twin runs the same code";
    }
}

/// <summary>Finds and reads the shared files.</summary>
internal static class Shared
{
    public const string Variable = "CREDITGRAINS_SHARED";

    public static string? Find(string file, [CallerFilePath] string here = "")
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) return Existing(Path.Combine(named, file));
        for (var directory = new FileInfo(here).Directory; directory is not null; directory = directory.Parent)
            if (Existing(Path.Combine(directory.FullName, "shared", file)) is { } found) return found;
        return null;
    }

    private static string? Existing(string path) => File.Exists(path) ? path : null;

    /// <summary>Rows of a CSV by column name; lines that start with # are left out, and the first other one is the header.</summary>
    public static IEnumerable<Dictionary<string, string>> Rows(string file)
    {
        var lines = File.ReadLines(Find(file)!).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(','));
        string[]? header = null;
        foreach (var cells in lines)
        {
            if (header is null) header = cells;
            else yield return header.Zip(cells).ToDictionary(pair => pair.First.Trim(), pair => pair.Second.Trim());
        }
    }

    public static double Number(string text) => text.Length == 0 ? 0 : double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The digits a table prints: half up on fifteen significant digits, so that a tie in decimal is a tie.</summary>
    public static string Printed(double value, string like)
    {
        var point = like.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? 0 : like.Length - point - 1;
        return Math.Round((decimal)value, digits, MidpointRounding.AwayFromZero).ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
