using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Journal.Standby;

/// <summary>
/// A standby's copy of a partition's journal: receives frames, verifies each against its own chain, appends it unchanged, syncs,
/// acknowledges. Holds its store's lock; to promote it, dispose it and open the store with <see cref="PartitionJournal.Open"/>:
/// the new epoch makes frames of the old writer refused from then on. One thread.
/// </summary>
public sealed class StandbyJournal : IDisposable
{
    private readonly JournalOptions _options;
    private readonly SegmentAppender _segments;
    private readonly FrameIndex _index;
    private readonly FrameVisitor? _visitor;
    private readonly IDisposable _hold;
    private StandbyPosition _position;
    private uint _frameEpoch;
    private long _recordedAt;
    private bool _isPoisoned;

    private StandbyJournal(
        JournalOptions options, SegmentAppender segments, FrameIndex index, JournalTail tail, FrameVisitor? visitor, IDisposable hold)
    {
        _options = options;
        _segments = segments;
        _index = index;
        _visitor = visitor;
        _hold = hold;
        _position = new StandbyPosition(options.PartitionId, tail.Epoch, tail.NextSequence, tail.Chain);
        _frameEpoch = tail.FrameEpoch;
        _recordedAt = tail.RecordedAt;
        Recovery = JournalReport.Of(tail);
    }

    /// <summary>What recovery found and mended.</summary>
    public JournalReport Recovery { get; }

    /// <summary>Sequence of the next event to come.</summary>
    public long NextSequence => _position.NextSequence;

    /// <summary>Hash of the last frame.</summary>
    public ChainHash Head => _position.Chain;

    /// <summary>Whether the local disk failed, so that only a restart can tell what is here.</summary>
    public bool IsPoisoned => _isPoisoned;

    /// <summary>Recovers the copy as <see cref="PartitionJournal.Open"/> does, but opens no epoch.</summary>
    /// <param name="files">The standby's own store.</param>
    /// <param name="options">The partition's options; sizes may differ from the writer's, the partition may not.</param>
    /// <param name="fromSequence">First sequence the visitor needs.</param>
    /// <param name="visitor">Receives every frame, recovered or received, once it is durable here; null for a cold standby.</param>
    /// <exception cref="JournalException">The copy must not be used as it is.</exception>
    /// <exception cref="StoreException">The store refused.</exception>
    public static StandbyJournal Open(IFileStore files, JournalOptions options, long fromSequence = 1, FrameVisitor? visitor = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        IDisposable hold = files.Lock();
        var index = new FrameIndex();
        try
        {
            JournalTail tail = new JournalScan(files, options, index, visitor).Run(fromSequence);
            var segments = new SegmentAppender(files, options, index, tail, JournalRepair.Mend(files, tail));
            return new StandbyJournal(options, segments, index, tail, visitor, hold);
        }
        catch
        {
            index.Dispose();
            hold.Dispose();
            throw;
        }
    }

    /// <summary>Says hello and takes frames until the writer closes the stream.</summary>
    /// <exception cref="JournalException">The writer refused this standby, or sent a frame that does not follow; it was told.</exception>
    /// <exception cref="StoreException">The local disk failed; nothing was acknowledged, and this instance takes no more frames.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    public void Serve(Stream stream)
    {
        if (_isPoisoned) throw new JournalException(JournalErrorCode.Poisoned, "An earlier write or sync failed. Restart the standby to recover.");
        using var messages = new StandbyMessages(stream);
        Span<byte> position = stackalloc byte[StandbyPosition.Bytes];
        _position.Write(position);
        messages.Send(StandbyMessage.Hello, position);
        while (true)
        {
            Span<byte> raw;
            StandbyMessage kind;
            try
            {
                raw = messages.Receive(StandbyMessage.Frame, StandbyMessage.Probe, out kind);
            }
            catch (EndOfStreamException)
            {
                return;
            }
            if (kind == StandbyMessage.Frame) Take(messages, raw);
            _position.Write(position);
            messages.Send(StandbyMessage.Acknowledgement, position);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _segments.Dispose();
        _index.Dispose();
        _hold.Dispose();
    }

    private void Take(StandbyMessages messages, Span<byte> raw)
    {
        FrameHeader header;
        try
        {
            header = ReceivedFrame.Judge(raw, _position, _frameEpoch);
        }
        catch (JournalException refusal)
        {
            messages.SendRefusal(refusal.Code, refusal.Message);
            throw;
        }
        try
        {
            _segments.MakeRoom(raw.Length, _position.NextSequence, _position.Chain, header.Epoch, _recordedAt);
            _segments.Append(raw, header.FirstSequence);
        }
        catch (Exception cause) when (cause is not StoreFullException)
        {
            _isPoisoned = true;
            throw;
        }
        _position = new StandbyPosition(_options.PartitionId, Math.Max(_position.Epoch, header.Epoch), header.NextSequence, header.Chain);
        _frameEpoch = header.Epoch;
        _recordedAt = header.RecordedAt;
        _visitor?.Invoke(new Frame(header, raw));
    }
}
