namespace CreditGrains.Engine.Journal;

/// <summary>
/// The journal of one partition as the partition uses it: segment files, or rows of a database. The partition owns it and disposes of it.
/// A batch is one frame in the format of docs/journal-format.md, chained to the frame before whatever keeps it; sequences have no gap; at most
/// one append is on its way. An implementation is already recovered and fenced: no other writer can append any more.
/// </summary>
internal interface IEventJournal : IDisposable
{
    /// <summary>Sequence of the last durable event; the one before the first when there is none. Any thread.</summary>
    long DurableSequence { get; }

    /// <summary>Sequence of the oldest event kept; one above the durable when there is none. Any thread.</summary>
    long OldestSequence { get; }

    /// <summary>Writer time of the last frame, microseconds; the least value when there is none. Flushing thread.</summary>
    long LastRecordedAt { get; }

    /// <summary>Bytes of frames appended since opening. Any thread.</summary>
    long AppendedBytes { get; }

    /// <summary>Whether one more frame of at most so many bytes can be appended behind the one on its way. Deciding thread.</summary>
    /// <param name="payloadBytesMax">Bytes of its payload, at most.</param>
    /// <param name="refusal">The cause when false; nothing is lost, ask again later.</param>
    bool TryReserve(int payloadBytesMax, out JournalRefusal refusal);

    /// <summary>Appends one frame; the events are durable when it completes. A failure poisons the journal: memory is ahead of it for good.</summary>
    /// <param name="payload">The events; belongs to the journal until it completes.</param>
    /// <param name="eventCount">Events in it, 1 or more.</param>
    /// <param name="firstSequence">Sequence of the first.</param>
    /// <param name="recordedAt">Writer time, microseconds; not before the last frame's.</param>
    ValueTask AppendAsync(FrameBuffer payload, int eventCount, long firstSequence, long recordedAt);

    /// <summary>The durable frame that holds an event; null when it is not durable yet. The caller disposes it. Any thread.</summary>
    PooledFrame? ReadFrameContaining(long sequence);

    /// <summary>Shows durable frames in order, from the one that holds a sequence, until there are no more or the visitor has seen enough. Blocks; any thread.</summary>
    /// <exception cref="JournalException">Retention deleted the frame (<see cref="JournalErrorCode.NotRetained"/>), or it is damaged.</exception>
    void ReadFrames(long fromSequence, FrameFilter visitor);
}
