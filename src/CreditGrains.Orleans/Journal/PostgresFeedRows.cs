using Npgsql;

namespace CreditGrains.Orleans.Journal;

/// <summary>The feed's rows in PostgreSQL: what a reader may see is below the oldest transaction still under way.</summary>
internal sealed class PostgresFeedRows(NpgsqlDataSource database) : IFeedRows
{
    private const string After = """
        select txid, partition, sequence, frame from cg_journal
        where (txid, partition, sequence) > ($1, $2, $3) and txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        order by txid, partition, sequence limit $4
        """;

    private const string Holding = """
        select txid, partition, sequence, frame from cg_journal where partition = $1 and sequence <= $2 order by sequence desc limit 1
        """;

    private const string Newest = "select last_sequence from cg_journal order by txid desc, partition desc, sequence desc limit 1";

    private const string LastDeleted = "select txid, partition, sequence, oldest_kept - 1 from cg_journal_deleted order by txid desc, partition desc, sequence desc limit 1";

    /// <inheritdoc/>
    public async Task<List<FeedRow>> AfterAsync(JournalFeed.Place place, int countMax, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(After);
        command.Parameters.AddWithValue(place.Transaction);
        command.Parameters.AddWithValue(place.Partition);
        command.Parameters.AddWithValue(place.Sequence);
        command.Parameters.AddWithValue(countMax);
        return await ReadAsync(command, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<FeedRow?> HoldingAsync(int partition, long sequence, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Holding);
        command.Parameters.AddWithValue(partition);
        command.Parameters.AddWithValue(sequence);
        return (await ReadAsync(command, cancellationToken)).FirstOrDefault();
    }

    /// <inheritdoc/>
    public async Task<(JournalFeed.Place Place, long LastSequence)?> LastDeletedAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LastDeleted);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return (new JournalFeed.Place(reader.GetInt64(0), reader.GetInt32(1), reader.GetInt64(2)), reader.GetInt64(3));
    }

    /// <inheritdoc/>
    public async Task<long> NewestAsync()
    {
        await using var command = database.CreateCommand(Newest);
        return await command.ExecuteScalarAsync() is long newest ? newest : 0;
    }

    private static async Task<List<FeedRow>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var rows = new List<FeedRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(new FeedRow(new JournalFeed.Place(reader.GetInt64(0), reader.GetInt32(1), reader.GetInt64(2)), reader.GetFieldValue<byte[]>(3)));
        return rows;
    }
}
