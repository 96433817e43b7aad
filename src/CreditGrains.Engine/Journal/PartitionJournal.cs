using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// The journal of one partition, open for writing: recovered, mended, and marked with a new epoch. Holds the store's lock until
/// disposed.
/// </summary>
public sealed class PartitionJournal : IEventJournal
{
    private readonly IFileStore _files;
    private readonly FrameIndex _index;
    private readonly IDisposable _hold;

    private PartitionJournal(IFileStore files, FrameIndex index, JournalWriter writer, JournalReport recovery, IDisposable hold)
    {
        _files = files;
        _index = index;
        _hold = hold;
        Writer = writer;
        Recovery = recovery;
        Reader = new JournalReader(files, index, () => writer.DurableSequence);
    }

    /// <summary>Whether every append waits for a standby, and none is taken without one.</summary>
    public bool IsStandbyRequired => Writer.IsStandbyRequired;

    /// <summary>Appends.</summary>
    public JournalWriter Writer { get; }

    /// <summary>Reads what is durable.</summary>
    public JournalReader Reader { get; }

    /// <summary>What recovery found and mended.</summary>
    public JournalReport Recovery { get; }

    /// <summary>
    /// Takes the store's lock, verifies the journal from <paramref name="fromSequence"/> to its end, shows each frame to
    /// <paramref name="visitor"/>, cuts an incomplete last frame, and appends a frame that opens a new epoch. A new journal is
    /// begun in an empty store. On any refusal nothing durable has changed.
    /// </summary>
    /// <param name="files">The partition's store.</param>
    /// <param name="options">Layout; validated here.</param>
    /// <param name="recordedAt">Writer time in microseconds since the Unix epoch; raised to the last frame's if earlier.</param>
    /// <param name="fromSequence">First sequence needed: the one after the snapshot's. The frame that holds it comes whole.</param>
    /// <param name="visitor">Receives the frames for replay; null only verifies.</param>
    /// <exception cref="JournalException">The journal must not be used as it is; the message says why and what to do.</exception>
    /// <exception cref="StoreException">The store refused: locked, full, read-only, failing.</exception>
    public static PartitionJournal Open(
        IFileStore files,
        JournalOptions options,
        long recordedAt,
        long fromSequence = 1,
        FrameVisitor? visitor = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        IDisposable hold = files.Lock();
        try
        {
            return OpenHeld(files, hold, options, recordedAt, fromSequence, visitor);
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="Open"/>, under a lock the caller took; it passes to the journal unless this throws.</summary>
    /// <inheritdoc cref="Open"/>
    internal static PartitionJournal OpenHeld(
        IFileStore files,
        IDisposable hold,
        JournalOptions options,
        long recordedAt,
        long fromSequence,
        FrameVisitor? visitor)
    {
        options.Validate();
        var index = new FrameIndex();
        JournalWriter? writer = null;
        try
        {
            JournalTail tail = new JournalScan(files, options, index, visitor).Run(fromSequence);
            IStoreFile? file = JournalRepair.Mend(files, tail);
            writer = new JournalWriter(options, new SegmentAppender(files, options, index, tail, file), tail);
            writer.AppendOpening(recordedAt);
            return new PartitionJournal(files, index, writer, JournalReport.Of(tail), hold);
        }
        catch
        {
            writer?.Dispose();
            index.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads and verifies without changing anything or taking the lock; of a journal in use the last frame may look incomplete.
    /// </summary>
    /// <inheritdoc cref="Open"/>
    public static JournalReport Verify(IFileStore files, JournalOptions options, long fromSequence = 1, FrameVisitor? visitor = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using var index = new FrameIndex();
        return JournalReport.Of(new JournalScan(files, options, index, visitor).Run(fromSequence));
    }

    /// <summary>
    /// Deletes the segments whose every event lies before <paramref name="sequence"/>, oldest first; never the last segment.
    /// Any thread, one at a time.
    /// </summary>
    /// <param name="sequence">First sequence still needed, by every snapshot, feed and history kept.</param>
    /// <returns>How many segments were deleted.</returns>
    /// <exception cref="StoreException">A deletion failed; those before it hold.</exception>
    public int DeleteSegmentsBefore(long sequence)
    {
        int deleted = 0;
        while (_index.Segments is [var oldest, var next, ..] && next.FirstSequence <= Math.Min(sequence, Writer.DurableSequence + 1))
        {
            _index.RemoveOldest(oldest);
            _files.Delete(oldest.Name);
            // One by one: deletions that reach the disk out of order would leave a hole in the middle.
            _files.SyncDirectory();
            deleted++;
        }
        return deleted;
    }

    /// <summary>The segments that are full, oldest first: they do not change any more.</summary>
    internal IReadOnlyList<IndexedSegment> FullSegments => _index.Segments is [.. var full, _] ? full : [];

    /// <summary>First sequence of the segment that is appended to; 1 of a new journal.</summary>
    internal long OpenSegmentSequence => _index.Segments is [.., var last] ? last.FirstSequence : 1;

    long IEventJournal.DurableSequence => Reader.DurableSequence;

    long IEventJournal.OldestSequence => Reader.OldestSequence;

    long IEventJournal.LastRecordedAt => Writer.LastRecordedAt;

    long IEventJournal.AppendedBytes => Writer.AppendedBytes;

    bool IEventJournal.TryReserve(int payloadBytesMax, out JournalRefusal refusal) => Writer.TryReserve(payloadBytesMax, out refusal);

    ValueTask IEventJournal.AppendAsync(FrameBuffer payload, int eventCount, long firstSequence, long recordedAt)
    {
        Writer.Append(payload, eventCount, firstSequence, recordedAt);
        return default;
    }

    PooledFrame? IEventJournal.ReadFrameContaining(long sequence) => Reader.ReadFrameContaining(sequence);

    /// <inheritdoc/>
    public void Dispose()
    {
        Writer.Dispose();
        _index.Dispose();
        _hold.Dispose();
    }
}
