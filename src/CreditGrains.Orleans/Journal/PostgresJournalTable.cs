using Npgsql;

namespace CreditGrains.Orleans.Journal;

/// <summary>The journal's rows in PostgreSQL.</summary>
internal sealed class PostgresJournalTable(NpgsqlDataSource database) : IJournalTable
{
    /// <inheritdoc/>
    public async Task<long> RaiseEpochAsync(int partition, string holder)
    {
        await using var command = database.CreateCommand(
            "insert into cg_partition as p (partition, epoch, holder) values ($1, 1, $2) on conflict (partition) do update set epoch = p.epoch + 1, holder = excluded.holder, opened_at = now() returning epoch");
        command.Parameters.AddWithValue(partition);
        command.Parameters.AddWithValue(holder);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <inheritdoc/>
    public IRowInsert OpenInsert() => new AppendStatement(database);

    /// <inheritdoc/>
    public async Task<byte[]?> ReadAsync(int partition, long sequence)
    {
        await using var command = Command("select frame from cg_journal where partition = $1 and sequence = $2", partition, sequence);
        return await command.ExecuteScalarAsync() as byte[];
    }

    /// <inheritdoc/>
    public Task<long> DeleteOldAsync(int partition, long epoch, long covered, long cutoffMicros, Action<long> deleted) =>
        new JournalRetention(database, partition, epoch).RunAsync(covered, cutoffMicros, deleted);

    /// <inheritdoc/>
    public long OldestSequence(int partition)
    {
        using var command = Command("select min(sequence) from cg_journal where partition = $1", partition);
        return command.ExecuteScalar() is long oldest ? oldest : -1;
    }

    /// <inheritdoc/>
    public long RowAtOrBefore(int partition, long sequence)
    {
        using var command = Command("select sequence from cg_journal where partition = $1 and sequence <= $2 order by sequence desc limit 1", partition, sequence);
        return command.ExecuteScalar() is long found ? found : -1;
    }

    /// <inheritdoc/>
    public int ReadRows(int partition, long fromSequence, int countMax, Action<byte[]> visit)
    {
        using var command = Command("select frame from cg_journal where partition = $1 and sequence >= $2 order by sequence limit $3", partition, fromSequence);
        command.Parameters.AddWithValue(countMax);
        using var reader = command.ExecuteReader();
        var count = 0;
        for (; reader.Read(); count++) visit(reader.GetFieldValue<byte[]>(0));
        return count;
    }

    /// <inheritdoc/>
    public byte[]? ReadRowHolding(int partition, long sequence)
    {
        using var command = Command("select frame from cg_journal where partition = $1 and sequence <= $2 order by sequence desc limit 1", partition, sequence);
        return command.ExecuteScalar() as byte[];
    }

    private NpgsqlCommand Command(string sql, int partition, long? sequence = null)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue(partition);
        if (sequence is { } given) command.Parameters.AddWithValue(given);
        return command;
    }
}
