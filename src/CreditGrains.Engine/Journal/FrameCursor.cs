using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// Reads durable frames one after the other from a sequence on, verifying checksums and, from the second frame on, the chain.
/// At the durable end it waits for nobody: ask again later. One thread at a time; the writer may append meanwhile.
/// </summary>
public sealed class FrameCursor : IDisposable
{
    private readonly IFileStore _files;
    private readonly FrameIndex _index;
    private readonly Func<long> _durableSequence;
    private readonly SegmentWindow _window;
    private IndexedSegment? _segment;
    private long _offset;
    private long _durableWhenRead = -1;
    private ChainHash? _chain;
    private bool _seeking = true;

    /// <summary>
    /// Begins at the openings before the sequence, not at the frame that holds it, as a copy of the journal needs them all.
    /// </summary>
    internal bool BeginsAtOpenings { get; init; }

    /// <summary>Reads up to the last sound frame, durable or not; what lies behind may be on its way.</summary>
    internal bool ReadsToLastFrame { get; set; }

    /// <summary>Hash of the frame before the next one; set once the cursor has found its place, unless it begins inside a segment.</summary>
    internal ChainHash? Chain => _chain;

    internal FrameCursor(IFileStore files, FrameIndex index, Func<long> durableSequence, long sequence, int chunkBytes)
    {
        _files = files;
        _index = index;
        _durableSequence = durableSequence;
        _window = new SegmentWindow(chunkBytes);
        NextSequence = sequence;
    }

    /// <summary>Sequence the next frame holds: its first event, or, before the first frame, the one asked for.</summary>
    public long NextSequence { get; private set; }

    /// <summary>
    /// Reads the next durable frame. Frames that mark an opening are returned too; they have no events. The first frame is the one
    /// that holds the sequence asked for, perhaps not as its first event.
    /// </summary>
    /// <param name="frame">Valid until the next call.</param>
    /// <returns>False at the durable end.</returns>
    /// <exception cref="JournalDamagedException">The disk returns other bytes than were appended.</exception>
    /// <exception cref="JournalException">Retention deleted the segment (<see cref="JournalErrorCode.NotRetained"/>).</exception>
    public bool TryRead(out Frame frame)
    {
        frame = default;
        if (!IsDurable()) return false;
        try
        {
            if (_seeking) Seek();
            return TryReadNext(out frame);
        }
        catch (Exception cause) when (cause is ObjectDisposedException or StoreFileException)
        {
            throw NotRetained(cause);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _window.Dispose();

    // The window may hold bytes read before they were written, so it is read again once the frame wanted has become durable.
    private bool IsDurable()
    {
        if (ReadsToLastFrame)
        {
            _window.Invalidate();
            return true;
        }
        if (NextSequence <= _durableWhenRead) return true;
        _durableWhenRead = _durableSequence();
        _window.Invalidate();
        return NextSequence <= _durableWhenRead;
    }

    internal void Seek()
    {
        long from = BeginsAtOpenings ? Math.Max(NextSequence - 1, _index.Segments is [var oldest, ..] ? oldest.FirstSequence : 0) : NextSequence;
        EnterSegment(from);
        _offset = BeginsAtOpenings ? _segment!.OffsetBefore(NextSequence - 1) : _segment!.OffsetBefore(NextSequence);
        if (_offset == SegmentHeader.ReservedBytes)
            _chain = SegmentHeader.Read(_window.At(0, SegmentHeader.StoredBytes)).PreviousChain;
        long noted = _offset;
        List<(long Sequence, long Offset)>? passed = null;
        while (true)
        {
            FrameVerdict verdict = FrameCheck.HeaderAt(_window, _offset, _window.FileBytes, out FrameHeader header);
            // Nothing behind the frame before: what is wanted begins the next segment, or is not written yet.
            if (verdict == FrameVerdict.Empty && BeginsAtOpenings) break;
            if (verdict != FrameVerdict.Valid) throw Damaged(verdict);
            if (header.NextSequence > NextSequence || (BeginsAtOpenings && header.FirstSequence == NextSequence)) break;
            _chain = header.Chain;
            if (_offset - noted >= IndexedSegment.EntryEveryBytes) (passed ??= []).Add((header.FirstSequence, noted = _offset));
            _offset += header.FrameBytes;
        }
        if (passed is not null) _segment!.Learn(passed);
        _seeking = false;
    }

    private bool TryReadNext(out Frame frame)
    {
        frame = default;
        FrameVerdict verdict = FrameCheck.At(_window, _offset, _window.FileBytes, out FrameHeader header, out Span<byte> raw);
        if (verdict == FrameVerdict.Empty && _index.Find(NextSequence) != _segment)
        {
            EnterSegment(NextSequence);
            _offset = SegmentHeader.ReservedBytes;
            verdict = FrameCheck.At(_window, _offset, _window.FileBytes, out header, out raw);
        }
        if (verdict != FrameVerdict.Valid && ReadsToLastFrame) return false;
        if (verdict != FrameVerdict.Valid) throw Damaged(verdict);
        if (_chain is { } previous && ChainHash.Extend(previous, raw, header.PayloadLength) != header.Chain) throw Damaged(verdict);
        _chain = header.Chain;
        _offset += raw.Length;
        NextSequence = header.NextSequence;
        frame = new Frame(header, raw);
        return true;
    }

    private void EnterSegment(long sequence)
    {
        _segment = _index.Find(sequence) ?? throw NotRetained(null);
        _window.Attach(_segment.OpenShared(_files));
    }

    private JournalException NotRetained(Exception? cause) => new(JournalErrorCode.NotRetained,
        $"Sequence {NextSequence} is older than the oldest kept segment. Read it from an archive, or begin later.", cause);

    private JournalDamagedException Damaged(FrameVerdict verdict) => new(
        verdict == FrameVerdict.Valid ? JournalErrorCode.BrokenChain : JournalErrorCode.Damaged,
        _segment!.Name, _offset, NextSequence, "a frame that was durable reads back differently.");
}
