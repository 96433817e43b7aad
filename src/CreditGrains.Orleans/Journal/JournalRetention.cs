using CreditGrains.Engine.Journal;
using Npgsql;

namespace CreditGrains.Orleans.Journal;

/// <summary>
/// Deletes the oldest rows of a partition's journal: only those that end before a sequence which snapshots cover, and only those older than is kept. In slices, each a transaction that holds the
/// partition's epoch and writes down how far it went, so that a reader of what is gone is told so.
/// </summary>
internal sealed class JournalRetention(NpgsqlDataSource database, int partition, long epoch)
{
    private const int RowsOfSlice = 500;
    private const int HeaderBytes = 64;

    private const string OldestSql = "select sequence, last_sequence, txid, substring(frame from 1 for 64) from cg_journal where partition = $1 and sequence < $2 order by sequence limit $3";

    private const string DeleteSql = """
        with held as materialized (select 1 from cg_partition where partition = $1 and epoch = $2 for share),
        gone as (delete from cg_journal where partition = $1 and sequence <= $3 and exists (select 1 from held) returning 1),
        noted as (
            insert into cg_journal_deleted as d (partition, oldest_kept, txid, sequence) select $1, $4, $5, $3 from held
            on conflict (partition) do update set oldest_kept = excluded.oldest_kept, txid = excluded.txid, sequence = excluded.sequence)
        select count(*) from held
        """;

    /// <summary>Deletes what may go.</summary>
    /// <param name="covered">A sequence that every snapshot in force is at or after. The row that holds it stays, for the chain of the rows after it.</param>
    /// <param name="cutoffMicros">Rows of this writer time and later stay.</param>
    /// <param name="deleted">Told the oldest sequence kept, after each slice.</param>
    /// <returns>Rows deleted.</returns>
    public async Task<long> RunAsync(long covered, long cutoffMicros, Action<long> deleted)
    {
        long count = 0;
        while (true)
        {
            var (rows, last) = await OldestAsync(covered, cutoffMicros);
            if (rows == 0 || !await DeleteAsync(last)) return count;
            count += rows;
            deleted(last.LastSequence + 1);
            if (rows < RowsOfSlice) return count;
        }
    }

    private async Task<(int Rows, OldRow Last)> OldestAsync(long covered, long cutoffMicros)
    {
        await using var command = database.CreateCommand(OldestSql);
        command.Parameters.AddWithValue(partition);
        command.Parameters.AddWithValue(covered);
        command.Parameters.AddWithValue(RowsOfSlice);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = 0;
        var last = default(OldRow);
        while (await reader.ReadAsync())
        {
            var header = reader.GetFieldValue<byte[]>(3);
            var row = new OldRow(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
            if (header.Length < HeaderBytes || !FrameHeader.IsIntact(header)) throw StoredFrame.Damaged(partition, row.Sequence, "its header is not what was written");
            if (row.LastSequence >= covered || FrameHeader.Read(header).RecordedAt >= cutoffMicros) break;
            (rows, last) = (rows + 1, row);
        }
        return (rows, last);
    }

    private async Task<bool> DeleteAsync(OldRow last)
    {
        await using var command = database.CreateCommand(DeleteSql);
        command.Parameters.AddWithValue(partition);
        command.Parameters.AddWithValue(epoch);
        command.Parameters.AddWithValue(last.Sequence);
        command.Parameters.AddWithValue(last.LastSequence + 1);
        command.Parameters.AddWithValue(last.Transaction);
        return (long)(await command.ExecuteScalarAsync())! == 1;
    }

    private readonly record struct OldRow(long Sequence, long LastSequence, long Transaction);
}
