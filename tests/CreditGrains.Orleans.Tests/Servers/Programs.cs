using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace CreditGrains.Orleans.Tests.Servers;

/// <summary>Finds and runs installed programs.</summary>
internal static class Programs
{
    private static readonly string[] PostgresDirectories = ["/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin", "/usr/local/bin", "/usr/bin"];

    /// <summary>A program of PostgreSQL's server, or null.</summary>
    public static string? Postgres(string name) => PostgresDirectories.Select(d => Path.Combine(d, name)).FirstOrDefault(File.Exists);

    /// <summary>The Redis server, or null.</summary>
    public static string? Redis => new[] { "/usr/bin/redis-server", "/usr/local/bin/redis-server" }.FirstOrDefault(File.Exists);

    /// <summary>What is missing for tests of a cluster; null when nothing is.</summary>
    public static string? Missing =>
        Postgres("initdb") is null ? "PostgreSQL's server programs are not installed"
        : Redis is null ? "redis-server is not installed"
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
}

/// <summary>A test that needs PostgreSQL and Redis; without them it is skipped, by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = Programs.Missing;
}
