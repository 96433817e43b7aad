using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace CreditGrains.Orleans.Tests.Servers;

/// <summary>Finds and runs installed programs.</summary>
internal static class Programs
{
    private static readonly string[] PostgresDirectories = [.. FromPgConfig(), .. Installed(), "/usr/local/bin", "/usr/bin"];

    /// <summary>A program of PostgreSQL's server, or null.</summary>
    public static string? Postgres(string name) => PostgresDirectories.Select(d => Path.Combine(d, name)).FirstOrDefault(File.Exists);

    /// <summary>The Redis server, or null.</summary>
    public static string? Redis => new[] { "/usr/bin/redis-server", "/usr/local/bin/redis-server" }.FirstOrDefault(File.Exists);

    /// <summary>What is missing for tests of a cluster; null when nothing is.</summary>
    public static string? Missing { get; } =
        Postgres("initdb") is null ? "PostgreSQL's server programs are not installed (package postgresql)"
        : Redis is null ? "redis-server is not installed (package redis-server)"
        : Environment.UserName == "root" && TryRun("runuser", "-u", "postgres", "--", "true") is null ? "PostgreSQL does not run as root and there is no user 'postgres' to run it as"
        : null;

    /// <summary>Runs to the end; as user postgres when this is root, which PostgreSQL refuses.</summary>
    public static void RunAsDatabaseUser(string program, params string[] arguments)
    {
        var start = Environment.UserName == "root"
            ? new ProcessStartInfo("runuser", ["-u", "postgres", "--", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.WorkingDirectory = "/";
        using var process = Process.Start(start)!;
        // A server that stays behind holds the pipes; its log is a file.
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.WaitForExit(TimeSpan.FromSeconds(60));
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {process.StandardError.ReadToEnd()}");
    }

    /// <summary>A port nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string[] FromPgConfig() => TryRun("pg_config", "--bindir") is { } directory ? [directory.Trim()] : [];

    private static IEnumerable<string> Installed() =>
        Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin")) : [];

    private static string? TryRun(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
            var printed = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? printed : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Not installed.
            return null;
        }
    }
}
