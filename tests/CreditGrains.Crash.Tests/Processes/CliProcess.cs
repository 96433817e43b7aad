using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace CreditGrains.Crash.Tests.Processes;

/// <summary>A creditgrains process of the build under test. Lines of its output are waited for, never slept for; killed when disposed of.</summary>
internal sealed class CliProcess : IAsyncDisposable
{
    private static readonly TimeSpan LineWithin = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly List<string> printed = [];
    private readonly List<string> waitedPast = [];
    private readonly Task reading;

    private CliProcess(ProcessStartInfo start)
    {
        process = Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");
        reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError)).ContinueWith(_ => lines.Writer.Complete(), TaskScheduler.Default);
    }

    /// <summary>Everything printed so far, for a failing test.</summary>
    public string Printed
    {
        get
        {
            lock (printed) return string.Join('\n', printed);
        }
    }

    public static CliProcess Start(params string[] arguments) => Start([], arguments);

    /// <summary>Starts it under another program, such as a tracer.</summary>
    public static CliProcess Start(string[] under, string[] arguments, string? workingDirectory = null)
    {
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        string[] all = [.. under, host, Path.Combine(AppContext.BaseDirectory, "creditgrains.dll"), .. arguments];
        var start = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = workingDirectory ?? "" };
        // Twenty short lives on two processors: compile fast, not well.
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new CliProcess(start);
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        await using var run = Start(arguments);
        var code = await run.WaitForExitAsync();
        return (code, run.Printed);
    }

    /// <summary>The first line in which the text stands, printed already or yet to come.</summary>
    public async Task<string> WaitForLineAsync(string text)
    {
        if (waitedPast.Find(line => line.Contains(text, StringComparison.Ordinal)) is { } before) return before;
        using var deadline = new CancellationTokenSource(LineWithin);
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(deadline.Token))
            {
                waitedPast.Add(line);
                if (line.Contains(text, StringComparison.Ordinal)) return line;
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"No line with '{text}' within {LineWithin.TotalSeconds} s; printed so far:\n{Printed}");
        }
        Assert.Fail($"The process ended without a line with '{text}':\n{Printed}");
        return "";
    }

    /// <summary>SIGKILL: no handler runs, no buffer is flushed.</summary>
    public void Kill() => process.Kill();

    /// <summary>SIGSTOP: the process is there and answers nothing. It can still be killed.</summary>
    public void Freeze()
    {
        using var kill = Process.Start("kill", ["-STOP", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    public Task<int> StopAsync() => StopAsync(process.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>SIGTERM to the only process this one started, and waits for the end of both.</summary>
    public async Task<int> StopChildAsync() =>
        await StopAsync((await File.ReadAllTextAsync($"/proc/{process.Id}/task/{process.Id}/children")).Trim());

    private async Task<int> StopAsync(string processId)
    {
        using var kill = Process.Start("kill", ["-TERM", processId]);
        await kill.WaitForExitAsync();
        return await WaitForExitAsync();
    }

    public async Task<int> WaitForExitAsync()
    {
        using var deadline = new CancellationTokenSource(LineWithin);
        await process.WaitForExitAsync(deadline.Token);
        await reading;
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await WaitForExitAsync();
        process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (printed) printed.Add(line);
            lines.Writer.TryWrite(line);
        }
    }
}
