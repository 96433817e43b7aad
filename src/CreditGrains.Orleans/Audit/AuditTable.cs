using System.Data;
using Npgsql;
using NpgsqlTypes;

namespace CreditGrains.Orleans.Audit;

/// <summary>A row of the cluster's audit log.</summary>
/// <param name="Number">Its place, from 1 without gaps.</param>
/// <param name="Body">The entry.</param>
/// <param name="Hash">The chain's hash after it, 64 hex digits.</param>
public readonly record struct AuditRow(long Number, string Body, string Hash);

/// <summary>
/// The audit log of the cluster in PostgreSQL. Who appends holds the row that says where the log ends, and has read every row before its own; so silos append one after the other and decide on the
/// same rows. What the rows mean is not known here. Calls block for at most some seconds. Any thread.
/// </summary>
/// <param name="database">Belongs to the caller and must outlive this.</param>
public sealed class AuditTable(NpgsqlDataSource database)
{
    // A silo that stands still inside a transaction is cut off after 5 s (idle_in_transaction_session_timeout), so the row is free before others give up.
    private const int CommandSecondsMax = 10;

    private const string HeadSql = "select number, hash from cg_audit_head";

    // One statement, so rows and end are of one moment.
    private const string ReadSql = "select h.number, h.hash, a.number, a.body, a.hash from cg_audit_head h left join cg_audit a on a.number > $1 order by a.number";

    private const string RowsSql = "select number, body, hash from cg_audit where number > $1 order by number";

    private const string InsertSql = "insert into cg_audit (number, body, hash) select * from unnest($1::bigint[], $2::text[], $3::text[])";

    /// <summary>Shows the rows after a number, in order.</summary>
    /// <returns>Where the log says that it ends.</returns>
    /// <exception cref="IOException">The database does not answer.</exception>
    public (long Number, string Hash) Read(long after, Action<AuditRow> visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        return Guarded(() =>
        {
            using var connection = database.OpenConnection();
            using var command = Command(connection, ReadSql);
            command.Parameters.AddWithValue(after);
            using var reader = command.ExecuteReader();
            (long, string)? end = null;
            while (reader.Read())
            {
                end = (reader.GetInt64(0), reader.GetString(1));
                if (!reader.IsDBNull(2)) visit(new AuditRow(reader.GetInt64(2), reader.GetString(3), reader.GetString(4)));
            }

            return end ?? throw Headless();
        });
    }

    /// <summary>Appends in a transaction that no other appender comes between: shows the rows after a number, asks for those that follow, and commits them.</summary>
    /// <param name="after">Rows up to here were seen.</param>
    /// <param name="visit">Gets each row after it.</param>
    /// <param name="make">Given where the log ends, makes the rows that follow; none commits nothing. What it throws passes through, and nothing is committed.</param>
    /// <exception cref="IOException">The database does not answer; whether the rows stand is not known.</exception>
    public void Append(long after, Action<AuditRow> visit, Func<(long Number, string Hash), IReadOnlyList<AuditRow>> make)
    {
        ArgumentNullException.ThrowIfNull(visit);
        ArgumentNullException.ThrowIfNull(make);
        Guarded(() =>
        {
            using var connection = database.OpenConnection();
            using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
            var end = Lock(connection);
            // A statement of its own, after the lock: one that waits for a row goes on with what it saw before.
            if (end.Number > after) Show(connection, after, visit);
            var rows = make(end);
            if (rows.Count == 0) return 0;
            Insert(connection, rows);
            transaction.Commit();
            return rows.Count;
        });
    }

    private static (long Number, string Hash) Lock(NpgsqlConnection connection)
    {
        using var command = Command(connection, $"{HeadSql} for update");
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetString(1)) : throw Headless();
    }

    private static void Show(NpgsqlConnection connection, long after, Action<AuditRow> visit)
    {
        using var command = Command(connection, RowsSql);
        command.Parameters.AddWithValue(after);
        using var reader = command.ExecuteReader();
        while (reader.Read()) visit(new AuditRow(reader.GetInt64(0), reader.GetString(1), reader.GetString(2)));
    }

    private static void Insert(NpgsqlConnection connection, IReadOnlyList<AuditRow> rows)
    {
        using (var insert = Command(connection, InsertSql))
        {
            insert.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, Value = rows.Select(row => row.Number).ToArray() });
            insert.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = rows.Select(row => row.Body).ToArray() });
            insert.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = rows.Select(row => row.Hash).ToArray() });
            insert.ExecuteNonQuery();
        }

        using var head = Command(connection, "update cg_audit_head set number = $1, hash = $2");
        head.Parameters.AddWithValue(rows[^1].Number);
        head.Parameters.AddWithValue(rows[^1].Hash);
        head.ExecuteNonQuery();
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql) => new(sql, connection) { CommandTimeout = CommandSecondsMax };

    private static T Guarded<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new IOException($"The audit log of the cluster cannot be reached: {e.Message}", e);
        }
    }

    private static IOException Headless() => new("The row of cg_audit_head is missing. Restore the database from a backup or a standby.");
}
