using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// Appends frames: one write and one sync each, never two frames in flight. <see cref="TryReserve"/> belongs to the deciding
/// thread, <see cref="Append(FrameBuffer, int, long, long)"/> to the one flusher thread, <see cref="PrepareSpare"/> to any. After a
/// failed write or sync the writer is poisoned: what the disk holds is uncertain and only a new process can find out.
/// </summary>
public sealed class JournalWriter : IDisposable
{
    private readonly JournalOptions _options;
    private readonly SegmentAppender _segments;
    private readonly FrameBuffer _ownBuffer;
    private volatile IFrameSink? _sink;
    private long _nextSequence;
    private long _recordedAt;
    private ChainHash _head;
    private long _durableSequence;
    private long _appendedBytes;
    private long _appendedFrames;
    private int _reservedBefore;
    private volatile Exception? _poison;

    internal JournalWriter(JournalOptions options, SegmentAppender segments, JournalTail tail)
    {
        _options = options;
        _segments = segments;
        _ownBuffer = new FrameBuffer(options.PayloadBytesMax);
        _nextSequence = tail.NextSequence;
        _durableSequence = tail.NextSequence - 1;
        _recordedAt = tail.RecordedAt;
        _head = tail.Chain;
        Epoch = tail.Epoch + 1;
    }

    /// <summary>Number of this opening for writing, one more than any before.</summary>
    public uint Epoch { get; }

    /// <summary>Sequence of the last durable event; the sequence before the first when there is none. Any thread.</summary>
    public long DurableSequence => Volatile.Read(ref _durableSequence);

    /// <summary>Bytes of frames appended since opening, padding included. Any thread.</summary>
    public long AppendedBytes => Volatile.Read(ref _appendedBytes);

    /// <summary>Frames appended, each with one sync, since opening. Any thread.</summary>
    public long AppendedFrames => Volatile.Read(ref _appendedFrames);

    /// <summary>Whether more of the spare segment should be zeroed by now. Any thread.</summary>
    public bool WantsSpare => _segments.Spare.IsBehind(UsedBytes);

    /// <summary>Whether every append waits for a standby. Any thread.</summary>
    public bool IsStandbyRequired => _options.StandbyRequired;

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
        if (_options.StandbyRequired && _sink is not { IsAccepting: true })
        {
            refusal = new JournalRefusal(JournalRefusalReason.StandbyLost, 0, 0);
            return false;
        }
        int frameBytes = FrameLayout.FrameBytes(payloadBytesMax);
        bool fits = _segments.RemainingBytes >= _reservedBefore + (long)frameBytes;
        // A spare takes two largest frames, so it takes this one even if the one before rolls into it first.
        if (!fits && !PrepareSpare(out refusal)) return false;
        _reservedBefore = frameBytes;
        return true;
    }

    /// <summary>Makes sure a spare segment is ready; false when the disk is full. Any thread.</summary>
    /// <exception cref="JournalPoisonedException">An earlier write or sync failed.</exception>
    /// <exception cref="StoreException">The spare could not be written or synced; the writer is now poisoned.</exception>
    public bool PrepareSpare(out JournalRefusal refusal) => PrepareUpTo(_options.SegmentBytes, out refusal);

    /// <summary>Zeroes as much of the spare segment as should be by now, in small steps; false when the disk is full. Any thread.</summary>
    /// <inheritdoc cref="PrepareSpare"/>
    public bool PrepareSpareAhead(out JournalRefusal refusal) => PrepareUpTo(UsedBytes, out refusal);

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

    /// <summary>
    /// Sends every later frame to <paramref name="sink"/> as well, which must be in step with this journal; an earlier sink is
    /// disposed. Flusher thread, between appends.
    /// </summary>
    internal void Attach(IFrameSink sink)
    {
        IFrameSink? before = _sink;
        _sink = sink;
        before?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _poison ??= new ObjectDisposedException(nameof(JournalWriter));
        _segments.Dispose();
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
        MakeRoom(frameBytes);
        try
        {
            var fields = new FrameHeader(payload.Length, eventCount, flags, Epoch, _nextSequence, recordedAt, default, 0);
            ReadOnlySpan<byte> frame = payload.Seal(_head, fields, out ChainHash chain);
            _segments.Append(frame, _nextSequence);
            // After the local sync, so that a standby never holds what this journal may lose.
            SendToStandby(frame, isOpening: flags == FrameFlags.Opening);
            _nextSequence += eventCount;
            _recordedAt = recordedAt;
            _head = chain;
            Volatile.Write(ref _appendedBytes, _appendedBytes + frameBytes);
            Volatile.Write(ref _appendedFrames, _appendedFrames + 1);
            // Last: from here on readers return the frame.
            Volatile.Write(ref _durableSequence, _nextSequence - 1);
        }
        catch (Exception cause)
        {
            _poison ??= cause;
            throw;
        }
    }

    // Refusals before any write leave the writer sound.
    private void MakeRoom(int frameBytes)
    {
        try
        {
            _segments.MakeRoom(frameBytes, _nextSequence, _head, Epoch, _recordedAt);
        }
        catch (Exception cause) when (cause is not StoreFullException)
        {
            _poison ??= cause;
            throw;
        }
    }

    private void SendToStandby(ReadOnlySpan<byte> frame, bool isOpening)
    {
        bool isAcknowledged = _sink?.TryAppend(frame) ?? false;
        if (isAcknowledged || isOpening || !_options.StandbyRequired) return;
        throw new JournalException(JournalErrorCode.StandbyLost,
            "The required standby did not acknowledge a frame. Restart this process and the standby, or drop the requirement.");
    }

    private long UsedBytes => _options.SegmentBytes - _segments.RemainingBytes;

    private bool PrepareUpTo(long usedBytes, out JournalRefusal refusal)
    {
        ThrowIfPoisoned();
        try
        {
            return _segments.Spare.TryPrepareDue(usedBytes, out refusal);
        }
        catch (Exception cause)
        {
            _poison ??= cause;
            throw;
        }
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
