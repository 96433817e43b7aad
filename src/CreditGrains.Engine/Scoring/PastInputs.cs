using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// What a model saw for a decision whose event does not tell it, such as an approval: the journal is replayed in a book of its own up to just before, where state, features and versions
/// are those of then, and the row is made again, bit for bit. One at a time, and only while the journal it takes is short enough.
/// </summary>
internal sealed class PastInputs(Partition partition, PartitionOptions options) : IDisposable
{
    /// <summary>Most events that are replayed for one question.</summary>
    public const long EventsMax = 20_000_000;

    private readonly SemaphoreSlim turn = new(1);

    /// <summary>The row of a decision's model, in the order of its inputs; null when it is of another legal entity, no model scored it, or the journal from the snapshot before it is too long or archived.</summary>
    public async Task<double[]?> RowOfAsync(NodeKey entity, long sequence, CancellationToken cancellationToken)
    {
        if (sequence < 1 || sequence > partition.EventJournal.DurableSequence) return null;
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Factory.StartNew(() => Replay(entity, sequence, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private double[]? Replay(NodeKey entity, long sequence, CancellationToken cancellationToken)
    {
        if (BookBefore(sequence) is not { } book) return null;
        using (book)
        {
            if (sequence - book.LastSequence > EventsMax) return null;
            var kept = new KeptRow();
            partition.EventJournal.ReadFrames(book.LastSequence + 1, frame =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                var payload = frame.Payload;
                for (var at = frame.Header.FirstSequence; !payload.IsEmpty && at <= sequence; at++)
                {
                    var length = EventCodec.LengthOf(payload);
                    if (at > book.LastSequence)
                    {
                        EventCodec.Read(payload[..length], at, frame.Header.RecordedAt, out var e);
                        if (at == sequence && RiskState.EntityOf(e.Key) == entity) book.Take(e, kept);
                        else book.Skip(e);
                    }
                    payload = payload[length..];
                }
                return book.LastSequence < sequence;
            });
            return kept.Row;
        }
    }

    /// <summary>A book at the newest snapshot before a decision, or empty where the journal is whole; null when neither is.</summary>
    private ShadowBook? BookBefore(long sequence)
    {
        foreach (var entry in SnapshotCatalog.Read(partition.Files).OrderByDescending(entry => entry.Sequence))
        {
            if (entry.Sequence >= sequence || entry.Sequence + 1 < partition.EventJournal.OldestSequence || SnapshotLoader.Load(partition.Files, entry, idOptions: null) is not { } loaded) continue;
            return new ShadowBook(loaded.State, loaded.Sequence, loaded.RecordedAtMicros, options, static _ => { });
        }
        return partition.EventJournal.OldestSequence <= options.FirstSequence ? new ShadowBook(new PartitionState(), options.FirstSequence - 1, 0, options, static _ => { }) : null;
    }

    private sealed class KeptRow : IShadowScores
    {
        public double[]? Row { get; private set; }

        public void Note(in LedgerEvent e, BoundModel shadow, ReadOnlySpan<double> row, double score)
        {
            // What runs beside was not asked for.
        }

        public void NoteActing(in LedgerEvent e, BoundModel model, ReadOnlySpan<double> row) => Row = row.ToArray();

        public void Note(in LedgerEvent e, BoundPolicy shadow, PolicyOutcome outcome)
        {
            // What runs beside was not asked for.
        }
    }
}
