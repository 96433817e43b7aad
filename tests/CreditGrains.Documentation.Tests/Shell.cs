using System.Diagnostics;

namespace CreditGrains.Documentation.Tests;

/// <summary>Runs the commands of a page one after the other in one shell, as a reader would.</summary>
internal static class Shell
{
    private const char Mark = '\u001e';
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(4);

    /// <summary>Whether there is a shell to run them.</summary>
    public static bool IsThere => File.Exists("/bin/bash");

    /// <summary>Runs commands.</summary>
    /// <param name="commands">Each as typed.</param>
    /// <param name="directory">Where.</param>
    /// <param name="address">gRPC address of the server that creditgrains calls.</param>
    /// <returns>What each printed.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(IEnumerable<string> commands, string directory, string address)
    {
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var script = $"creditgrains() {{ '{host}' '{Path.Combine(AppContext.BaseDirectory, "creditgrains.dll")}' \"$@\"; }}\nexec 2>&1\n"
            + string.Concat(commands.Select(command => $"printf '\\036'\n{command}\n"));
        var start = new ProcessStartInfo("/bin/bash", ["-s"]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = directory };
        start.Environment["CREDITGRAINS_ADDRESS"] = address;
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        using var deadline = new CancellationTokenSource(Within);
        try
        {
            await process.StandardInput.WriteAsync(script);
            process.StandardInput.Close();
            var printed = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            return printed.Split(Mark)[1..];
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
