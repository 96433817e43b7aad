using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// Appends frames: one write and one sync each, never two frames in flight. <see cref="TryReserve"/> belongs to the deciding
/// thread, <see cref="Append(FrameBuffer, int, long, long)"/> to the one flusher thread, <see cref="PrepareSpare"/> to any. After a
/// failed write or sync the writer is poisoned: what the disk holds is uncertain and only a new process can find out.
/// </summary>
public sealed class JournalWriter : IDisposable
{
    private readonly IFileStore _files;
    private readonly JournalOptions _options;
    private readonly FrameIndex _index;
    private readonly SpareSegment _spare;
    private readonly IFrameSink? _sink;
    private readonly FrameBuffer _ownBuffer;
    private IndexedSegment? _segment;
    private IStoreFile? _file;
    private long _segmentBytes;
    private long _offset;
    private long _nextSequence;
    private long _recordedAt;
    private ChainHash _head;
    private long _remainingBytes;
    private long _durableSequence;
    private long _appendedBytes;
    private int _reservedBefore;
    private volatile Exception? _poison;

    internal JournalWriter(
        IFileStore files, JournalOptions options, FrameIndex index, JournalTail tail, IStoreFile? file, IFrameSink? sink)
    {
        _files = files;
        _options = options;
        _index = index;
        _sink = sink;
        _spare = new SpareSegment(files, options.SegmentBytes);
        _ownBuffer = new FrameBuffer(options.PayloadBytesMax);
        _segment = tail.Segment;
        _file = file;
        _segmentBytes = tail.SegmentBytes;
        _offset = tail.Offset;
        _remainingBytes = _segmentBytes - _offset;
        _nextSequence = tail.NextSequence;
        _durableSequence = tail.NextSequence - 1;
        _recordedAt = tail.RecordedAt;
        _head = tail.Chain;
        Epoch = checked(tail.Epoch + 1);
    }

    /// <summary>Number of this opening for writing, one more than any before.</summary>
    public uint Epoch { get; }

    /// <summary>Sequence of the last durable event; the sequence before the first when there is none. Any thread.</summary>
    public long DurableSequence => Volatile.Read(ref _durableSequence);

    /// <summary>Bytes of frames appended since opening, padding included. Any thread.</summary>
    public long AppendedBytes => Volatile.Read(ref _appendedBytes);

    /// <summary>Whether a spare segment should be prepared soon. Any thread.</summary>
    public bool WantsSpare => !_spare.IsReady;

    /// <summary>Whether an earlier failure ended appending. Any thread.</summary>
    public bool IsPoisoned => _poison is not null;

    /// <summary>Sequence of the next event. Flusher thread.</summary>
    public long NextSequence => _nextSequence;

    /// <summary>Hash of the last durable frame and all before it. Flusher thread.</summary>
    public ChainHash Head => _head;

    /// <summary>Time of the last frame, microseconds since the Unix epoch. Flusher thread.</summary>
    public long LastRecordedAt => _recordedAt;

    /// <summary>
    /// Makes sure that one frame of at most <paramref name="payloadBytesMax"/> can be appended behind the one reserved last, which
    /// may still be on its way. May zero a new segment, so prepare spares ahead. Deciding thread only.
    /// </summary>
    /// <param name="payloadBytesMax">1 to the option's largest payload, in bytes.</param>
    /// <param name="refusal">The cause when false.</param>
    /// <returns>False when the frame cannot be taken now; ask again later, nothing is lost.</returns>
    /// <exception cref="JournalPoisonedException">An earlier write or sync failed.</exception>
    public bool TryReserve(int payloadBytesMax, out JournalRefusal refusal)
    {
        ThrowIfPoisoned();
        CheckPayload(payloadBytesMax);
        refusal = default;
        if (_sink is { IsAccepting: false })
        {
            refusal = new JournalRefusal(JournalRefusalReason.StandbyLost, 0, 0);
            return false;
        }
        int frameBytes = FrameLayout.FrameBytes(payloadBytesMax);
        bool fits = Volatile.Read(ref _remainingBytes) >= _reservedBefore + (long)frameBytes;
        // A spare takes two largest frames, so it takes this one even if the one before rolls into it first.
        if (!fits && !PrepareSpare(out refusal)) return false;
        _reservedBefore = frameBytes;
        return true;
    }

    /// <summary>Makes sure a spare segment is ready; false when the disk is full. Any thread.</summary>
    /// <exception cref="JournalPoisonedException">An earlier write or sync failed.</exception>
    /// <exception cref="StoreException">The spare could not be written or synced; the writer is now poisoned.</exception>
    public bool PrepareSpare(out JournalRefusal refusal)
    {
        ThrowIfPoisoned();
        try
        {
            return _spare.TryPrepare(out refusal);
        }
        catch (Exception cause)
        {
            _poison ??= cause;
            throw;
        }
    }

    /// <summary>Appends a copy of the payload as one durable frame. Flusher thread only.</summary>
    /// <inheritdoc cref="Append(FrameBuffer, int, long, long)"/>
    public void Append(ReadOnlySpan<byte> payload, int eventCount, long firstSequence, long recordedAt)
    {
        CheckPayload(payload.Length);
        _ownBuffer.Clear();
        payload.CopyTo(_ownBuffer.GetSpan(payload.Length));
        _ownBuffer.Advance(payload.Length);
        Append(_ownBuffer, eventCount, firstSequence, recordedAt);
    }

