using System.Globalization;
using System.Reflection;
using Npgsql;

namespace CreditGrains.Orleans.Hosting;

/// <summary>Brings the database's schema to this program's version: numbered scripts, forward only, each once and in its own transaction.</summary>
public static class Migrations
{
    private const string Prefix = "migrations/";
    private const long LockNumber = 0x4347_4d49;

    /// <summary>Applies what is missing. Several silos may start at once: one applies, the others wait.</summary>
    /// <exception cref="ClusterStartException">The database is of a later version.</exception>
    public static async Task ApplyAsync(NpgsqlDataSource database)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync();
        await RunAsync(connection, $"select pg_advisory_lock({LockNumber})");
        try
        {
            await RunAsync(connection, "create table if not exists cg_migration (version int primary key, name text not null, applied_at timestamptz not null default now())");
            var applied = await AppliedAsync(connection);
            var scripts = Scripts();
            if (applied > scripts[^1].Version)
                throw new ClusterStartException($"The database is at schema version {applied}, this program knows {scripts[^1].Version}. Start a program at least as new as the one that changed it.");
            foreach (var (version, name, text) in scripts)
            {
                if (version <= applied) continue;
                await using var transaction = await connection.BeginTransactionAsync();
                await RunAsync(connection, text);
                await using var note = new NpgsqlCommand("insert into cg_migration (version, name) values ($1, $2)", connection);
                note.Parameters.AddWithValue(version);
                note.Parameters.AddWithValue(name);
                await note.ExecuteNonQueryAsync();
                await transaction.CommitAsync();
            }
        }
        finally
        {
            await RunAsync(connection, $"select pg_advisory_unlock({LockNumber})");
        }
    }

    private static List<(int Version, string Name, string Text)> Scripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(n =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(n)!);
            var name = n[Prefix.Length..];
            return (int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, reader.ReadToEnd());
        })];
    }

    private static async Task<int> AppliedAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select coalesce(max(version), 0) from cg_migration", connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>A silo cannot start as things are; the message says what to mend.</summary>
public sealed class ClusterStartException(string message, Exception? inner = null) : Exception(message, inner);
