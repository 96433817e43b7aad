using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// Puts finished frames at the end of the last segment and moves on to the spare when one does not fit. Knows nothing of what the
/// frames mean. One thread appends; any thread prepares the spare and asks for the room left.
/// </summary>
internal sealed class SegmentAppender : IDisposable
{
    private readonly IFileStore _files;
    private readonly JournalOptions _options;
    private readonly FrameIndex _index;
    private readonly SpareSegment _spare;
    private IndexedSegment? _segment;
    private IStoreFile? _file;
    private long _segmentBytes;
    private long _offset;
    private long _remainingBytes;

    public SegmentAppender(IFileStore files, JournalOptions options, FrameIndex index, JournalTail tail, IStoreFile? file)
    {
        _files = files;
        _options = options;
        _index = index;
        _spare = new SpareSegment(files, options.SegmentBytes);
        _segment = tail.Segment;
        _file = file;
        _segmentBytes = tail.SegmentBytes;
        _offset = tail.Offset;
        _remainingBytes = _segmentBytes - _offset;
    }

    /// <summary>Bytes left in the current segment. Any thread.</summary>
    public long RemainingBytes => Volatile.Read(ref _remainingBytes);

    /// <summary>The segment made ahead of need.</summary>
    public SpareSegment Spare => _spare;

    /// <summary>
    /// Finds room for a frame, without a change when it throws for a full disk: rolls to the spare, made now if there is none.
    /// </summary>
    /// <exception cref="StoreFullException">No room and no space for another segment.</exception>
    public void MakeRoom(int frameBytes, long nextSequence, ChainHash head, uint epoch, long recordedAt)
    {
        if (_segmentBytes - _offset >= frameBytes) return;
        if (_segment is not null && _segment.FirstSequence == nextSequence)
        {
            throw new JournalException(JournalErrorCode.FullOfOpenings,
                $"Segment '{_segment.Name}' is full of openings and holds no event. Raise SegmentBytes, or find out what restarts this process.");
        }
        // The room first: the deciding thread, seeing neither room nor spare in between, would zero a segment of its own.
        if (_spare.IsReady) Volatile.Write(ref _remainingBytes, _options.SegmentBytes - SegmentHeader.ReservedBytes);
        SpareSegment.Prepared? spare = _spare.Take();
        if (spare is null)
        {
            if (!_spare.TryPrepare(out _)) throw new StoreFullException(SegmentName.Of(nextSequence));
            spare = _spare.Take() ?? throw new InvalidOperationException("Only the appending thread takes the spare segment.");
        }
        Roll(spare, new SegmentHeader(_options.PartitionId, nextSequence, head, epoch, _options.SegmentBytes, recordedAt));
    }

    /// <summary>Writes and syncs one frame for which <see cref="MakeRoom"/> found room, and indexes it.</summary>
    public void Append(ReadOnlySpan<byte> frame, long firstSequence)
    {
        _file!.Write(_offset, frame);
        _file.Sync();
        _segment!.Note(firstSequence, _offset);
        _offset += frame.Length;
        Volatile.Write(ref _remainingBytes, _segmentBytes - _offset);
    }

    public void Dispose()
    {
        _file?.Dispose();
        _spare.Dispose();
    }

    private void Roll(SpareSegment.Prepared spare, SegmentHeader header)
    {
        string name = SegmentName.Of(header.FirstSequence);
        try
        {
            Span<byte> stored = stackalloc byte[SegmentHeader.StoredBytes];
            header.Write(stored);
            spare.File.Write(0, stored);
            spare.File.Sync();
            // The name comes after the durable header, so a segment of this name without a sound header is damage, not a crash.
            _files.Rename(spare.Name, name);
            _files.SyncDirectory();
        }
        catch
        {
            spare.File.Dispose();
            throw;
        }
        _file?.Dispose();
        _file = spare.File;
        _segment = new IndexedSegment(name, header.FirstSequence);
        _index.Add(_segment);
        _segmentBytes = header.SegmentBytes;
        _offset = SegmentHeader.ReservedBytes;
        Volatile.Write(ref _remainingBytes, _segmentBytes - _offset);
    }
}
