using System.Buffers.Binary;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Engine.Snapshots;

/// <summary>A snapshot in force.</summary>
/// <param name="Sequence">The state is that after this event.</param>
/// <param name="LengthBytes">Length of its file.</param>
/// <param name="Digest">Digest of the state.</param>
internal readonly record struct SnapshotEntry(long Sequence, long LengthBytes, UInt128 Digest)
{
    public string Name => SnapshotFormat.NameOf(Sequence);
}

/// <summary>
/// The manifest: which snapshots may be restored, newest first, at most two. It is written beside the old one, synced, renamed, and the
/// directory synced; only then does a snapshot count, and only then may an older one go.
/// </summary>
internal static class SnapshotCatalog
{
    private const string Name = "manifest.cgm";
    private const string NewName = "manifest-new.cgm";
    private const uint Magic = 0x4D53_4743; // "CGSM"
    private const int EntryBytes = 32;
    private const int KeptMax = 2;

    /// <summary>The snapshots in force; empty when there are none.</summary>
    /// <exception cref="SnapshotDamagedException">The manifest is not what was written.</exception>
    public static List<SnapshotEntry> Read(IFileStore files)
    {
        var entries = new List<SnapshotEntry>();
        if (!files.Exists(Name)) return entries;
        using var file = files.Open(Name, create: false);
        var bytes = new byte[file.Length];
        var count = (bytes.Length - 12) / EntryBytes;
        if (bytes.Length < 12 || file.Read(0, bytes) < bytes.Length || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4)) != count || bytes.Length != 12 + count * EntryBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4)) != Checksum.Of(bytes.AsSpan(0, bytes.Length - 4)))
            throw SnapshotDamagedException.OfManifest(Name);
        for (var i = 0; i < count; i++)
        {
            var entry = bytes.AsSpan(8 + i * EntryBytes);
            entries.Add(new SnapshotEntry(
                BinaryPrimitives.ReadInt64LittleEndian(entry), BinaryPrimitives.ReadInt64LittleEndian(entry[8..]), BinaryPrimitives.ReadUInt128LittleEndian(entry[16..])));
        }
        return entries;
    }

    /// <summary>
    /// The file for a new snapshot: one that is not in force, to be written over, so that the file system has no blocks to find and none to give
    /// back, either of which holds up the journal's syncs on the same disk; else a new one.
    /// </summary>
    public static IStoreFile OpenForWriting(IFileStore files, string name)
    {
        // One of the same sequence was damaged or never finished, or this one would not be taken; its chunks could not be told from those to come.
        if (files.Exists(name)) files.Delete(name);
        if (Unused(files, Read(files)).FirstOrDefault() is not { } unused) return files.Open(name, create: true);
        files.Rename(unused, name);
        return files.Open(name, create: false);
    }

    /// <summary>Puts a verified snapshot in force. The one it replaces stays, to be written over by the next.</summary>
    /// <returns>The snapshots in force.</returns>
    public static List<SnapshotEntry> Add(IFileStore files, SnapshotEntry newest)
    {
        var entries = Read(files);
        entries.RemoveAll(e => e.Sequence == newest.Sequence);
        entries.Insert(0, newest);
        if (entries.Count > KeptMax) entries.RemoveRange(KeptMax, entries.Count - KeptMax);
        Write(files, entries);
        return entries;
    }

    /// <summary>Writes a manifest of exactly these, newest first, at most two.</summary>
    public static void Replace(IFileStore files, List<SnapshotEntry> entries) => Write(files, entries);

    /// <summary>
    /// Deletes a part of what the manifest does not name, but for the one file that the next snapshot writes over. A file of gigabytes deleted at once
    /// holds up the journal's syncs on the same disk, so it is cut shorter first.
    /// </summary>
    /// <param name="files">Where they are.</param>
    /// <param name="inForce">What the manifest names.</param>
    /// <param name="bytesMax">Most bytes to give back in one step.</param>
    /// <returns>False when nothing is left to delete.</returns>
    public static bool TryDeleteNext(IFileStore files, List<SnapshotEntry> inForce, long bytesMax)
    {
        foreach (var name in Unused(files, inForce).Skip(1))
        {
            using (var file = files.Open(name, create: false))
            {
                var rest = file.Length - bytesMax;
                if (rest > 0)
                {
                    file.SetLength(rest);
                    return true;
                }
            }
            files.Delete(name);
            return true;
        }
        return false;
    }

    private static IEnumerable<string> Unused(IFileStore files, List<SnapshotEntry> inForce) =>
        files.List().Where(name => SnapshotFormat.IsSnapshot(name) && !inForce.Exists(e => e.Name == name));

    private static void Write(IFileStore files, List<SnapshotEntry> entries)
    {
        var bytes = new byte[12 + entries.Count * EntryBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = bytes.AsSpan(8 + i * EntryBytes);
            BinaryPrimitives.WriteInt64LittleEndian(entry, entries[i].Sequence);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], entries[i].LengthBytes);
            BinaryPrimitives.WriteUInt128LittleEndian(entry[16..], entries[i].Digest);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Checksum.Of(bytes.AsSpan(0, bytes.Length - 4)));
        if (files.Exists(NewName)) files.Delete(NewName);
        using (var file = files.Open(NewName, create: true))
        {
            file.Write(0, bytes);
            file.Sync();
        }
        files.Rename(NewName, Name);
        files.SyncDirectory();
    }
}
