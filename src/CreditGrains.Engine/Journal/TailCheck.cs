using System.Globalization;

namespace CreditGrains.Engine.Journal;

/// <summary>Where the frames of a segment stop, for messages.</summary>
internal readonly record struct TailPlace(string Segment, long Offset, long Sequence);

/// <summary>
/// Tells a crash from damage at the place where frames stop. At most one frame is ever unflushed, so a crash leaves at most one
/// incomplete frame with nothing but zeros behind it; anything else is refused.
/// </summary>
internal static class TailCheck
{
    /// <summary>In the last segment: how many bytes from the place on are to be zeroed, 0 when the end is clean.</summary>
    public static long CutBytes(SegmentWindow window, TailPlace place, FrameVerdict verdict, FrameHeader header)
    {
        switch (verdict)
        {
            case FrameVerdict.Empty:
                return TornBytes(window, place);
            case FrameVerdict.HeaderCutOff:
                return window.FileBytes - place.Offset;
            case FrameVerdict.Incomplete:
                long end = Math.Min(place.Offset + header.FrameBytes, window.FileBytes);
                RefuseFollower(window, place, end);
                RefuseNonZero(window, place, end);
                return end - place.Offset;
            default:
                RefuseFollower(window, place, place.Offset + FrameLayout.Alignment);
                throw Refuse(verdict, place);
        }
    }

    /// <summary>In an earlier segment: frames may only stop at an empty place, as the next segment was begun when they were durable.</summary>
    public static long RequireEmpty(TailPlace place, FrameVerdict verdict) =>
        verdict == FrameVerdict.Empty ? 0 : throw Refuse(verdict, place);

    private static long TornBytes(SegmentWindow window, TailPlace place)
    {
        long last = LastNonZero(window, place.Offset);
        if (last < 0) return 0;
        RefuseFollower(window, place, place.Offset + FrameLayout.Alignment);
        RefuseNonZero(window, place, place.Offset + FrameLayout.FrameBytes(FrameLayout.PayloadBytesMax));
        return last + 1 - place.Offset;
    }

    private static long LastNonZero(SegmentWindow window, long from)
    {
        long last = -1;
        for (long offset = from; offset < window.FileBytes; offset += SegmentWindow.SequentialChunkBytes)
        {
            int found = window.At(offset, SegmentWindow.SequentialChunkBytes).LastIndexOfAnyExcept((byte)0);
            if (found >= 0) last = offset + found;
        }
        return last;
    }

    private static void RefuseNonZero(SegmentWindow window, TailPlace place, long from)
    {
        long last = LastNonZero(window, from);
        if (last < 0) return;
        throw Damaged(place, string.Create(CultureInfo.InvariantCulture,
            $"an incomplete frame, and bytes up to {last} that no single crash leaves behind it."));
    }

    private static void RefuseFollower(SegmentWindow window, TailPlace place, long from)
    {
        for (long offset = from; offset + FrameLayout.HeaderBytes <= window.FileBytes; offset += FrameLayout.Alignment)
        {
            if (FrameCheck.At(window, offset, window.FileBytes, out FrameHeader follower, out _) != FrameVerdict.Valid) continue;
            throw Damaged(place, string.Create(CultureInfo.InvariantCulture,
                $"a bad frame is followed by a sound one of sequence {follower.FirstSequence} at byte {offset}."));
        }
    }

    private static JournalDamagedException Refuse(FrameVerdict verdict, TailPlace place) => verdict switch
    {
        FrameVerdict.UnknownVersion => new JournalDamagedException(JournalErrorCode.UnknownVersion, place.Segment, place.Offset,
            place.Sequence, "a frame of a format version unknown to this program; use the version that wrote it."),
        FrameVerdict.BadHeader => Damaged(place, "the frame header is damaged."),
        FrameVerdict.HeaderCutOff => Damaged(place, "the file ends inside a frame header, and a later segment exists."),
        FrameVerdict.Incomplete => Damaged(place, "the frame is incomplete, and a later segment exists."),
        _ => Damaged(place, "the payload is damaged."),
    };

    private static JournalDamagedException Damaged(TailPlace place, string cause) =>
        new(JournalErrorCode.Damaged, place.Segment, place.Offset, place.Sequence, cause);
}
