using System.Globalization;
using System.Text.Json;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.Backups;

public sealed class BackupCommandsTest(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Backup_OfARunningServer_RestoresToAnEventAndVerifies()
    {
        using var directory = new TemporaryDirectory();
        var (backup, restored) = (Path.Combine(directory.Path, "backup"), Path.Combine(directory.Path, "restored"));
        await server.OpenFacilityAsync(tenant: 70, id: 1, limit: 1_000);
        var (_, kept) = await server.RunJsonAsync("authorize", "70/1/1", "300", "EUR");
        await server.RunAsync("authorize", "70/1/1", "400", "EUR");
        var run = await CliRun.OfAsync("backup", "--data", server.DataDirectory, "--to", backup);
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("Chain head", run.Output, StringComparison.Ordinal);

        var last = long.Parse(kept.GetProperty("decisionId").GetString()!, CultureInfo.InvariantCulture);
        var back = await CliRun.OfAsync("restore", "--from", backup, "--data", restored, "--sequence", last.ToString(CultureInfo.InvariantCulture), "--json");
        Assert.Equal(ExitCode.Ok, back.Code);
        Assert.Equal(last, JsonDocument.Parse(back.Output).RootElement.GetProperty("lastSequence").GetInt64());
        Assert.Equal(ExitCode.Ok, (await CliRun.OfAsync("verify", "--data", restored)).Code);
    }

    [Fact]
    public async Task Restore_IntoADirectoryInUse_IsRefusedByName()
    {
        using var directory = new TemporaryDirectory();
        await CliRun.OfAsync("backup", "--data", server.DataDirectory, "--to", directory.Path);
        var run = await CliRun.OfAsync("restore", "--from", directory.Path, "--data", directory.Path);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith("creditgrains: TargetNotEmpty: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-27")]
    [InlineData("2026-11-27T09:30:00")]
    [InlineData("yesterday")]
    public async Task Restore_ToATimeWithoutZone_IsRefused(string time)
    {
        using var directory = new TemporaryDirectory();
        var run = await CliRun.OfAsync("restore", "--from", directory.Path, "--data", Path.Combine(directory.Path, "r"), "--at", time);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("2026-11-27T09:30:00Z", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_OfNoDirectory_IsRefusedByName()
    {
        using var directory = new TemporaryDirectory();
        var run = await CliRun.OfAsync("backup", "--data", Path.Combine(directory.Path, "none"), "--to", Path.Combine(directory.Path, "b"));
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith("creditgrains: DirectoryMissing: ", run.Error, StringComparison.Ordinal);
    }
}
