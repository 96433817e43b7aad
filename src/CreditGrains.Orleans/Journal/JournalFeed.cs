using CreditGrains.Domain.Commands;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Partitions;

namespace CreditGrains.Orleans.Journal;

/// <summary>
/// The events of all partitions in one order, read from the database beside the grains: rows by the transaction that brought them. A row is shown only when no
/// transaction before its own is under way any more, so nothing is skipped. The cursor is the sequence of the last event: its row says where to go on.
/// </summary>
internal sealed class JournalFeed(IFeedRows rows)
{
    private const int RowsPerRead = 64;

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
        if (await rows.LastDeletedAsync(cancellationToken) is var (deleted, last) && last == afterSequence) return (deleted, []);
        if (afterSequence == 0)
        {
            await ThrowIfDeletedAfterAsync(default, cancellationToken);
            return (default, []);
        }
        var holding = await rows.HoldingAsync(PartitionMap.OfSequence(afterSequence), afterSequence, cancellationToken);
        var (place, events) = Read(holding is null ? [] : [holding], default, afterSequence);
        await ThrowIfDeletedAfterAsync(place, cancellationToken);
        return (place, events);
    }

    /// <summary>Some events after a place; none when there are no more now.</summary>
    /// <exception cref="JournalException">Rows after it were deleted.</exception>
    public async Task<(Place Place, IReadOnlyList<EventRecord> Events)> NextAsync(Place place, CancellationToken cancellationToken)
    {
        var read = Read(await rows.AfterAsync(place, RowsPerRead, cancellationToken), place, 0);
        // Asked after reading: what was deleted before, and so not read, is known by now.
        await ThrowIfDeletedAfterAsync(place, cancellationToken);
        return read;
    }

    private async Task ThrowIfDeletedAfterAsync(Place place, CancellationToken cancellationToken)
    {
        if (await rows.LastDeletedAsync(cancellationToken) is not var (deleted, last) || deleted.CompareTo(place) <= 0) return;
        throw new JournalException(JournalErrorCode.NotRetained,
            $"Events after this place of the feed were deleted, as the cluster is told to keep only so much of its journal: up to decision {last}.") { ReadableAfter = last };
    }

    /// <summary>Sequence of the newest event in the order of the feed; 0 when there is none.</summary>
    public Task<long> EndAsync() => rows.NewestAsync();

    private static (Place Place, IReadOnlyList<EventRecord> Events) Read(List<FeedRow> read, Place place, long afterSequence)
    {
        var events = new List<EventRecord>();
        foreach (var row in read)
        {
            place = row.Place;
            Add(row.Frame, place, afterSequence, events);
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
    /// Rows of shared nodes in partitions are copies, their limits are grants; terms of pools, rates, dates, models and policies stand in every partition. What callers did stands once, in the register.
    /// </summary>
    private static bool IsCopy(in LedgerEvent e, int partition) =>
        partition != PartitionMap.Register && ((e.Control is not null && PartitionMap.IsShared(e.Key.Kind) && !e.Kind.IsPoolLoan()) || e.Kind is CommandKind.SetFxRate or CommandKind.AdvanceBusinessDate or CommandKind.ActivateFeatures or (>= CommandKind.PutContent and <= CommandKind.ActivatePolicy));
}
