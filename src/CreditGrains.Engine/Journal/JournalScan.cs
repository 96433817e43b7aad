using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// Reads the journal from one sequence to its end, verifies every frame and its place, shows each to a visitor and fills the
/// index. Changes nothing: what must be mended is in the result. Segments before the one that holds the sequence are checked by
/// their headers only, and the chain hash in that segment's header is taken as proven.
/// </summary>
internal sealed class JournalScan(IFileStore files, JournalOptions options, FrameIndex index, FrameVisitor? visitor)
{
    private long _nextSequence = options.FirstSequence;
    private ChainHash _chain = ChainHash.Genesis(options.PartitionId);
    private uint _frameEpoch;
    private uint _highestEpoch;
    private long _recordedAt = long.MinValue;
    private long _frames;
    private long _bytes;

    /// <exception cref="JournalException">The journal is damaged, incomplete, foreign, or does not hold the sequence.</exception>
    public JournalTail Run(long fromSequence)
    {
        List<string> leftovers = [];
        List<IndexedSegment> segments = ListSegments(leftovers);
        int first = segments.FindLastIndex(segment => segment.FirstSequence <= fromSequence);
        SegmentTail last = default;
        using var window = new SegmentWindow(SegmentWindow.SequentialChunkBytes);
        for (int i = 0; i < segments.Count; i++)
        {
            using IStoreFile file = files.Open(segments[i].Name, create: false);
            window.Attach(file);
            SegmentHeader header = SegmentCheck.Header(window, segments[i], options.PartitionId);
            if (first < 0) throw NotRetained(fromSequence, header.FirstSequence);
            if (i == first) Begin(header);
            if (i >= first) last = ScanSegment(window, segments[i], header, isLast: i == segments.Count - 1);
            index.Add(segments[i]);
        }
        if (_nextSequence < fromSequence)
        {
            throw new JournalException(JournalErrorCode.EndsTooEarly,
                $"The journal ends before sequence {_nextSequence}, but {fromSequence} is known to have been reached. "
                + "Durable frames are missing: restore the partition from a backup or a standby.");
        }
        return Tail(segments.Count == 0 ? null : segments[^1], last, leftovers);
    }

    private static JournalException NotRetained(long fromSequence, long oldest) => new(JournalErrorCode.NotRetained,
        $"Sequence {fromSequence} was asked for, but the oldest kept segment begins at {oldest}. "
        + "Restore the older segments, or begin from a newer snapshot.");

    private List<IndexedSegment> ListSegments(List<string> leftovers)
    {
        List<IndexedSegment> segments = [];
        foreach (string name in files.List())
        {
            if (SegmentName.IsSpare(name)) leftovers.Add(name);
            if (!SegmentName.TryParse(name, out long firstSequence)) continue;
            if (firstSequence < 1)
            {
                throw new JournalException(JournalErrorCode.MisnamedSegment,
                    $"'{name}' is named like a segment but has no sequence of 20 digits. Give it its name back, or move it away.");
            }
            segments.Add(new IndexedSegment(name, firstSequence));
        }
        return segments;
    }

    private void Begin(SegmentHeader header)
    {
        _nextSequence = header.FirstSequence;
        if (header.FirstSequence > options.FirstSequence) _chain = header.PreviousChain;
        _frameEpoch = header.Epoch;
        _recordedAt = header.PreviousRecordedAt;
    }

    private SegmentTail ScanSegment(SegmentWindow window, IndexedSegment segment, SegmentHeader header, bool isLast)
    {
        SegmentCheck.Follows(segment, header, _nextSequence, _chain, _frameEpoch);
        _highestEpoch = Math.Max(_highestEpoch, header.Epoch);
        long offset = SegmentHeader.ReservedBytes;
        long lastFrameOffset = 0;
        while (true)
        {
            FrameVerdict verdict = FrameCheck.At(window, offset, header.SegmentBytes, out FrameHeader frame, out Span<byte> raw);
            if (verdict != FrameVerdict.Valid)
            {
                var place = new TailPlace(segment.Name, offset, _nextSequence);
                long cut = isLast
                    ? TailCheck.CutBytes(window, place, verdict, frame)
                    : TailCheck.RequireEmpty(place, verdict);
                return new SegmentTail(header.SegmentBytes, offset, cut, lastFrameOffset);
            }
            Accept(segment, offset, frame, raw);
            lastFrameOffset = offset;
            offset += raw.Length;
        }
    }

    private void Accept(IndexedSegment segment, long offset, FrameHeader frame, Span<byte> raw)
    {
        if (frame.FirstSequence != _nextSequence)
            throw Refuse(JournalErrorCode.SequenceGap, $"a frame begins at sequence {frame.FirstSequence}.");
        // The opening that rolled into the segment where the scan begins has that segment's own epoch.
        bool isScanStart = _frames == 0 && frame.Epoch == _frameEpoch;
        bool epochFits = frame.IsOpening ? frame.Epoch > _frameEpoch || isScanStart : frame.Epoch == _frameEpoch;
        if (!epochFits)
            throw Refuse(JournalErrorCode.EpochOutOfOrder, $"a frame of epoch {frame.Epoch} follows one of epoch {_frameEpoch}.");
        if (ChainHash.Extend(_chain, raw, frame.PayloadLength) != frame.Chain)
            throw Refuse(JournalErrorCode.BrokenChain, "a sound frame does not follow from the one before.");

        segment.Note(frame.FirstSequence, offset);
        _nextSequence = frame.NextSequence;
        _chain = frame.Chain;
        _frameEpoch = frame.Epoch;
        _highestEpoch = Math.Max(_highestEpoch, frame.Epoch);
        _recordedAt = frame.RecordedAt;
        _frames++;
        _bytes += raw.Length;
        visitor?.Invoke(new Frame(frame, raw));

        JournalDamagedException Refuse(JournalErrorCode code, string cause) =>
            new(code, segment.Name, offset, _nextSequence, cause);
    }

    private JournalTail Tail(IndexedSegment? segment, SegmentTail last, List<string> leftovers) => new()
    {
        Segment = segment,
        SegmentBytes = last.SegmentBytes,
        Offset = last.Offset,
        CutBytes = last.CutBytes,
        LastFrameOffset = last.LastFrameOffset,
        NextSequence = _nextSequence,
        Chain = _chain,
        Epoch = _highestEpoch,
        FrameEpoch = _frameEpoch,
        RecordedAt = _recordedAt,
        Leftovers = leftovers,
        Frames = _frames,
        Bytes = _bytes,
    };

    private readonly record struct SegmentTail(long SegmentBytes, long Offset, long CutBytes, long LastFrameOffset);
}
