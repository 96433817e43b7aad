using CreditGrains.Engine.Files;

namespace CreditGrains.Cluster.Simulation.Store;

/// <summary>Files of a partition in the database: names last at once, contents after a sync, and both only under the epoch in force.</summary>
internal sealed class SimFiles(SimDatabase database, int partition, long epoch) : IFileStore
{
    public long FreeBytes => long.MaxValue;

    public IReadOnlyList<string> List() => [.. database.Files.Keys.Where(k => k.Partition == partition).Select(k => k.Name).Order(StringComparer.Ordinal)];

    public bool Exists(string name) => database.Files.ContainsKey((partition, name));

    public IStoreFile Open(string name, bool create)
    {
        if (create == Exists(name)) throw new StoreFileException(create ? StoreErrorCode.FileExists : StoreErrorCode.FileMissing, $"'{name}' {(create ? "exists already" : "does not exist")}.");
        if (create) Put(name, []);
        return new SimFile(this, name, (byte[])database.Files[(partition, name)].Clone());
    }

    public void Rename(string from, string to)
    {
        var bytes = Take(from);
        Put(to, bytes);
    }

    public void Delete(string name) => Take(name);

    public void SyncDirectory()
    {
    }

    public IDisposable Lock() => new NoLock();

    private void Put(string name, byte[] bytes)
    {
        Check(name);
        database.Files[(partition, name)] = bytes;
    }

    private byte[] Take(string name)
    {
        Check(name);
        return database.Files.Remove((partition, name), out var bytes) ? bytes : throw new StoreFileException(StoreErrorCode.FileMissing, $"'{name}' does not exist.");
    }

    private void Check(string name)
    {
        if (!database.IsInForce(partition, epoch)) throw new StoreReadOnlyException($"{name} (epoch {epoch} is over)");
    }

    private sealed class NoLock : IDisposable
    {
        public void Dispose()
        {
        }
    }

    private sealed class SimFile(SimFiles files, string name, byte[] content) : IStoreFile
    {
        private byte[] bytes = content;

        public long Length => bytes.Length;

        public int Read(long offset, Span<byte> destination)
        {
            var count = (int)Math.Clamp(bytes.Length - offset, 0, destination.Length);
            bytes.AsSpan((int)Math.Min(offset, bytes.Length), count).CopyTo(destination);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            if (offset + source.Length > bytes.Length) Array.Resize(ref bytes, (int)offset + source.Length);
            source.CopyTo(bytes.AsSpan((int)offset));
        }

        public void Preallocate(long length)
        {
            if (length > bytes.Length) Array.Resize(ref bytes, (int)length);
        }

        public void SetLength(long length) => Array.Resize(ref bytes, (int)length);

        public void Sync()
        {
            // Removed or renamed over meanwhile: what is written goes nowhere.
            if (files.Exists(name)) files.Put(name, (byte[])bytes.Clone());
        }

        public void Dispose()
        {
        }
    }
}
