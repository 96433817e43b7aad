namespace CreditGrains.Crash.Tests.Processes;

/// <summary>A server is what its options say, wherever it was started: a service manager starts it at the root of the file system.</summary>
public sealed class WorkingDirectoryTest
{
    [Fact]
    public async Task Serve_StartedAmongSettingsOfSomethingElse_TakesNoNoticeOfThem()
    {
        using var directory = new TemporaryDirectory();
        var here = Directory.CreateDirectory(directory.Of("here")).FullName;
        await File.WriteAllTextAsync(Path.Combine(here, "appsettings.json"), "these are not the settings of this server");
        await using var server = CliProcess.Start(
            [], ["serve", "--open", "--data", directory.Of("data"), "--grpc-port", "0", "--http-port", "0", "--segment-mib", "16"], here);
        await server.WaitForLineAsync("  gRPC  ");
        Assert.Equal(0, await server.StopAsync());
    }
}
