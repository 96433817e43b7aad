using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Journal;

/// <summary>Reads durable frames, from any thread, while the writer appends. What is not flushed is not visible.</summary>
public sealed class JournalReader
{
    private readonly IFileStore _files;
    private readonly FrameIndex _index;
    private readonly Func<long> _durableSequence;

    internal JournalReader(IFileStore files, FrameIndex index, Func<long> durableSequence)
    {
        _files = files;
        _index = index;
        _durableSequence = durableSequence;
    }

    /// <summary>Sequence of the last durable event.</summary>
    public long DurableSequence => _durableSequence();

    /// <summary>Sequence at which the oldest kept segment begins.</summary>
    public long OldestSequence => _index.Segments is [var oldest, ..] ? oldest.FirstSequence : DurableSequence + 1;

    /// <summary>A cursor whose first frame is the one that holds <paramref name="sequence"/>; the caller disposes it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is below 1.</exception>
    public FrameCursor ReadFrom(long sequence) => Cursor(sequence, SegmentWindow.SequentialChunkBytes);

    /// <summary>The frame that holds the event, or null when it is not durable yet; the caller disposes it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is below 1.</exception>
    /// <exception cref="JournalDamagedException">The disk returns other bytes than were appended.</exception>
    /// <exception cref="JournalException">Retention deleted the segment (<see cref="JournalErrorCode.NotRetained"/>).</exception>
    public PooledFrame? ReadFrameContaining(long sequence)
    {
        using FrameCursor cursor = Cursor(sequence, SegmentWindow.RandomChunkBytes);
        return cursor.TryRead(out Frame frame) ? new PooledFrame(frame) : null;
    }

    /// <summary>A cursor for a copy that has every frame before <paramref name="sequence"/> and perhaps openings at it.</summary>
    internal FrameCursor ReadForCopy(long sequence) =>
        new(_files, _index, _durableSequence, sequence, SegmentWindow.SequentialChunkBytes) { BeginsAtOpenings = true };

    private FrameCursor Cursor(long sequence, int chunkBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 1);
        return new FrameCursor(_files, _index, _durableSequence, sequence, chunkBytes);
    }
}
