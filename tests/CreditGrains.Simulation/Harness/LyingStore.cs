using CreditGrains.Engine.Files;

namespace CreditGrains.Simulation.Harness;

/// <summary>A store that says synced and did nothing: the planted fault of a disk or driver that lies.</summary>
internal sealed class LyingStore(IFileStore inner) : IFileStore
{
    public long FreeBytes => inner.FreeBytes;

    public IReadOnlyList<string> List() => inner.List();

    public bool Exists(string name) => inner.Exists(name);

    public IStoreFile Open(string name, bool create) => new LyingFile(inner.Open(name, create));

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string name) => inner.Delete(name);

    public void SyncDirectory() => inner.SyncDirectory();

    public IDisposable Lock() => inner.Lock();

    private sealed class LyingFile(IStoreFile inner) : IStoreFile
    {
        public long Length => inner.Length;

        public int Read(long offset, Span<byte> destination) => inner.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source) => inner.Write(offset, source);

        public void Preallocate(long length) => inner.Preallocate(length);

        public void SetLength(long length) => inner.SetLength(length);

        public void Sync()
        {
            // The fault: it says synced.
        }

        public void Dispose() => inner.Dispose();
    }
}
