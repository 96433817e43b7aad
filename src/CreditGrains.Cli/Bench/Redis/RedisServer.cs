using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace CreditGrains.Cli.Bench.Redis;

/// <summary>
/// A Redis of its own in a temporary directory, on a Unix socket there and no port, that syncs its log before every answer.
/// Disposing of it stops the server and deletes the directory.
/// </summary>
internal sealed class RedisServer : IDisposable
{
    private const int StartTimeoutMs = 10_000;
    private const int StartRetryMs = 20;
    private readonly string directory;
    private readonly string socket;
    private readonly Process server;
    private readonly Lock ending = new();
    private bool isEnded;

    private RedisServer(string directory, string socket, Process server)
    {
        this.directory = directory;
        this.socket = socket;
        this.server = server;
        // An interrupted bench must not leave a server behind.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>Its version line.</summary>
    public static string? TryVersion()
    {
        try
        {
            _ = Run("redis-benchmark", ["--version"]);
            return Run("redis-server", ["--version"]).Trim();
        }
        catch (Win32Exception)
        {
            // Not installed.
            return null;
        }
    }

    /// <summary>Starts it; returns when it answers.</summary>
    public static RedisServer Start()
    {
        var directory = Directory.CreateTempSubdirectory("creditgrains-redis-").FullName;
        var socket = Path.Combine(directory, "socket");
        string[] settings = ["--port", "0", "--unixsocket", socket, "--dir", directory, "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--daemonize", "no"];
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var setting in settings) start.ArgumentList.Add(setting);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var server = new RedisServer(directory, socket, process);
        var waited = Stopwatch.GetTimestamp();
        while (!File.Exists(socket))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(waited).TotalMilliseconds > StartTimeoutMs)
            {
                server.Dispose();
                throw new BenchFault("redis-server did not start");
            }

            Thread.Sleep(StartRetryMs);
        }

        return server;
    }

    /// <summary>Loads a script of ours.</summary>
    /// <returns>Its hash, for EVALSHA.</returns>
    public string Load(string script) => Command("SCRIPT", "LOAD", TextOf(script));

    /// <summary>Runs a command.</summary>
    /// <returns>What it answered.</returns>
    public string Command(params string[] command) => Run("redis-cli", ["-s", socket, "-e", .. command]).Trim();

    /// <summary>Runs a command many times by redis-benchmark; <c>__rand_int__</c> is a random number each time.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="clients">Connections.</param>
    /// <param name="pipeline">Commands sent at once on each.</param>
    /// <param name="command">The command.</param>
    /// <returns>Requests a second.</returns>
    public double Bench(long requests, int clients, int pipeline, IEnumerable<string> command)
    {
        var output = Run("redis-benchmark",
        [
            "-s", socket, "-n", Number(requests), "-c", Number(clients), "-P", Number(pipeline), "-r", Number(int.MaxValue), "--csv", .. command,
        ]);
        // A heading, then one line: "command","rps",...
        var line = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
        var fields = line.Split("\",\"");
        return fields.Length > 1 && double.TryParse(fields[1], CultureInfo.InvariantCulture, out var rate)
            ? rate
            : throw new BenchFault($"redis-benchmark printed no rate: {output}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        lock (ending)
        {
            if (isEnded) return;
            isEnded = true;
            if (!server.HasExited) server.Kill();
            server.WaitForExit();
            server.Dispose();
            Directory.Delete(directory, recursive: true);
        }
    }

    private void OnProcessExit(object? sender, EventArgs e) => Dispose();

    /// <summary>Our scripts lie in the program.</summary>
    public static string TextOf(string script)
    {
        using var source = typeof(RedisServer).Assembly.GetManifestResourceStream($"loadtests.redis.{script}")
            ?? throw new InvalidOperationException($"the program holds no script {script}");
        using var reader = new StreamReader(source);
        return reader.ReadToEnd();
    }

    private static string Run(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new BenchFault($"{program} failed: {error.GetAwaiter().GetResult().Trim()} {output.Trim()}");
        return output;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
