using CreditGrains.Engine.Files;
using CreditGrains.Engine.Snapshots;

namespace CreditGrains.Engine.Backups;

/// <summary>Copies one snapshot with the runs of request ids it names, and puts it in force in the target.</summary>
internal static class SnapshotCopy
{
    /// <summary>Copies a snapshot in force and reads it back.</summary>
    /// <exception cref="SnapshotDamagedException">It is not what was written; or it was written over while it was copied.</exception>
    public static void Copy(IFileStore source, IFileStore target, StoreCopy copy, SnapshotEntry entry)
    {
        copy.Copy(entry.Name, entry.LengthBytes);
        foreach (var run in RunsOf(target, entry))
            if (!target.Exists(run)) copy.Copy(run);
        SnapshotCatalog.Add(target, entry);
    }

    /// <summary>Names of the runs that a snapshot needs; reads all of it.</summary>
    private static List<string> RunsOf(IFileStore target, SnapshotEntry entry)
    {
        List<string> runs = [];
        using var file = target.Open(entry.Name, create: false);
        SnapshotFormat.ReadChunks(file, entry.Sequence, (kind, payload) =>
        {
            if (kind == SnapshotChunkKind.Header) runs.AddRange(SnapshotHeader.FromBytes(payload).Ids.Runs.Select(run => run.FileName));
        });
        return runs;
    }
}
