using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CreditGrains.Cli.Bench.Server;

/// <summary>
/// A `creditgrains serve` that the bench started, on free loopback ports. Disposing of it ends it by SIGTERM, so that it
/// closes its journal, and waits.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private volatile string lastLine = "it said nothing";

    private ServerProcess(Process process, IPEndPoint address)
    {
        this.process = process;
        Address = address;
        // An interrupted bench must not leave a server behind.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>Where it speaks gRPC.</summary>
    public IPEndPoint Address { get; }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>The last line it printed, which names its failure.</summary>
    public string LastLine => lastLine;

    /// <summary>Starts it; it may not answer yet.</summary>
    public static ServerProcess Start(BenchSettings settings) => Start(settings, new IPEndPoint(IPAddress.Loopback, FreePort()));

    /// <summary>Starts it at an address; it may not answer yet.</summary>
    public static ServerProcess Start(BenchSettings settings, IPEndPoint address)
    {
        return Start(settings.ServeWith, ["serve", "--open", .. settings.HasDesk ? [] : (string[])["--no-desk"], "--data", settings.DataDirectory, "--grpc-port", Text(address.Port), "--http-port", Text(FreePort())], address);
    }

    /// <summary>Starts a program that serves gRPC at an address.</summary>
    /// <param name="program">An executable or an assembly; null is this program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="address">Where it will serve.</param>
    public static ServerProcess Start(string? program, IEnumerable<string> arguments, IPEndPoint address)
    {
        var start = new ProcessStartInfo { UseShellExecute = false, RedirectStandardOutput = true };
        Command(start, program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new BenchFault("the server could not be started");
        var started = new ServerProcess(process, address);
        process.OutputDataReceived += (_, line) => started.lastLine = string.IsNullOrWhiteSpace(line.Data) ? started.lastLine : line.Data;
        process.BeginOutputReadLine();
        return started;
    }

    /// <summary>Ends it by SIGKILL, as a power cut of the process would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        if (!process.HasExited)
        {
            Terminate();
            using var timeout = new CancellationTokenSource(StopTimeout);
            try
            {
                await process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }

        process.Dispose();
    }

    private void OnProcessExit(object? sender, EventArgs e)
    {
        if (!process.HasExited) Terminate();
    }

    private void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", Text(process.Id)]);
        kill.WaitForExit();
    }

    /// <summary>The program given, or this one: its own executable, or its assembly run by dotnet.</summary>
    private static void Command(ProcessStartInfo start, string? program)
    {
        program ??= Environment.ProcessPath ?? throw new BenchFault("this process does not know its own path; give --serve-with");
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.FileName = program;
            start.ArgumentList.Add(typeof(ServerProcess).Assembly.Location);
        }
        else if (program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
        {
            start.FileName = "dotnet";
            start.ArgumentList.Add(program);
        }
        else
        {
            start.FileName = program;
        }
    }

    /// <summary>A port nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
