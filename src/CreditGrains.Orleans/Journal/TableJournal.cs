using CreditGrains.Engine.Journal;

namespace CreditGrains.Orleans.Journal;

/// <summary>
/// The journal of one partition in a table: one batch is one row, in the frame format of the segment files, chained the same way. Opening raises the
/// partition's epoch, which fences every earlier activation, and only then reads. Openings are not rows: the epoch stands in each frame.
/// </summary>
internal sealed class TableJournal : IEventJournal
{
    private const int RowsPerRead = 64;
    private readonly IJournalTable table;
    private readonly JournalAppender appender;
    private readonly int partition;
    private readonly RecentFrames recent = new();
    private long oldestSequence;
    private ChainHash head;
    private long nextSequence;
    private long recordedAt;
    private long durableSequence;
    private long appendedBytes;
    private bool isPoisoned;

    private TableJournal(IJournalTable table, JournalAppender appender, int partition, long epoch, JournalReplay replay)
    {
        this.table = table;
        this.appender = appender;
        this.partition = partition;
        Epoch = epoch;
        head = replay.Head;
        nextSequence = replay.NextSequence;
        durableSequence = nextSequence - 1;
        recordedAt = replay.RecordedAt;
        oldestSequence = replay.OldestSequence;
    }

    /// <summary>Number of this opening; appends under a lower one are refused by the database.</summary>
    public long Epoch { get; }

    /// <inheritdoc/>
    public long DurableSequence => Volatile.Read(ref durableSequence);

    /// <inheritdoc/>
    public long OldestSequence => Volatile.Read(ref oldestSequence);

    /// <inheritdoc/>
    public long LastRecordedAt => recordedAt;

    /// <inheritdoc/>
    public long AppendedBytes => Volatile.Read(ref appendedBytes);

    /// <summary>Verifies the frames from a sequence on and shows them. Blocks: run it beside the turns.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="appender">The silo's appender.</param>
    /// <param name="options">Partition id and first sequence.</param>
    /// <param name="partition">Its number.</param>
    /// <param name="epoch">The epoch raised for this opening.</param>
    /// <param name="fromSequence">First sequence needed.</param>
    /// <param name="visitor">Gets the frames in order.</param>
    /// <exception cref="JournalException">A row is damaged, missing or out of the chain.</exception>
    public static TableJournal Open(
        IJournalTable table, JournalAppender appender, JournalOptions options, int partition, long epoch, long fromSequence, FrameVisitor visitor)
    {
        var replay = new JournalReplay(table, options, partition);
        replay.Run(fromSequence, visitor);
        return new TableJournal(table, appender, partition, epoch, replay);
    }

    /// <inheritdoc/>
    public bool TryReserve(int payloadBytesMax, out JournalRefusal refusal)
    {
        if (isPoisoned) throw new JournalPoisonedException(new ObjectDisposedException(nameof(TableJournal)));
        refusal = default;
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask AppendAsync(FrameBuffer payload, int eventCount, long firstSequence, long recordedAt)
    {
        ObjectDisposedException.ThrowIf(isPoisoned, this);
        ArgumentOutOfRangeException.ThrowIfNotEqual(firstSequence, nextSequence);
        ArgumentOutOfRangeException.ThrowIfLessThan(recordedAt, this.recordedAt);
        var frame = Seal(payload, new FrameHeader(payload.Length, eventCount, FrameFlags.None, checked((uint)Epoch), firstSequence, recordedAt, default, 0), out var chain);
        try
        {
            await appender.AppendAsync(partition, Epoch, firstSequence, firstSequence + eventCount - 1, frame);
        }
        catch
        {
            isPoisoned = true;
            throw;
        }
        nextSequence += eventCount;
        this.recordedAt = recordedAt;
        head = chain;
        recent.Add(firstSequence, frame);
        Volatile.Write(ref appendedBytes, appendedBytes + frame.Length);
        // Last: from here on readers return the frame.
        Volatile.Write(ref durableSequence, nextSequence - 1);
    }

    /// <inheritdoc/>
    public PooledFrame? ReadFrameContaining(long sequence)
    {
        if (sequence > DurableSequence) return null;
        if (recent.Find(sequence) is { } kept) return new PooledFrame(StoredFrame.Check(kept, partition, sequence));
        return table.ReadRowHolding(partition, sequence) is { } raw ? new PooledFrame(StoredFrame.Check(raw, partition, sequence)) : null;
    }

    /// <inheritdoc/>
    public void ReadFrames(long fromSequence, FrameFilter visitor)
    {
        // Who follows closely costs no look at the database.
        if (recent.From(fromSequence) is { Length: > 0 } kept)
        {
            var next = fromSequence;
            foreach (var raw in kept)
            {
                var frame = StoredFrame.Check(raw, partition, next);
                if (frame.Header.NextSequence - 1 > DurableSequence || !visitor(frame)) return;
                next = frame.Header.NextSequence;
            }
            return;
        }

        var at = table.RowAtOrBefore(partition, fromSequence);
        if (at < 0 || fromSequence < OldestSequence)
            throw new JournalException(JournalErrorCode.NotRetained, $"Partition {partition}: sequence {fromSequence} is no longer in the journal, whose oldest is {OldestSequence}. Ask for a later moment.");
        for (var isEnough = false; !isEnough;)
        {
            var rows = table.ReadRows(partition, at, RowsPerRead, raw =>
            {
                if (isEnough) return;
                var frame = StoredFrame.Check(raw, partition, at);
                isEnough = frame.Header.NextSequence - 1 > DurableSequence || !visitor(frame);
                at = frame.Header.NextSequence;
            });
            isEnough |= rows < RowsPerRead;
        }
    }

    /// <summary>Rows before a sequence were deleted. Any thread.</summary>
    public void NoteOldest(long sequence) => Volatile.Write(ref oldestSequence, sequence);

    /// <inheritdoc/>
    public void Dispose() => isPoisoned = true;

    private byte[] Seal(FrameBuffer payload, FrameHeader fields, out ChainHash chain) => payload.Seal(head, fields, out chain).ToArray();
}
