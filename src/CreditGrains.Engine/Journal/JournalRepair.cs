using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// Makes the disk agree with a scan before anything is appended: leftovers deleted, the incomplete frame zeroed, the segment
/// brought to its length, and the last frame written once more. The scan may have read that frame from memory of the operating
/// system after a sync that failed, and only writing it again makes a sync mean something.
/// </summary>
internal static class JournalRepair
{
    private const int ZeroChunkBytes = 256 << 10;

    /// <summary>Returns the open segment to append to, or null in a new journal.</summary>
    public static IStoreFile? Mend(IFileStore files, JournalTail tail)
    {
        foreach (string name in tail.Leftovers) files.Delete(name);
        files.SyncDirectory();
        if (tail.Segment is null) return null;
        IStoreFile file = files.Open(tail.Segment.Name, create: false);
        try
        {
            Zero(file, tail.Offset, tail.CutBytes);
            if (tail.LastFrameOffset > 0) Rewrite(file, tail.LastFrameOffset, tail.Offset);
            else Rewrite(file, 0, SegmentHeader.StoredBytes);
            file.Sync();
            file.Preallocate(tail.SegmentBytes);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void Zero(IStoreFile file, long offset, long bytes)
    {
        if (bytes == 0) return;
        byte[] zeros = new byte[Math.Min(bytes, ZeroChunkBytes)];
        for (long done = 0; done < bytes; done += zeros.Length)
            file.Write(offset + done, zeros.AsSpan(0, (int)Math.Min(zeros.Length, bytes - done)));
    }

    private static void Rewrite(IStoreFile file, long from, long to)
    {
        byte[] bytes = new byte[to - from];
        if (file.Read(from, bytes) != bytes.Length) throw new EndOfStreamException("The last frame ended while being read.");
        file.Write(from, bytes);
    }
}
