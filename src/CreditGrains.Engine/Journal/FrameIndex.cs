using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// Sparse map from sequence to place: the kept segments, oldest first, and in each one entry per 64 KiB of frames. One thread
/// appends, any thread reads, retention takes segments from the old end; readers see a consistent list at all times.
/// </summary>
internal sealed class FrameIndex : IDisposable
{
    private readonly Lock _change = new();
    private volatile IndexedSegment[] _segments = [];

    /// <summary>The kept segments, oldest first; the array is never changed.</summary>
    public IndexedSegment[] Segments => _segments;

    /// <summary>The segment that would hold the sequence, or null when it is older than all.</summary>
    public IndexedSegment? Find(long sequence)
    {
        IndexedSegment[] segments = _segments;
        int low = 0;
        int high = segments.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (segments[middle].FirstSequence <= sequence) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? null : segments[low - 1];
    }

    /// <summary>Adds the newest segment.</summary>
    public void Add(IndexedSegment segment)
    {
        lock (_change) _segments = [.. _segments, segment];
    }

    /// <summary>Drops the oldest segment and its handle.</summary>
    public void RemoveOldest(IndexedSegment oldest)
    {
        lock (_change)
        {
            if (_segments.Length == 0 || _segments[0] != oldest) throw new InvalidOperationException("Only the oldest segment is dropped.");
            _segments = _segments[1..];
        }
        oldest.Dispose();
    }

    public void Dispose()
    {
        foreach (IndexedSegment segment in _segments) segment.Dispose();
    }
}

/// <summary>One segment file, the places of some of its frames, and one handle that all readers share.</summary>
internal sealed class IndexedSegment(string name, long firstSequence) : IDisposable
{
    public const int EntryEveryBytes = 64 << 10;
    private Entry[] _entries = new Entry[16];
    private readonly Lock _learning = new();
    private Entry[] _learned = [];
    private int _count;
    private IStoreFile? _readHandle;
    private volatile bool _disposed;

    public string Name { get; } = name;

    public long FirstSequence { get; } = firstSequence;

    /// <summary>Notes a frame if the last noted one is far enough back. Called by one thread, in order.</summary>
    public void Note(long sequence, long offset)
    {
        int count = _count;
        long last = count == 0 ? SegmentHeader.ReservedBytes : _entries[count - 1].Offset;
        if (offset - last < EntryEveryBytes) return;
        Entry[] entries = _entries;
        if (count == entries.Length)
        {
            Array.Resize(ref entries, count * 2);
            Volatile.Write(ref _entries, entries);
        }
        entries[count] = new Entry(sequence, offset);
        // The count is published last: who sees it sees the array and the entry.
        Volatile.Write(ref _count, count + 1);
    }

    /// <summary>
    /// Notes frames that a reader passed on its way: those of an earlier opening were never noted, and without this every read of an old event would go through its segment from the
    /// start. Any thread.
    /// </summary>
    /// <param name="passed">In order, from a place that <see cref="OffsetBefore"/> gave.</param>
    public void Learn(List<(long Sequence, long Offset)> passed)
    {
        lock (_learning)
        {
            long last = _learned.Length == 0 ? SegmentHeader.ReservedBytes : _learned[^1].Offset;
            List<Entry> more = [];
            foreach ((long sequence, long offset) in passed)
            {
                if (offset - last < EntryEveryBytes) continue;
                more.Add(new Entry(sequence, offset));
                last = offset;
            }
            if (more.Count > 0) Volatile.Write(ref _learned, [.. _learned, .. more]);
        }
    }

    /// <summary>Offset of a frame at or before the one that holds the sequence.</summary>
    public long OffsetBefore(long sequence)
    {
        // The count first: whoever sees it sees the array and the entry.
        int count = Volatile.Read(ref _count);
        long noted = Before(Volatile.Read(ref _entries).AsSpan(0, count), sequence);
        return Math.Max(noted, Before(Volatile.Read(ref _learned), sequence));
    }

    private static long Before(ReadOnlySpan<Entry> entries, long sequence)
    {
        int low = 0;
        int high = entries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].Sequence <= sequence) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? SegmentHeader.ReservedBytes : entries[low - 1].Offset;
    }

    /// <summary>The shared handle for reading, opened at first use.</summary>
    /// <exception cref="ObjectDisposedException">The segment was dropped.</exception>
    public IStoreFile OpenShared(IFileStore files)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        IStoreFile? present = Volatile.Read(ref _readHandle);
        if (present is not null) return present;
        IStoreFile opened = files.Open(Name, create: false);
        IStoreFile? other = Interlocked.CompareExchange(ref _readHandle, opened, null);
        if (other is null)
        {
            if (_disposed) opened.Dispose();
            return opened;
        }
        opened.Dispose();
        return other;
    }

    public void Dispose()
    {
        _disposed = true;
        Interlocked.Exchange(ref _readHandle, null)?.Dispose();
    }

    private readonly record struct Entry(long Sequence, long Offset);
}
