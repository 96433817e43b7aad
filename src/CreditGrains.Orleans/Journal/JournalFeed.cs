using CreditGrains.Domain.Commands;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Partitions;
using Npgsql;

namespace CreditGrains.Orleans.Journal;

/// <summary>
/// The events of all partitions in one order, read from the database beside the grains: rows by the transaction that brought them. A row is shown only when no
/// transaction before its own is under way any more, so nothing is skipped. The cursor is the sequence of the last event: its row says where to go on.
/// </summary>
internal sealed class JournalFeed(NpgsqlDataSource database)
{
    private const int RowsPerRead = 64;

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

    /// <summary>A place between two rows.</summary>
    /// <param name="Transaction">Transaction of the row before it.</param>
    /// <param name="Partition">Partition of that row.</param>
    /// <param name="Sequence">First sequence of that row.</param>
    public readonly record struct Place(long Transaction, int Partition, long Sequence) : IComparable<Place>
    {
        /// <summary>In the order of the feed.</summary>
        public int CompareTo(Place other) => (Transaction, Partition, Sequence).CompareTo((other.Transaction, other.Partition, other.Sequence));
    }

    /// <summary>The place after an event, and the events of its row that follow it. 0 is before all.</summary>
    /// <exception cref="JournalException">Rows after it were deleted (<see cref="JournalErrorCode.NotRetained"/>), or its own was.</exception>
    public async Task<(Place Place, IReadOnlyList<EventRecord> Events)> StartAsync(long afterSequence, CancellationToken cancellationToken)
    {
        if (await LastDeletedAsync(cancellationToken) is var (deleted, last) && last == afterSequence) return (deleted, []);
        if (afterSequence == 0)
        {
            await ThrowIfDeletedAfterAsync(default, cancellationToken);
            return (default, []);
        }
        await using var command = database.CreateCommand(Holding);
        command.Parameters.AddWithValue(PartitionMap.OfSequence(afterSequence));
        command.Parameters.AddWithValue(afterSequence);
        var (place, events) = await ReadAsync(command, default, afterSequence, cancellationToken);
        await ThrowIfDeletedAfterAsync(place, cancellationToken);
        return (place, events);
    }

    /// <summary>Some events after a place; none when there are no more now.</summary>
    /// <exception cref="JournalException">Rows after it were deleted.</exception>
    public async Task<(Place Place, IReadOnlyList<EventRecord> Events)> NextAsync(Place place, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(After);
        command.Parameters.AddWithValue(place.Transaction);
        command.Parameters.AddWithValue(place.Partition);
        command.Parameters.AddWithValue(place.Sequence);
        command.Parameters.AddWithValue(RowsPerRead);
        var read = await ReadAsync(command, place, 0, cancellationToken);
        // Asked after reading: what was deleted before, and so not read, is known by now.
        await ThrowIfDeletedAfterAsync(place, cancellationToken);
        return read;
    }

    private async Task ThrowIfDeletedAfterAsync(Place place, CancellationToken cancellationToken)
    {
        if (await LastDeletedAsync(cancellationToken) is not var (deleted, last) || deleted.CompareTo(place) <= 0) return;
        throw new JournalException(JournalErrorCode.NotRetained,
            $"Events after this place of the feed were deleted, as the cluster is told to keep only so much of its journal: up to decision {last}.") { ReadableAfter = last };
    }

    private async Task<(Place Place, long LastSequence)?> LastDeletedAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LastDeleted);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return (new Place(reader.GetInt64(0), reader.GetInt32(1), reader.GetInt64(2)), reader.GetInt64(3));
    }

    /// <summary>Sequence of the newest event in the order of the feed; 0 when there is none.</summary>
    public async Task<long> EndAsync()
    {
        await using var command = database.CreateCommand(Newest);
        return await command.ExecuteScalarAsync() is long newest ? newest : 0;
    }

    private static async Task<(Place Place, IReadOnlyList<EventRecord> Events)> ReadAsync(NpgsqlCommand command, Place place, long afterSequence, CancellationToken cancellationToken)
    {
        var events = new List<EventRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            place = new Place(reader.GetInt64(0), reader.GetInt32(1), reader.GetInt64(2));
            Add(reader.GetFieldValue<byte[]>(3), place, afterSequence, events);
        }
        return (place, events);
    }

    private static void Add(byte[] raw, Place place, long afterSequence, List<EventRecord> events)
    {
        var frame = StoredFrame.Check(raw, place.Partition, place.Sequence);
        var payload = frame.Payload;
        for (var sequence = frame.Header.FirstSequence; !payload.IsEmpty; sequence++)
        {
            var length = EventCodec.LengthOf(payload);
            if (sequence > afterSequence)
            {
                EventCodec.Read(payload[..length], sequence, frame.Header.RecordedAt, out var e);
                if (!IsCopy(e, place.Partition)) events.Add(EventRecords.Of(e));
            }
            payload = payload[length..];
        }
    }

    /// <summary>
    /// Rows of shared nodes in partitions are copies, their limits are grants; rates and dates stand in every partition. What callers did stands once, in the register.
    /// </summary>
    private static bool IsCopy(in LedgerEvent e, int partition) =>
        partition != PartitionMap.Register && ((e.Control is not null && PartitionMap.IsShared(e.Key.Kind)) || e.Kind is CommandKind.SetFxRate or CommandKind.AdvanceBusinessDate);
}
