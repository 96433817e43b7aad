using System.Runtime.CompilerServices;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.Alerts;

public sealed class AlertCommandsTest
{
    [Fact]
    public async Task Check_OfTheExample_PrintsEachRule()
    {
        var run = await CliRun.OfAsync("alerts", "check", Path.Combine(Docs(), "examples", "alerts.json"));
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("demo: 9 rules", run.Output, StringComparison.Ordinal);
        Assert.Contains("enterprise-nearly-full", run.Output, StringComparison.Ordinal);
        Assert.Contains("every Enterprise", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfAWrongFile_NamesThePathAndTheFix()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "wrong.json");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(Path.Combine(Docs(), "examples", "alerts.json"))).Replace("\"window\": \"10m\"", "\"window\": \"ten minutes\"", StringComparison.Ordinal));
        var run = await CliRun.OfAsync("alerts", "check", path);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("wrong.json: rules[4].window: 'ten minutes' is no window; write a whole number and s, m, h or d", run.Error, StringComparison.Ordinal);
    }

    private static string Docs([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs"));
}
