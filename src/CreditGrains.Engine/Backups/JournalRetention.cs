using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Snapshots;

namespace CreditGrains.Engine.Backups;

/// <summary>How long a standalone engine keeps its journal, and where it goes.</summary>
/// <param name="Archive">Where full segments are copied, before any of them is deleted; null for nowhere.</param>
/// <param name="Keep">Segments whose last event is older may be deleted; null keeps all.</param>
public sealed record RetentionOptions(IFileStore? Archive, TimeSpan? Keep);

/// <summary>What a pass of retention did.</summary>
/// <param name="Archived">Segments copied.</param>
/// <param name="Deleted">Segments deleted.</param>
/// <param name="OldestSequence">First event still kept.</param>
public readonly record struct RetentionReport(int Archived, int Deleted, long OldestSequence);

/// <summary>
/// Copies full segments of a journal in use into an archive, and deletes old ones that neither snapshot in force needs. What was deleted can be restored from the
/// archive; until then history, decisions and the feed before it are refused by name.
/// </summary>
internal static class JournalRetention
{
    public static RetentionReport Run(PartitionJournal journal, IFileStore files, RetentionOptions options, long nowMicros)
    {
        var archived = options.Archive is { } archive ? CopyFull(journal, files, archive) : 0;
        var deleted = options.Keep is { } keep ? Delete(journal, files, nowMicros - (long)keep.TotalMicroseconds) : 0;
        return new RetentionReport(archived, deleted, journal.Reader.OldestSequence);
    }

    private static int CopyFull(PartitionJournal journal, IFileStore files, IFileStore archive)
    {
        var copied = 0;
        var copy = new StoreCopy(files, archive);
        foreach (var segment in journal.FullSegments)
        {
            if (archive.Exists(segment.Name)) continue;
            copy.Copy(segment.Name);
            copied++;
        }
        return copied;
    }

    private static int Delete(PartitionJournal journal, IFileStore files, long beforeMicros)
    {
        var inForce = SnapshotCatalog.Read(files);
        // With a second snapshot behind it, one that turns out damaged is no loss.
        if (inForce.Count < 2) return 0;
        var needed = inForce[^1].Sequence + 1;
        var first = 0L;
        long[] begins = [.. journal.FullSegments.Skip(1).Select(segment => segment.FirstSequence), journal.OpenSegmentSequence];
        foreach (var next in begins)
        {
            if (next > needed || LastRecordedAtBefore(files, next) >= beforeMicros) break;
            first = next;
        }
        return first == 0 ? 0 : journal.DeleteSegmentsBefore(first);
    }

    /// <summary>Writer time of the last frame before a segment, from the segment's head.</summary>
    private static long LastRecordedAtBefore(IFileStore files, long firstSequence)
    {
        var head = new byte[SegmentHeader.StoredBytes];
        using var file = files.Open(SegmentName.Of(firstSequence), create: false);
        return file.Read(0, head) == head.Length && SegmentHeader.IsIntact(head) ? SegmentHeader.Read(head).PreviousRecordedAt : long.MaxValue;
    }
}
