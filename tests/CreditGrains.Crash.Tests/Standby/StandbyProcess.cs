using CreditGrains.Crash.Tests.Processes;

namespace CreditGrains.Crash.Tests.Standby;

/// <summary>A standby process and where it listens.</summary>
internal sealed class StandbyProcess : IAsyncDisposable
{
    private StandbyProcess(CliProcess process, string address) => (Process, Address) = (process, address);

    public CliProcess Process { get; }

    /// <summary>As serve --standby takes it.</summary>
    public string Address { get; }

    public static async Task<StandbyProcess> StartAsync(string directory, string address = "127.0.0.1:0")
    {
        var process = CliProcess.Start("standby", "--data", directory, "--listen", address, "--segment-mib", "16");
        try
        {
            var line = await process.WaitForLineAsync("listens on ");
            return new StandbyProcess(process, line[(line.LastIndexOf(' ') + 1)..]);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
