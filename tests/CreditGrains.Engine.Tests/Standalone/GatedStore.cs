using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Tests.Standalone;

/// <summary>A real directory in which the sync behind a journal's frame waits while the gate is shut, and files of request ids are watched.</summary>
internal sealed class GatedStore(IFileStore files) : IFileStore
{
    private volatile Gate? gate;
    private long idReads;
    private long idReadsByWriter;

    /// <summary>Whether files of request ids can neither be made nor read.</summary>
    public bool RefusesIds { get; set; }

    /// <summary>Reads of files of request ids.</summary>
    public long IdReads => Interlocked.Read(ref idReads);

    /// <summary>Those among them made by the writer's thread.</summary>
    public long IdReadsByWriter => Interlocked.Read(ref idReadsByWriter);

    public long FreeBytes => files.FreeBytes;

    /// <summary>Holds the sync of every frame from now on.</summary>
    public Gate Shut() => gate = new Gate();

    public IReadOnlyList<string> List() => files.List();

    public bool Exists(string name) => files.Exists(name);

    public IStoreFile Open(string name, bool create)
    {
        if (RefusesIds && IsOfIds(name)) throw new StoreFullException(name);
        return new GatedFile(this, files.Open(name, create), IsOfIds(name));
    }

    public void Rename(string from, string to) => files.Rename(from, to);

    public void Delete(string name) => files.Delete(name);

    public void SyncDirectory() => files.SyncDirectory();

    public IDisposable Lock() => files.Lock();

    private static bool IsOfIds(string name) => name.EndsWith(".cgids", StringComparison.Ordinal);

    private void NoteIdRead()
    {
        if (RefusesIds) throw new StoreReadFailedException("ids");
        Interlocked.Increment(ref idReads);
        if (Thread.CurrentThread.Name == "CreditGrains writer") Interlocked.Increment(ref idReadsByWriter);
    }

    /// <summary>Shut until the test opens it.</summary>
    internal sealed class Gate
    {
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource opened = new();

        /// <summary>Completes when a frame waits here; its commands were decided before.</summary>
        public Task Reached => reached.Task;

        public void Pass()
        {
            reached.TrySetResult();
            opened.Task.Wait();
        }

        public void Open() => opened.TrySetResult();
    }

    private sealed class GatedFile(GatedStore store, IStoreFile file, bool isOfIds) : IStoreFile
    {
        private bool holdsFrame;

        public long Length => file.Length;

        public int Read(long offset, Span<byte> destination)
        {
            if (isOfIds) store.NoteIdRead();
            return file.Read(offset, destination);
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            holdsFrame |= source.StartsWith("CGF"u8);
            file.Write(offset, source);
        }

        public void Preallocate(long length) => file.Preallocate(length);

        public void SetLength(long length) => file.SetLength(length);

        public void Sync()
        {
            if (holdsFrame) store.gate?.Pass();
            holdsFrame = false;
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
