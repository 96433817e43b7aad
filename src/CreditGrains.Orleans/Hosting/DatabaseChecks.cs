using System.Globalization;
using Npgsql;

namespace CreditGrains.Orleans.Hosting;

/// <summary>Whether a database keeps what it acknowledges, and whether it is this cluster's.</summary>
public static class DatabaseChecks
{
    /// <summary>Refuses a database that may lose what it acknowledged; tells of standbys that may.</summary>
    /// <exception cref="ClusterStartException">fsync, synchronous_commit or full_page_writes is off.</exception>
    public static async Task CheckDurabilityAsync(NpgsqlDataSource database, Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(warn);
        foreach (var setting in (string[])["fsync", "synchronous_commit", "full_page_writes"])
        {
            await using var show = database.CreateCommand($"show {setting}");
            if ((string)(await show.ExecuteScalarAsync())! == "off")
                throw new ClusterStartException($"PostgreSQL runs with {setting} = off: it may lose what it acknowledged. Set {setting} = on in postgresql.conf and restart it; nothing was changed.");
        }
        await using var standbys = database.CreateCommand(
            "select coalesce(string_agg(coalesce(nullif(application_name, ''), 'unnamed'), ', '), '') from pg_stat_replication where sync_state = 'async'");
        if ((string)(await standbys.ExecuteScalarAsync())! is { Length: > 0 } names)
            warn($"PostgreSQL has asynchronous standbys ({names}): promoting one may lose acknowledged decisions. Name them in synchronous_standby_names to be safe.");
    }

    /// <summary>Writes down what a cluster is made with, or compares.</summary>
    /// <exception cref="ClusterStartException">The database was made with another value.</exception>
    public static async Task CheckSettingAsync(NpgsqlDataSource database, string name, int value)
    {
        ArgumentNullException.ThrowIfNull(database);
        var text = value.ToString(CultureInfo.InvariantCulture);
        await using var command = database.CreateCommand(
            "with made as (insert into cg_setting (name, value) values ($1, $2) on conflict do nothing returning value) select value from made union all select value from cg_setting where name = $1 limit 1");
        command.Parameters.AddWithValue(name);
        command.Parameters.AddWithValue(text);
        var stored = (string?)await command.ExecuteScalarAsync() ?? text;
        if (stored != text) throw new ClusterStartException($"The cluster was made with {name} {stored}, this silo is started with {text}. Start it with {stored}; the number cannot change.");
    }
}
