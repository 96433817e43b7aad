using System.Runtime.CompilerServices;

namespace CreditGrains.Domain.Tests.Loans;

/// <summary>Published numbers that are not ours to give: in the directory named by CREDITGRAINS_REFERENCE, or beside the repository in shared/reference.</summary>
internal static class ReferenceFile
{
    public const string Variable = "CREDITGRAINS_REFERENCE";

    /// <summary>The path of a file; null when it is not here.</summary>
    public static string? Find(string name, [CallerFilePath] string here = "")
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) return Existing(Path.Combine(named, name));
        // tests/CreditGrains.Domain.Tests/Loans, up to the repository's root; beside it, or beside what holds it.
        var directory = new DirectoryInfo(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..")));
        for (; directory.Parent is { } parent; directory = parent)
            if (Existing(Path.Combine(parent.FullName, "shared", "reference", name)) is { } found) return found;
        return null;
    }

    private static string? Existing(string path) => File.Exists(path) ? path : null;
}

/// <summary>A test on a file of published numbers; skipped where it is not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReferenceFactAttribute : FactAttribute
{
    public ReferenceFactAttribute(string name)
    {
        if (ReferenceFile.Find(name) is null) Skip = $"the published numbers {name} are not here: name their directory by {ReferenceFile.Variable}";
    }
}
