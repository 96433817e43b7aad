using CreditGrains.Engine.Journal;

namespace CreditGrains.Orleans.Journal;

/// <summary>Reads a partition's rows from a sequence to the end, checking checksums, sequence and chain.</summary>
internal sealed class JournalReplay(IJournalTable table, JournalOptions options, int partition)
{
    private const int RowsPerRead = 256;

    /// <summary>Hash of the last frame.</summary>
    public ChainHash Head { get; private set; } = ChainHash.Genesis(options.PartitionId);

    /// <summary>Sequence of the next event.</summary>
    public long NextSequence { get; private set; } = options.FirstSequence;

    /// <summary>Time of the last frame; the least value when there is none.</summary>
    public long RecordedAt { get; private set; } = long.MinValue;

    /// <summary>Sequence of the oldest row kept.</summary>
    public long OldestSequence { get; private set; } = options.FirstSequence;

    /// <summary>Reads on until no row is left.</summary>
    public void Run(long fromSequence, FrameVisitor visitor)
    {
        if (table.OldestSequence(partition) is var oldest and >= 0) OldestSequence = oldest;
        // The row before gives the chain its start; rows the snapshot already has are checked and skipped by the visitor.
        var isFirst = true;
        var at = table.RowAtOrBefore(partition, fromSequence > options.FirstSequence ? fromSequence - 1 : fromSequence);
        if (at < 0)
        {
            if (OldestSequence > fromSequence)
            {
                throw new JournalException(JournalErrorCode.NotRetained,
                    $"Partition {partition}: its journal begins at sequence {OldestSequence}, and no snapshot before that can be read. Nothing was changed. Restore the database from a backup or a standby.");
            }
            if (fromSequence > options.FirstSequence)
                throw new JournalException(JournalErrorCode.EndsTooEarly, $"Partition {partition}: a snapshot is at sequence {fromSequence - 1}, the journal holds nothing of it. Restore the database from a backup or a standby.");
            return;
        }
        while (ReadSome(ref at, ref isFirst, visitor))
        {
        }
        if (NextSequence < fromSequence)
            throw new JournalException(JournalErrorCode.EndsTooEarly, $"Partition {partition}: a snapshot is at sequence {fromSequence - 1}, the journal ends at {NextSequence - 1}. Restore the database from a backup or a standby.");
    }

    private bool ReadSome(ref long at, ref bool isFirst, FrameVisitor visitor)
    {
        var (next, first) = (at, isFirst);
        var rows = table.ReadRows(partition, at, RowsPerRead, raw =>
        {
            var frame = StoredFrame.Check(raw, partition, next);
            Follow(frame, raw, first);
            first = false;
            visitor(frame);
            next = NextSequence;
        });
        (at, isFirst) = (next, first);
        return rows == RowsPerRead;
    }

    private void Follow(Frame frame, byte[] raw, bool isFirst)
    {
        var header = frame.Header;
        // The first row read stands in the middle of the journal unless it begins it: its own chain is taken, the next must follow from it.
        var beginsJournal = header.FirstSequence == options.FirstSequence;
        if (!isFirst && header.FirstSequence != NextSequence)
            throw new JournalException(JournalErrorCode.SequenceGap, $"Partition {partition}: a row begins at sequence {header.FirstSequence}, expected was {NextSequence}. Restore the database from a backup or a standby.");
        if ((!isFirst || beginsJournal) && ChainHash.Extend(Head, raw, header.PayloadLength) != header.Chain)
            throw new JournalException(JournalErrorCode.BrokenChain, $"Partition {partition}: the row at sequence {header.FirstSequence} does not follow from the one before. Restore the database from a backup or a standby.");
        if (header.RecordedAt < RecordedAt) throw StoredFrame.Damaged(partition, header.FirstSequence, "its time is before the last one's");
        Head = header.Chain;
        NextSequence = header.NextSequence;
        RecordedAt = header.RecordedAt;
    }
}
