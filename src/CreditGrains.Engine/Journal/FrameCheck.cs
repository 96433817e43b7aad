using System.Buffers.Binary;

namespace CreditGrains.Engine.Journal;

/// <summary>What lies where a frame is expected.</summary>
internal enum FrameVerdict
{
    /// <summary>A frame whose header, payload and trailer fit.</summary>
    Valid,

    /// <summary>64 zero bytes, or no room for a header: nothing was written here.</summary>
    Empty,

    /// <summary>The file ends inside a header.</summary>
    HeaderCutOff,

    /// <summary>A header that was never written like this.</summary>
    BadHeader,

    /// <summary>A sound header of a format version this program does not know.</summary>
    UnknownVersion,

    /// <summary>A sound header, but a part of the frame never reached the disk.</summary>
    Incomplete,

    /// <summary>A sound header, every sector written, and still the payload or trailer is wrong.</summary>
    BadPayload,
}

/// <summary>Judges one frame by itself; its place in the sequence and the chain is the reader's affair.</summary>
internal static class FrameCheck
{
    /// <summary>
    /// Judges the frame at <paramref name="offset"/>. <paramref name="header"/> is set when the header is sound,
    /// <paramref name="raw"/> when the whole frame is.
    /// </summary>
    public static FrameVerdict At(SegmentWindow window, long offset, long segmentBytes, out FrameHeader header, out Span<byte> raw)
    {
        raw = default;
        FrameVerdict verdict = HeaderAt(window, offset, segmentBytes, out header);
        if (verdict != FrameVerdict.Valid) return verdict;
        Span<byte> frame = window.At(offset, header.FrameBytes);
        if (frame.Length < header.FrameBytes) return FrameVerdict.Incomplete;
        ulong trailer = BinaryPrimitives.ReadUInt64LittleEndian(frame[(FrameLayout.HeaderBytes + header.PayloadLength)..]);
        if (trailer == FrameLayout.Trailer
            && header.PayloadCrc == Checksum.Of(frame.Slice(FrameLayout.HeaderBytes, header.PayloadLength)))
        {
            raw = frame;
            return FrameVerdict.Valid;
        }
        return trailer == 0 || HasLostSector(frame, offset) ? FrameVerdict.Incomplete : FrameVerdict.BadPayload;
    }

    /// <summary>Judges only the header at <paramref name="offset"/>.</summary>
    public static FrameVerdict HeaderAt(SegmentWindow window, long offset, long segmentBytes, out FrameHeader header)
    {
        header = default;
        Span<byte> head = window.At(offset, FrameLayout.HeaderBytes);
        if (!head.ContainsAnyExcept((byte)0)) return FrameVerdict.Empty;
        if (head.Length < FrameLayout.HeaderBytes) return FrameVerdict.HeaderCutOff;
        if (!FrameHeader.IsIntact(head)) return FrameVerdict.BadHeader;
        if (FrameHeader.VersionOf(head) != FrameHeader.FormatVersion) return FrameVerdict.UnknownVersion;
        FrameHeader read = FrameHeader.Read(head);
        // A frame never spans segments, so a length beyond this one was never written.
        if (!read.IsPlausible || offset + read.FrameBytes > segmentBytes) return FrameVerdict.BadHeader;
        header = read;
        return FrameVerdict.Valid;
    }

    // Segments are zeroed beforehand and payloads hold no zero run of a sector's length, so a part of the frame that is zero
    // from one sector boundary to the next was never written.
    private static bool HasLostSector(ReadOnlySpan<byte> frame, long offset)
    {
        int start = 0;
        while (start < frame.Length)
        {
            int toBoundary = FrameLayout.SectorBytes - (int)((offset + start) % FrameLayout.SectorBytes);
            int length = Math.Min(toBoundary, frame.Length - start);
            if (!frame.Slice(start, length).ContainsAnyExcept((byte)0)) return true;
            start += length;
        }
        return false;
    }
}
