using System.Text.RegularExpressions;

namespace CreditGrains.Architecture.Tests;

/// <summary>docs/threat-model.md names a test for each threat, and the test is there.</summary>
public sealed partial class ThreatModelTest
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void ThreatModel_EveryRow_NamesTestsThatExist()
    {
        var tests = string.Join('\n', Directory.GetFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var rows = File.ReadAllLines(Path.Combine(Root, "docs", "threat-model.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| Threat", StringComparison.Ordinal)).ToArray();
        Assert.True(rows.Length >= 25, "the table is not where it was");
        foreach (var row in rows)
        {
            var names = Name().Matches(row.Split('|')[3]).Select(match => match.Groups[1].Value).Where(name => !name.Contains(' ', StringComparison.Ordinal)).ToArray();
            Assert.True(names.Length > 0, $"no test: {row}");
            foreach (var part in names.SelectMany(name => name.Split('.')))
                Assert.True(tests.Contains($"class {part}", StringComparison.Ordinal) || tests.Contains($" {part}(", StringComparison.Ordinal), $"there is no test {part}: {row}");
        }
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "CreditGrains.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("Run the tests from a checkout: CreditGrains.sln was not found above them.");
        return directory.FullName;
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
