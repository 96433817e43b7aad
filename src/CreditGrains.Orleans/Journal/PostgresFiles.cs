using CreditGrains.Engine.Files;
using Npgsql;

namespace CreditGrains.Orleans.Journal;

/// <summary>
/// The files of one partition (snapshots, manifest, spilled request ids) as rows of PostgreSQL, so that whichever silo opens the partition
/// next has them. Every change checks the holder's epoch in its own transaction: what an activation that was taken over still writes
/// is refused. Names change at once and last; contents last after a sync. Calls block: use it beside the turns.
/// </summary>
internal sealed class PostgresFiles(NpgsqlDataSource database, int partition, long epoch) : IFileStore
{
    /// <summary>Bytes of a chunk.</summary>
    public const int ChunkBytes = 256 << 10;

    /// <summary>The database says when it is full; nothing is known ahead.</summary>
    public long FreeBytes => long.MaxValue;

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => Read("list", () =>
    {
        using var command = database.CreateCommand("select name from cg_file where partition = $1");
        command.Parameters.AddWithValue(partition);
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read()) names.Add(reader.GetString(0));
        names.Sort(StringComparer.Ordinal);
        return names;
    });

    /// <inheritdoc/>
    public bool Exists(string name) => Find(name) is not null;

    /// <inheritdoc/>
    public IStoreFile Open(string name, bool create)
    {
        var found = Find(name);
        if (create && found is not null) throw new StoreFileException(StoreErrorCode.FileExists, $"'{Path(name)}' exists already.");
        if (found is { } file) return new PostgresFile(this, Path(name), file.File, file.Length);
        if (!create) throw Missing(name);
        var made = Change(name, connection =>
        {
            using var command = new NpgsqlCommand("insert into cg_file (partition, name) values ($1, $2) returning file", connection);
            command.Parameters.AddWithValue(partition);
            command.Parameters.AddWithValue(name);
            return (long)command.ExecuteScalar()!;
        });
        return new PostgresFile(this, Path(name), made, 0);
    }

    /// <inheritdoc/>
    public void Rename(string from, string to) => Change(from, connection =>
    {
        Remove(connection, to);
        using var command = new NpgsqlCommand("update cg_file set name = $3 where partition = $1 and name = $2", connection);
        command.Parameters.AddWithValue(partition);
        command.Parameters.AddWithValue(from);
        command.Parameters.AddWithValue(to);
        return command.ExecuteNonQuery() == 1 ? true : throw Missing(from);
    });

    /// <inheritdoc/>
    public void Delete(string name) => Change(name, connection => Remove(connection, name) ? true : throw Missing(name));

    /// <summary>Nothing to do: names were changed in transactions.</summary>
    public void SyncDirectory()
    {
    }

    /// <summary>Nothing to take: the epoch is the lock.</summary>
    public IDisposable Lock() => NoLock.Instance;

    /// <summary>Runs a change in a transaction that holds the epoch.</summary>
    /// <exception cref="StoreWriteFailedException">Another activation took over, or the database refused.</exception>
    public T Change<T>(string name, Func<NpgsqlConnection, T> change)
    {
        try
        {
            using var connection = database.OpenConnection();
            using var transaction = connection.BeginTransaction();
            using (var held = new NpgsqlCommand("select 1 from cg_partition where partition = $1 and epoch = $2 for share", connection))
            {
                held.Parameters.AddWithValue(partition);
                held.Parameters.AddWithValue(epoch);
                if (held.ExecuteScalar() is null)
                    throw new StoreReadOnlyException($"{Path(name)} (epoch {epoch} is over: another activation has taken the partition over)");
            }
            var result = change(connection);
            transaction.Commit();
            return result;
        }
        catch (NpgsqlException failure)
        {
            throw new StoreWriteFailedException(Path(name), failure);
        }
    }

    /// <summary>Runs a read.</summary>
    /// <exception cref="StoreReadFailedException">The database refused.</exception>
    public T Read<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (NpgsqlException failure)
        {
            throw new StoreReadFailedException(Path(name), failure);
        }
    }

    /// <summary>The database.</summary>
    public NpgsqlDataSource Database => database;

    private string Path(string name) => $"partition {partition}: {name}";

    private StoreFileException Missing(string name) => new(StoreErrorCode.FileMissing, $"'{Path(name)}' does not exist.");

    private (long File, long Length)? Find(string name) => Read<(long, long)?>(name, () =>
    {
        using var command = database.CreateCommand("select file, length from cg_file where partition = $1 and name = $2");
        command.Parameters.AddWithValue(partition);
        command.Parameters.AddWithValue(name);
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1)) : null;
    });

    private bool Remove(NpgsqlConnection connection, string name)
    {
        using var command = new NpgsqlCommand(
            "with gone as (delete from cg_file where partition = $1 and name = $2 returning file), chunks as (delete from cg_file_chunk c using gone where c.file = gone.file) select count(*) from gone",
            connection);
        command.Parameters.AddWithValue(partition);
        command.Parameters.AddWithValue(name);
        return (long)command.ExecuteScalar()! == 1;
    }

    private sealed class NoLock : IDisposable
    {
        public static readonly NoLock Instance = new();

        public void Dispose()
        {
        }
    }
}
