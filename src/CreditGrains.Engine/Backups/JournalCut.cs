using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Engine.Backups;

/// <summary>Cuts a copy of a journal at the first frame beyond a point. Whether what is left is sound is for a scan to say.</summary>
internal static class JournalCut
{
    /// <returns>The last event left; null when not even the first frame is kept.</returns>
    public static long? Apply(IFileStore target, RestorePoint point)
    {
        long? last = null;
        var isBeyond = false;
        using var window = new SegmentWindow(SegmentWindow.SequentialChunkBytes);
        foreach (var name in target.List().Where(name => SegmentName.TryParse(name, out _)))
        {
            if (!isBeyond)
            {
                using var file = target.Open(name, create: false);
                window.Attach(file);
                var end = EndOfKept(window, point, ref last, ref isBeyond);
                if (isBeyond) Clear(file, end);
                if (end > SegmentHeader.ReservedBytes || !isBeyond) continue;
            }
            target.Delete(name);
        }
        target.SyncDirectory();
        return last;
    }

    private static long EndOfKept(SegmentWindow window, RestorePoint point, ref long? last, ref bool isBeyond)
    {
        var offset = (long)SegmentHeader.ReservedBytes;
        while (FrameCheck.At(window, offset, window.FileBytes, out var frame, out var raw) == FrameVerdict.Valid)
        {
            isBeyond = !point.Keeps(frame);
            if (isBeyond) break;
            last = frame.NextSequence - 1;
            offset += raw.Length;
        }
        return offset;
    }

    /// <summary>What is cut off reads as zeros, as in a segment that was never written so far.</summary>
    private static void Clear(IStoreFile file, long end)
    {
        var length = file.Length;
        file.SetLength(end);
        file.SetLength(length);
        file.Sync();
    }
}
