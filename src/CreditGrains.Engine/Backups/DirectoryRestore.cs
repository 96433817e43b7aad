using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Snapshots;

namespace CreditGrains.Engine.Backups;

/// <summary>
/// Makes a data directory from a backup, and from archived segments when there are any, up to a point in time. The result is verified frame by frame before
/// it is left; an engine that opens it goes on from there in an epoch of its own.
/// </summary>
public static class DirectoryRestore
{
    /// <summary>Restores into a directory, which is made when missing.</summary>
    /// <param name="backup">A backup.</param>
    /// <param name="archive">Archived segments, which may reach further back and further on than the backup; null for none.</param>
    /// <param name="target">An empty directory.</param>
    /// <param name="point">Where to end.</param>
    /// <param name="options">As the engine is run with; null for the usual.</param>
    /// <exception cref="BackupException">The target is not empty, or the point is before what is at hand.</exception>
    /// <exception cref="JournalException">A segment is damaged or missing; the target is empty again.</exception>
    /// <exception cref="StoreException">A disk refused; the target is empty again as far as it let.</exception>
    public static BackupReport Run(string backup, string? archive, string target, RestorePoint point, PartitionOptions? options = null) => Run(
        DiskFileStore.OpenForReading(backup), archive is null ? null : DiskFileStore.OpenForReading(archive), DiskFileStore.Open(target, createDirectory: true),
        point, options ?? new PartitionOptions());

    /// <summary>Restores from stores into a store.</summary>
    /// <inheritdoc cref="Run(string, string?, string, RestorePoint, PartitionOptions?)"/>
    public static BackupReport Run(IFileStore backup, IFileStore? archive, IFileStore target, RestorePoint point, PartitionOptions options)
    {
        ArgumentNullException.ThrowIfNull(backup);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        using var hold = target.Lock();
        if (target.List() is [var present, ..]) throw BackupException.NotEmpty(present);
        try
        {
            return Restore(backup, archive, target, point, options.JournalOptions);
        }
        catch
        {
            foreach (var name in target.List()) target.Delete(name);
            throw;
        }
    }

    private static BackupReport Restore(IFileStore backup, IFileStore? archive, IFileStore target, RestorePoint point, JournalOptions journal)
    {
        var bytes = CopyJournal(backup, archive, target);
        var first = FirstSequence(target);
        var isWhole = first <= journal.FirstSequence;
        if (JournalCut.Apply(target, point) is not { } last) throw BackupException.OutOfReach(first);
        var kept = SnapshotCatalog.Read(backup).Find(entry => entry.Sequence <= last);
        if (kept == default && !isWhole) throw BackupException.OutOfReach(first);
        if (kept != default)
        {
            var copy = new StoreCopy(backup, target);
            SnapshotCopy.Copy(backup, target, copy, kept);
            bytes += copy.Bytes;
        }
        var report = PartitionJournal.Verify(target, journal, isWhole ? first : kept.Sequence + 1);
        return new BackupReport(
            first, report.NextSequence - 1, report.LastRecordedAt, kept.Sequence, target.List().Count(name => SegmentName.TryParse(name, out _)), bytes, report.Head.ToString());
    }

    /// <summary>Copies every segment once. A segment that both have is whole in the archive, and may have been the last, and short, in the backup.</summary>
    private static long CopyJournal(IFileStore backup, IFileStore? archive, IFileStore target)
    {
        var archived = archive is null ? [] : archive.List().Where(name => SegmentName.TryParse(name, out _)).ToHashSet();
        var fromBackup = new StoreCopy(backup, target);
        var bytes = 0L;
        if (archive is not null)
        {
            var fromArchive = new StoreCopy(archive, target);
            foreach (var name in archived) fromArchive.Copy(name);
            bytes = fromArchive.Bytes;
        }
        foreach (var name in backup.List())
            if (SegmentName.TryParse(name, out _) && !archived.Contains(name)) fromBackup.Copy(name);
        return bytes + fromBackup.Bytes;
    }

    private static long FirstSequence(IFileStore target)
    {
        foreach (var name in target.List())
            if (SegmentName.TryParse(name, out var first)) return first;
        throw new BackupException("NoJournal", "There is no journal segment in the backup. Name the directory that a backup was made into.");
    }
}
