using System.Globalization;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.Bench.Postgres;

/// <summary>
/// A PostgreSQL cluster of its own in a temporary directory, on a Unix socket there and no port, with durable settings.
/// Disposing of it stops the server and deletes the directory.
/// </summary>
internal sealed class PostgresCluster : IDisposable
{
    private const string Database = "postgres";
    private readonly PostgresPrograms programs;
    private readonly string directory;
    private readonly string data;
    private readonly Lock ending = new();
    private bool isEnded;

    private PostgresCluster(PostgresPrograms programs, string directory)
    {
        this.programs = programs;
        this.directory = directory;
        data = Path.Combine(directory, "data");
        // An interrupted bench must not leave a server behind.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>What differs from the defaults: room for memory and journal, no interruptions. Durability stays whole.</summary>
    public static IReadOnlyList<string> Settings { get; } =
    [
        "fsync=on", "synchronous_commit=on", "full_page_writes=on",
        "max_wal_size=16GB", "min_wal_size=4GB", "checkpoint_timeout=15min", "wal_buffers=64MB",
        "work_mem=64MB", "maintenance_work_mem=1GB", "max_connections=200", "jit=off", "listen_addresses=",
    ];

    /// <summary>Its buffers when nothing else is said: the whole book of ten million fits.</summary>
    public const string SharedBuffersUsual = "4GB";

    /// <summary>Makes and starts it.</summary>
    public static PostgresCluster Start(PostgresPrograms programs, string sharedBuffers = SharedBuffersUsual)
    {
        var cluster = new PostgresCluster(programs, programs.MakeDirectory());
        try
        {
            programs.Run("initdb", ["-D", cluster.data, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-instructions"]);
            var options = string.Join(' ', Settings.Append($"shared_buffers={sharedBuffers}").Append($"unix_socket_directories={cluster.directory}").Select(setting => $"-c {setting}"));
            programs.Run("pg_ctl", ["-D", cluster.data, "-l", Path.Combine(cluster.directory, "log"), "-o", options, "-w", "start"]);
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>How a program of this machine reaches it.</summary>
    public string ConnectionString => $"Host={directory};Database={Database};Username={programs.ServerUserName}";

    /// <summary>Runs a script of ours.</summary>
    public void RunScript(string script, params (string Name, long Value)[] variables)
    {
        Report.Progress($"PostgreSQL: {script}");
        Psql(["-f", WriteScript(script), .. variables.SelectMany(variable => new[] { "-v", Variable(variable) })]);
    }

    /// <summary>The rows of a script's last query, a line each, columns divided by a bar.</summary>
    public string Query(string script) => Psql(["-At", "-f", WriteScript(script)]).Trim();

    /// <summary>Runs pgbench with prepared statements.</summary>
    /// <returns>What it printed.</returns>
    public string Bench(string script, int clients, double seconds, params (string Name, long Value)[] variables) => programs.Run("pgbench",
    [
        // The database goes last and bare: to pgbench -d is debugging, a line for every transaction.
        "-h", directory, "-n", "-M", "prepared", "-f", WriteScript(script), "-c", Text(clients), "-j", Text(Math.Min(2, clients)),
        "-T", Text((int)Math.Ceiling(seconds)), .. variables.SelectMany(variable => new[] { "-D", Variable(variable) }), Database,
    ]);

    /// <inheritdoc/>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        // An interrupt ends it while the run, whose pgbench then fails, ends it too: one does, the other waits.
        lock (ending)
        {
            if (isEnded) return;
            isEnded = true;
            if (File.Exists(Path.Combine(data, "postmaster.pid"))) programs.Run("pg_ctl", ["-D", data, "-m", "immediate", "-w", "stop"]);
            Directory.Delete(directory, recursive: true);
        }
    }

    private void OnProcessExit(object? sender, EventArgs e) => Dispose();

    private string Psql(IReadOnlyList<string> arguments) =>
        programs.Run("psql", ["-h", directory, "-d", Database, "-X", "-q", "-v", "ON_ERROR_STOP=1", .. arguments]);

    /// <summary>Our scripts lie in the program; the server's user reads them from here.</summary>
    private string WriteScript(string script)
    {
        var file = Path.Combine(directory, script);
        if (File.Exists(file)) return file;
        using var source = typeof(PostgresCluster).Assembly.GetManifestResourceStream($"loadtests.postgres.{script}")
            ?? throw new InvalidOperationException($"the program holds no script {script}");
        using var target = File.Create(file);
        source.CopyTo(target);
        return file;
    }

    private static string Variable((string Name, long Value) variable) => $"{variable.Name}={variable.Value.ToString(CultureInfo.InvariantCulture)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
