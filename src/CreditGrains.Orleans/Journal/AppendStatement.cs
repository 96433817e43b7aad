using Npgsql;
using NpgsqlTypes;

namespace CreditGrains.Orleans.Journal;

/// <summary>
/// The transaction that appends a group of frames, on a connection of its own: parsed and planned once, for parsing and planning it cost the database
/// more than carrying it out. One user at a time.
/// </summary>
internal sealed class AppendStatement(NpgsqlDataSource database) : IRowInsert
{
    private const string Sql = """
        with input as materialized (
            select * from unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[]) as i (partition, epoch, sequence, last_sequence, frame)),
        held as materialized (
            select p.partition, p.epoch from cg_partition p join input i on p.partition = i.partition and p.epoch = i.epoch order by p.partition for share of p)
        insert into cg_journal (partition, sequence, last_sequence, epoch, frame)
        select i.partition, i.sequence, i.last_sequence, i.epoch, i.frame from input i join held h on h.partition = i.partition and h.epoch = i.epoch
        returning partition, epoch
        """;

    private NpgsqlConnection? connection;
    private NpgsqlCommand? command;

    /// <inheritdoc/>
    public async Task<HashSet<(int Partition, long Epoch)>> InsertAsync(List<Append> group)
    {
        var insert = command ?? await PrepareAsync();
        insert.Parameters[0].Value = group.ConvertAll(a => a.Partition);
        insert.Parameters[1].Value = group.ConvertAll(a => a.Epoch);
        insert.Parameters[2].Value = group.ConvertAll(a => a.Sequence);
        insert.Parameters[3].Value = group.ConvertAll(a => a.LastSequence);
        insert.Parameters[4].Value = group.ConvertAll(a => a.Frame);
        var appended = new HashSet<(int Partition, long Epoch)>(group.Count);
        try
        {
            await using var reader = await insert.ExecuteReaderAsync();
            while (await reader.ReadAsync()) appended.Add((reader.GetInt32(0), reader.GetInt64(1)));
            return appended;
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new RowTakenException(failure);
        }
    }

    /// <inheritdoc/>
    public async Task ForgetAsync()
    {
        if (command is not null) await command.DisposeAsync();
        if (connection is not null) await connection.DisposeAsync();
        (command, connection) = (null, null);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await ForgetAsync();

    private async Task<NpgsqlCommand> PrepareAsync()
    {
        connection = await database.OpenConnectionAsync();
        // The arrays' lengths say nothing to the planner, so a plan for these very values is no better than the general one.
        await using (var plan = new NpgsqlCommand("set plan_cache_mode = force_generic_plan", connection)) await plan.ExecuteNonQueryAsync();
        var insert = new NpgsqlCommand(Sql, connection);
        foreach (var type in new[] { NpgsqlDbType.Integer, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Bytea })
            insert.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type });
        await insert.PrepareAsync();
        return command = insert;
    }
}