    /// <summary>
    /// Appends the buffer's payload as one durable frame; when it returns the events are durable. Flusher thread only. The payload
    /// must hold no run of 512 zero bytes: recovery reads one as a sector that never reached the disk.
    /// </summary>
    /// <param name="payload">The events; the caller may reuse the buffer after the call.</param>
    /// <param name="eventCount">Events in it, 1 to 16,777,215.</param>
    /// <param name="firstSequence">Sequence of the first; must be <see cref="NextSequence"/>.</param>
    /// <param name="recordedAt">Writer time in microseconds since the Unix epoch; not before the last frame's.</param>
    /// <exception cref="ArgumentException">An argument is out of range; nothing was written and the writer stays sound.</exception>
    /// <exception cref="StoreFullException">No reservation and no space; nothing was written and the writer stays sound.</exception>
    /// <exception cref="StoreException">A write or sync failed; the writer is now poisoned.</exception>
    /// <exception cref="JournalPoisonedException">An earlier write or sync failed.</exception>
    public void Append(FrameBuffer payload, int eventCount, long firstSequence, long recordedAt)
    {
        ArgumentNullException.ThrowIfNull(payload);
        ThrowIfPoisoned();
        CheckPayload(payload.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(eventCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(eventCount, FrameHeader.EventCountMax);
        ArgumentOutOfRangeException.ThrowIfNotEqual(firstSequence, _nextSequence);
        ArgumentOutOfRangeException.ThrowIfLessThan(recordedAt, _recordedAt);
        AppendFrame(payload, FrameFlags.None, eventCount, recordedAt);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _poison ??= new ObjectDisposedException(nameof(JournalWriter));
        _file?.Dispose();
        _spare.Dispose();
        _sink?.Dispose();
    }

    /// <summary>The first act of an opening: an empty frame that carries the new epoch.</summary>
    internal void AppendOpening(long recordedAt)
    {
        _ownBuffer.Clear();
        AppendFrame(_ownBuffer, FrameFlags.Opening, 0, Math.Max(recordedAt, _recordedAt));
    }

    private void AppendFrame(FrameBuffer payload, FrameFlags flags, int eventCount, long recordedAt)
    {
        int frameBytes = FrameLayout.FrameBytes(payload.Length);
        if (_segmentBytes - _offset < frameBytes) Roll();
        try
        {
            var fields = new FrameHeader(payload.Length, eventCount, flags, Epoch, _nextSequence, recordedAt, default, 0);
            ReadOnlySpan<byte> frame = payload.Seal(_head, fields, out ChainHash chain);
            _file!.Write(_offset, frame);
            _file.Sync();
            _sink?.Append(fields with { Chain = chain }, frame);
            Advance(frameBytes, eventCount, recordedAt, chain);
        }
        catch (Exception cause)
        {
            _poison ??= cause;
            throw;
        }
    }

    private void Advance(int frameBytes, int eventCount, long recordedAt, ChainHash chain)
    {
        _segment!.Note(_nextSequence, _offset);
        _offset += frameBytes;
        _nextSequence += eventCount;
        _recordedAt = recordedAt;
        _head = chain;
        Volatile.Write(ref _remainingBytes, _segmentBytes - _offset);
        Volatile.Write(ref _appendedBytes, _appendedBytes + frameBytes);
        // Last: from here on readers return the frame.
        Volatile.Write(ref _durableSequence, _nextSequence - 1);
    }

    private void Roll()
    {
        if (_segment is not null && _segment.FirstSequence == _nextSequence)
        {
            throw new JournalException(JournalErrorCode.FullOfOpenings,
                $"Segment '{_segment.Name}' is full of openings and holds no event. Raise SegmentBytes, or find out what restarts this process.");
        }
        string name = SegmentName.Of(_nextSequence);
        SpareSegment.Prepared? spare = _spare.Take();
        if (spare is null)
        {
            if (!PrepareSpare(out _)) throw new StoreFullException(name);
            spare = _spare.Take() ?? throw new InvalidOperationException("Only the flusher takes the spare segment.");
        }
        try
        {
            var header = new SegmentHeader(_options.PartitionId, _nextSequence, _head, Epoch, _options.SegmentBytes, _recordedAt);
            Span<byte> stored = stackalloc byte[SegmentHeader.StoredBytes];
            header.Write(stored);
            spare.File.Write(0, stored);
            spare.File.Sync();
            // The name comes after the durable header, so a segment of this name without a sound header is damage, not a crash.
            _files.Rename(spare.Name, name);
            _files.SyncDirectory();
        }
        catch (Exception cause)
        {
            _poison ??= cause;
            spare.File.Dispose();
            throw;
        }
        _file?.Dispose();
        _file = spare.File;
        _segment = new IndexedSegment(name, _nextSequence);
        _index.Add(_segment);
        _segmentBytes = _options.SegmentBytes;
        _offset = SegmentHeader.ReservedBytes;
        Volatile.Write(ref _remainingBytes, _segmentBytes - _offset);
    }

    private void CheckPayload(int payloadBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(payloadBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadBytes, _options.PayloadBytesMax);
    }

    private void ThrowIfPoisoned()
    {
        if (_poison is { } cause) throw new JournalPoisonedException(cause);
    }
}
