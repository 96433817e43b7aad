using CreditGrains.Engine.Journal;
using CreditGrains.Orleans.Journal;
using Npgsql;
using NpgsqlTypes;

namespace CreditGrains.Orleans.Partitions;

/// <summary>Where the signposts of partitions stand: a log of each, written under its epoch as the journal is, so that an activation that was taken over writes none.</summary>
internal sealed class SignpostLog(NpgsqlDataSource database) : ISignpostLog
{
    private const int GroupMax = 256;

    private const string WriteSql = """
        with input as materialized (select * from unnest($1::int[], $2::bigint[], $3::bytea[]) as i (pointed, epoch, homes)),
        held as materialized (
            select p.partition, p.epoch from cg_partition p where (p.partition, p.epoch) in (select pointed, epoch from input) order by p.partition for share of p),
        put as (
            insert into cg_signposts (pointed, homes) select i.pointed, i.homes from input i join held h on h.partition = i.pointed and h.epoch = i.epoch)
        select partition, epoch from held
        """;

    private readonly GroupedCalls<Rows> writes = new(group => WriteAsync(database, group), GroupMax);

    /// <summary>Adds to a partition's log; durable when it completes.</summary>
    /// <exception cref="JournalException">The epoch is over; nothing was written.</exception>
    public Task WriteAsync(int partition, long epoch, byte[] homes) => writes.DoAsync(new Rows(partition, epoch, homes));

    /// <summary>Reads a partition's log. Under an epoch raised before, nothing can be added to it any more by others.</summary>
    public async Task<HomeTable> ReadAsync(int partition)
    {
        await using var command = database.CreateCommand("select homes from cg_signposts where pointed = $1");
        command.Parameters.AddWithValue(partition);
        await using var reader = await command.ExecuteReaderAsync();
        var homes = new HomeTable();
        while (await reader.ReadAsync()) SignpostRecords.Read(reader.GetFieldValue<byte[]>(0), homes);
        return homes;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => writes.DisposeAsync();

    private static async Task WriteAsync(NpgsqlDataSource database, List<Rows> group)
    {
        await using var command = database.CreateCommand(WriteSql);
        command.Parameters.Add(new NpgsqlParameter { Value = group.ConvertAll(r => r.Partition), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = group.ConvertAll(r => r.Epoch), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter { Value = group.ConvertAll(r => r.Homes), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        var held = new HashSet<(int, long)>();
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) held.Add((reader.GetInt32(0), reader.GetInt64(1)));
        foreach (var rows in group)
            if (!held.Contains((rows.Partition, rows.Epoch))) rows.Done.TrySetException(JournalAppender.Fenced(rows.Partition, rows.Epoch));
    }

    private sealed class Rows(int partition, long epoch, byte[] homes) : GroupedCall(rows: 1)
    {
        public int Partition { get; } = partition;

        public long Epoch { get; } = epoch;

        public byte[] Homes { get; } = homes;
    }
}
