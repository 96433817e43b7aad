using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using CreditGrains.Orleans.Tests.Servers;

namespace CreditGrains.Orleans.Tests.Faults;

/// <summary>A silo as a process of the build under test; killed when disposed of.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private readonly string[] arguments;
    private readonly ConcurrentQueue<string> printed = new();
    private Process process = null!;

    private SiloProcess(string database, string redis, int partitions, string[] more) => arguments =
    [
        "--open", "--database", database, "--redis", redis, "--cluster", "faults", "--partitions", Text(partitions),
        "--silo-port", Text(Programs.FreePort()), "--gateway-port", Text(Programs.FreePort()), "--grpc-port", Text(Programs.FreePort()), "--http-port", Text(Programs.FreePort()), .. more,
    ];

    /// <summary>Where it serves gRPC; the same after a restart.</summary>
    public Uri Address => new($"http://127.0.0.1:{arguments[Array.IndexOf(arguments, "--grpc-port") + 1]}");

    /// <summary>Everything printed, for a failing test.</summary>
    public string Printed => string.Join('\n', printed);

    /// <param name="database">Connection string.</param>
    /// <param name="redis">Address.</param>
    /// <param name="partitions">Of the cluster.</param>
    /// <param name="more">Other arguments.</param>
    public static async Task<SiloProcess> StartAsync(string database, string redis, int partitions, params string[] more)
    {
        var silo = new SiloProcess(database, redis, partitions, more);
        await silo.ResumeAsync();
        return silo;
    }

    /// <summary>Starts it (again) and waits until it serves.</summary>
    public async Task ResumeAsync()
    {
        var serving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "CreditGrains.Silo.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_TieredPGO"] = "0";
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) return;
            printed.Enqueue(line.Data);
            if (line.Data.Contains("  gRPC  ", StringComparison.Ordinal)) serving.TrySetResult();
        };
        process.ErrorDataReceived += (_, line) => printed.Enqueue(line.Data ?? "");
        process.Exited += (_, _) => serving.TrySetException(new InvalidOperationException($"The silo ended before it served:\n{Printed}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await serving.Task.WaitAsync(TimeSpan.FromSeconds(120));
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>SIGSTOP: it is there and answers nothing.</summary>
    public void Freeze() => Signal("-STOP");

    /// <summary>SIGCONT: it goes on as if no time had passed.</summary>
    public void Thaw() => Signal("-CONT");

    /// <summary>SIGTERM, and waits for the end.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        var start = Stopwatch.GetTimestamp();
        Signal("-TERM");
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Whether the process has ended.</summary>
    public bool HasExited => process.HasExited;

    public ValueTask DisposeAsync()
    {
        if (!process.HasExited) Kill();
        process.Dispose();
        return default;
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, Text(process.Id)]);
        kill.WaitForExit();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
