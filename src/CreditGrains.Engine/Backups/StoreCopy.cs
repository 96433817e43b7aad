using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Backups;

/// <summary>Copies files between stores so that a file of the final name is always whole. One thread.</summary>
internal sealed class StoreCopy(IFileStore source, IFileStore target)
{
    private const int ChunkBytes = 1 << 20;
    private const string PartName = "copy.cgpart";
    private readonly byte[] chunk = new byte[ChunkBytes];

    /// <summary>Bytes copied so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Copies a file under its name, replacing one that is there.</summary>
    /// <param name="name">The file.</param>
    /// <param name="keptBytes">So many bytes from the start; what follows reads as zeros. Null: all.</param>
    public void Copy(string name, long? keptBytes = null)
    {
        if (target.Exists(PartName)) target.Delete(PartName);
        using (var from = source.Open(name, create: false))
        using (var to = target.Open(PartName, create: true))
        {
            var length = from.Length;
            var kept = Math.Min(length, keptBytes ?? length);
            for (long at = 0; at < kept;)
            {
                var read = from.Read(at, chunk.AsSpan(0, (int)Math.Min(ChunkBytes, kept - at)));
                if (read == 0) throw new EndOfStreamException($"'{name}' became shorter while it was copied.");
                to.Write(at, chunk.AsSpan(0, read));
                at += read;
                Bytes += read;
            }
            if (to.Length < length) to.SetLength(length);
            to.Sync();
        }
        target.Rename(PartName, name);
        target.SyncDirectory();
    }
}
