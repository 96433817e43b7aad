using System.Diagnostics;
using System.Globalization;

namespace CreditGrains.Orleans.Tests.Servers;

/// <summary>A PostgreSQL of its own in a temporary directory, with durable settings.</summary>
internal sealed class PostgresServer : IDisposable
{
    private readonly string directory;
    private readonly string data;
    private readonly string options;

    private PostgresServer(string directory, string settings)
    {
        this.directory = directory;
        data = Path.Combine(directory, "data");
        Port = Programs.FreePort();
        options = string.Join(' ', $"-c listen_addresses=127.0.0.1 -c unix_socket_directories={directory} -c max_connections=200 -c shared_buffers=128MB -c max_wal_size=2GB -c jit=off".Split("-c ", StringSplitOptions.RemoveEmptyEntries)
            .Select(o => $"-c {o.Trim()}")) + string.Create(CultureInfo.InvariantCulture, $" -c port={Port} {settings}");
    }

    public int Port { get; }

    /// <summary>How to reach a database.</summary>
    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database=postgres;Username=postgres;Maximum Pool Size=40;Include Error Detail=true");

    public static PostgresServer Start(string settings = "")
    {
        var directory = Directory.CreateTempSubdirectory("creditgrains-postgres-").FullName;
        if (Environment.UserName == "root") Process.Start("chown", ["postgres", directory]).WaitForExit();
        var server = new PostgresServer(directory, settings);
        Programs.RunAsDatabaseUser(Programs.Postgres("initdb")!, "-D", server.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-instructions");
        server.Resume();
        return server;
    }

    /// <summary>Starts it again.</summary>
    public void Resume() => Programs.RunAsDatabaseUser(Programs.Postgres("pg_ctl")!, "-D", data, "-l", Path.Combine(directory, "log"), "-o", options, "-w", "start");

    /// <summary>Stops it at once, as a crash would.</summary>
    public void Stop() => Programs.RunAsDatabaseUser(Programs.Postgres("pg_ctl")!, "-D", data, "-m", "immediate", "-w", "stop");

    public void Dispose()
    {
        if (File.Exists(Path.Combine(data, "postmaster.pid"))) Stop();
        Directory.Delete(directory, recursive: true);
    }
}
