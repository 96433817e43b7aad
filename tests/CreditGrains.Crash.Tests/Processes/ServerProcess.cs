using CreditGrains.Api.Transport.Client;

namespace CreditGrains.Crash.Tests.Processes;

/// <summary>'creditgrains serve' once it is ready.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private ServerProcess(CliProcess process, Uri address) => (Process, Address) = (process, address);

    public CliProcess Process { get; }

    /// <summary>Where it serves gRPC.</summary>
    public Uri Address { get; }

    /// <summary>Starts a server on a data directory and waits for its line of addresses.</summary>
    public static async Task<ServerProcess> StartAsync(string directory, string[]? under = null, params string[] more)
    {
        var process = CliProcess.Start(under ?? [], ["serve", "--open", "--data", directory, "--grpc-port", "0", "--http-port", "0", "--segment-mib", "16", .. more]);
        try
        {
            var line = await process.WaitForLineAsync("  gRPC  ");
            var place = line.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
            return new ServerProcess(process, new Uri($"http://{place}"));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public RpcChannel Connect() => new(Address);

    public void Kill() => Process.Kill();

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
