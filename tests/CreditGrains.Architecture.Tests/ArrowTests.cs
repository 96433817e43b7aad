using System.Xml.Linq;

namespace CreditGrains.Architecture.Tests;

/// <summary>The arrows of ARCHITECTURE.md, "Projects, and which way they look", read from the project files themselves.</summary>
public sealed class ArrowTests
{
    private static readonly string Source = Path.Combine(FindRoot(), "src");

    /// <summary>Each row: a project and all that it may refer to.</summary>
    public static TheoryData<string, string[]> Allowed() => new()
    {
        { "CreditGrains.Domain", [] },
        { "CreditGrains.Securitisation", ["CreditGrains.Domain"] },
        { "CreditGrains.Risk", ["CreditGrains.Domain"] },
        { "CreditGrains.Engine", ["CreditGrains.Risk", "CreditGrains.Securitisation", "CreditGrains.Domain"] },
        { "CreditGrains.Orleans", ["CreditGrains.Engine", "CreditGrains.Risk", "CreditGrains.Securitisation", "CreditGrains.Domain"] },
        { "CreditGrains.Api", ["CreditGrains.Engine", "CreditGrains.Risk", "CreditGrains.Securitisation", "CreditGrains.Domain"] },
        { "CreditGrains.Dashboard", ["CreditGrains.Api", "CreditGrains.Engine", "CreditGrains.Securitisation", "CreditGrains.Risk", "CreditGrains.Domain"] },
        { "CreditGrains.Server", ["CreditGrains.Dashboard", "CreditGrains.Api", "CreditGrains.Engine", "CreditGrains.Securitisation", "CreditGrains.Risk", "CreditGrains.Domain"] },
        { "CreditGrains.Silo", ["CreditGrains.Server", "CreditGrains.Orleans", "CreditGrains.Api", "CreditGrains.Engine", "CreditGrains.Risk", "CreditGrains.Domain"] },
        { "CreditGrains.Cli", ["CreditGrains.Server", "CreditGrains.Api", "CreditGrains.Securitisation", "CreditGrains.Risk", "CreditGrains.Engine", "CreditGrains.Domain"] },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Project_RefersOnlyTo_WhatItMaySee(string project, string[] allowed)
    {
        var file = Path.Combine(Source, project, project + ".csproj");
        if (!File.Exists(file)) return;
        var references = XDocument.Load(file).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!).Replace('\\', '/')));
        Assert.Empty(references.Except(allowed));
    }

    [Fact]
    public void EveryProject_HasARow()
    {
        var rows = Allowed().Select(row => (string)row[0]).ToArray();
        Assert.Empty(Directory.GetDirectories(Source).Select(Path.GetFileName).Except(rows));
    }

    [Fact]
    public void Domain_HasNoPackages()
    {
        var file = XDocument.Load(Path.Combine(Source, "CreditGrains.Domain", "CreditGrains.Domain.csproj"));
        Assert.Empty(file.Descendants("PackageReference"));
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "CreditGrains.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("Run the tests from a checkout: CreditGrains.sln was not found above them.");
        return directory.FullName;
    }
}
