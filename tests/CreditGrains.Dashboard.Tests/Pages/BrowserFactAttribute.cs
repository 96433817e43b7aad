using System.Runtime.CompilerServices;
using CreditGrains.Dashboard.Browser;

namespace CreditGrains.Dashboard.Tests.Pages;

/// <summary>Runs in a real browser; skips with a plain message where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Chromium.Executable is null) Skip = "Chromium is not installed; ./test installs it where it can (Debian: apt-get install chromium)";
    }
}

/// <summary>Runs in a real browser, with values.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute()
    {
        if (Chromium.Executable is null) Skip = "Chromium is not installed; ./test installs it where it can (Debian: apt-get install chromium)";
    }
}

/// <summary>Needs axe-core from the package registry too.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AxeFactAttribute : FactAttribute
{
    public AxeFactAttribute()
    {
        if (Chromium.Executable is null) Skip = "Chromium is not installed; ./test installs it where it can (Debian: apt-get install chromium)";
        else if (!File.Exists(Script)) Skip = "axe-core is not here; ./test fetches it by npm where it can";
    }

    /// <summary>axe-core.</summary>
    public static string Script { get; } = Find();

    private static string Find([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "axe", "node_modules", "axe-core", "axe.min.js"));
}
