using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Snapshots;

namespace CreditGrains.Engine.Backups;

/// <summary>
/// Backs a data directory up while its engine may be running: the newest snapshot, the runs of request ids it names, and the journal up to
/// the last frame that was whole when it was looked at. Takes no lock and changes nothing. The target is a data directory itself: it can be
/// verified, opened, or restored from. A later backup into the same target copies only segments that are new or have grown.
/// </summary>
public static class DirectoryBackup
{
    private const int Tries = 5;

    /// <summary>Backs up one directory into another, which is made when missing.</summary>
    /// <param name="data">The engine's data directory.</param>
    /// <param name="target">An empty directory, or one with a backup of the same partition.</param>
    /// <param name="options">As the engine is run with; null for the usual.</param>
    /// <exception cref="BackupException">The target belongs to another partition, or the engine moved on too fast.</exception>
    /// <exception cref="JournalException">The journal is damaged; nothing was put into the target that was not there.</exception>
    /// <exception cref="StoreException">A disk refused.</exception>
    public static BackupReport Run(string data, string target, PartitionOptions? options = null) =>
        Run(DiskFileStore.OpenForReading(data), DiskFileStore.Open(target, createDirectory: true), options ?? new PartitionOptions());

    /// <summary>Backs up one store into another.</summary>
    /// <inheritdoc cref="Run(string, string, PartitionOptions?)"/>
    public static BackupReport Run(IFileStore source, IFileStore target, PartitionOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        using var hold = target.Lock();
        var journal = options.JournalOptions;
        RequireSamePartition(target, journal.PartitionId);
        var copy = new StoreCopy(source, target);
        // The snapshot first: the journal seen after it reaches at least as far.
        var snapshot = CopySnapshot(source, target, copy);
        var (tail, segments) = Scan(source, journal, snapshot + 1);
        CopySegments(target, copy, tail, segments);
        ForgetOlderSnapshots(target, snapshot);
        return new BackupReport(
            segments.Count > 0 ? segments[0].FirstSequence : tail.NextSequence, tail.NextSequence - 1, tail.RecordedAt == long.MinValue ? null : tail.RecordedAt, snapshot,
            segments.Count, copy.Bytes, tail.Chain.ToString());
    }

    private static void RequireSamePartition(IFileStore target, Guid wanted)
    {
        foreach (var name in target.List())
        {
            if (!SegmentName.TryParse(name, out _)) continue;
            var head = new byte[SegmentHeader.StoredBytes];
            using var file = target.Open(name, create: false);
            if (file.Read(0, head) == head.Length && SegmentHeader.IsIntact(head) && SegmentHeader.Read(head).PartitionId is var found && found != wanted)
                throw BackupException.Foreign(found, wanted);
        }
    }

    /// <returns>Sequence of the snapshot copied; 0 when there is none.</returns>
    private static long CopySnapshot(IFileStore source, IFileStore target, StoreCopy copy)
    {
        for (var left = Tries; ; left--)
        {
            var inForce = SnapshotCatalog.Read(source);
            if (inForce.Count == 0) return 0;
            try
            {
                SnapshotCopy.Copy(source, target, copy, inForce[0]);
                return inForce[0].Sequence;
            }
            catch (Exception cause) when (cause is StoreFileException or SnapshotDamagedException && left > 0 && SnapshotCatalog.Read(source)[0] != inForce[0])
            {
                // It was replaced, perhaps written over, while it was copied: its successor is in force.
            }
            catch (StoreFileException cause) when (cause.Code == StoreErrorCode.FileMissing)
            {
                throw BackupException.Moved(cause);
            }
        }
    }

    /// <summary>Where the journal ends now. A frame being appended may look damaged to who reads it in the middle; then it is looked at again.</summary>
    private static (JournalTail Tail, IReadOnlyList<IndexedSegment> Segments) Scan(IFileStore source, JournalOptions journal, long fromSequence)
    {
        for (var left = Tries; ; left--)
        {
            using var index = new FrameIndex();
            try
            {
                var tail = new JournalScan(source, journal, index, visitor: null).Run(fromSequence);
                return (tail, index.Segments);
            }
            catch (JournalDamagedException) when (left > 0)
            {
            }
        }
    }

    private static void CopySegments(IFileStore target, StoreCopy copy, JournalTail tail, IReadOnlyList<IndexedSegment> segments)
    {
        // What was the last segment at the backup before has grown since.
        var grown = target.List().Where(name => SegmentName.TryParse(name, out _)).LastOrDefault();
        foreach (var segment in segments)
        {
            if (segment.Name == tail.Segment?.Name) copy.Copy(segment.Name, tail.Offset);
            else if (segment.Name == grown || !target.Exists(segment.Name)) copy.Copy(segment.Name);
        }
    }

    private static void ForgetOlderSnapshots(IFileStore target, long newest)
    {
        var inForce = SnapshotCatalog.Read(target).Where(entry => entry.Sequence == newest).ToList();
        SnapshotCatalog.Replace(target, inForce);
        foreach (var name in target.List())
            if (SnapshotFormat.IsSnapshot(name) && !inForce.Exists(entry => entry.Name == name)) target.Delete(name);
        target.SyncDirectory();
    }
}
