using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace CreditGrains.Orleans.Tests.Servers;

/// <summary>A Redis of its own in a temporary directory.</summary>
internal sealed class RedisServer : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-redis-").FullName;
    private readonly int port = Programs.FreePort();
    private Process? process;

    public RedisServer() => Resume();

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    /// <summary>Starts it, with what it kept.</summary>
    public void Resume()
    {
        process = Process.Start(new ProcessStartInfo(Programs.Redis!,
            ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", directory, "--appendonly", "yes", "--save", ""]) { RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var deadline = Stopwatch.StartNew();
        while (!IsListening())
        {
            if (deadline.Elapsed > TimeSpan.FromSeconds(10)) throw new InvalidOperationException("redis-server does not listen");
        }
    }

    /// <summary>Kills it.</summary>
    public void Stop()
    {
        process!.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (process is { HasExited: false }) Stop();
        process?.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private bool IsListening()
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
