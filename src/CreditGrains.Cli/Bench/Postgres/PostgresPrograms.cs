using System.ComponentModel;
using System.Diagnostics;

namespace CreditGrains.Cli.Bench.Postgres;

/// <summary>The installed PostgreSQL programs, run as a user that is not root, which the server refuses.</summary>
internal sealed class PostgresPrograms
{
    private const string ServerUser = "postgres";
    private static readonly string[] Needed = ["initdb", "pg_ctl", "psql", "pgbench"];
    private readonly string directory;
    private readonly bool isRoot = Environment.UserName == "root";

    private PostgresPrograms(string directory) => this.directory = directory;

    /// <summary>The programs of the server that pg_config names.</summary>
    /// <returns>Null when there is none; <paramref name="why"/> then says so.</returns>
    public static PostgresPrograms? Find(out string why)
    {
        why = "PostgreSQL is not installed (no pg_config with initdb and pgbench); install its server package to compare";
        var directory = TryRun("pg_config", ["--bindir"])?.Trim();
        if (directory is null || !Needed.All(name => File.Exists(Path.Combine(directory, name)))) return null;
        var programs = new PostgresPrograms(directory);
        if (!programs.isRoot || TryRun("runuser", ["-u", ServerUser, "--", "true"]) is not null) return programs;
        why = $"PostgreSQL does not run as root and there is no user '{ServerUser}' to run it as; run the bench as another user";
        return null;
    }

    /// <summary>The user who owns its databases.</summary>
    public string ServerUserName => isRoot ? ServerUser : Environment.UserName;

    /// <summary>Version line of the server.</summary>
    public string Version => Run("postgres", ["--version"]).Trim();

    /// <summary>Makes a directory that the server's user owns.</summary>
    public string MakeDirectory()
    {
        var made = Directory.CreateTempSubdirectory("creditgrains-postgres-").FullName;
        if (isRoot) Start("chown", [ServerUser, made]);
        return made;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="BenchFault">It failed; the message has what it said.</exception>
    public string Run(string name, IReadOnlyList<string> arguments)
    {
        var program = Path.Combine(directory, name);
        return isRoot ? Start("runuser", ["-u", ServerUser, "--", program, .. arguments]) : Start(program, arguments);
    }

    private static string? TryRun(string program, IReadOnlyList<string> arguments)
    {
        try
        {
            return Start(program, arguments);
        }
        catch (Win32Exception)
        {
            // Not installed.
            return null;
        }
        catch (BenchFault)
        {
            // Installed, and no use.
            return null;
        }
    }

    private static string Start(string program, IReadOnlyList<string> arguments)
    {
        // A directory that any user may enter; a failed chdir is a warning on every run.
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new BenchFault($"{Path.GetFileName(program)} {string.Join(' ', arguments)} failed: {error.GetAwaiter().GetResult().Trim()}");
        return output;
    }
}
