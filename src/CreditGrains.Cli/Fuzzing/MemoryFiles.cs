using CreditGrains.Engine.Files;

namespace CreditGrains.Cli.Fuzzing;

/// <summary>Files in memory, for journals that no disk need bear. One thread.</summary>
internal sealed class MemoryFiles : IFileStore
{
    private readonly SortedDictionary<string, MemoryFile> files = new(StringComparer.Ordinal);

    public long FreeBytes => 1L << 40;

    public byte[] this[string name]
    {
        get => files[name].Content;
        set => files[name] = new MemoryFile { Content = value };
    }

    public IReadOnlyList<string> List() => [.. files.Keys];

    public bool Exists(string name) => files.ContainsKey(name);

    public IStoreFile Open(string name, bool create)
    {
        if (create == files.ContainsKey(name)) throw new StoreFileException(create ? StoreErrorCode.FileExists : StoreErrorCode.FileMissing, $"'{name}' {(create ? "exists" : "is missing")}.");
        if (create) files[name] = new MemoryFile();
        return files[name];
    }

    public void Rename(string from, string to)
    {
        files[to] = files[from];
        files.Remove(from);
    }

    public void Delete(string name) => files.Remove(name);

    public void SyncDirectory()
    {
    }

    public IDisposable Lock() => new MemoryFile();

    private sealed class MemoryFile : IStoreFile
    {
        public byte[] Content { get; set; } = [];

        public long Length => Content.Length;

        public int Read(long offset, Span<byte> destination)
        {
            if (offset >= Content.Length) return 0;
            var part = Content.AsSpan((int)offset);
            part = part[..Math.Min(part.Length, destination.Length)];
            part.CopyTo(destination);
            return part.Length;
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            Preallocate(offset + source.Length);
            source.CopyTo(Content.AsSpan((int)offset));
        }

        public void Preallocate(long length)
        {
            if (length > Content.Length) SetLength(length);
        }

        public void SetLength(long length)
        {
            var content = Content;
            Array.Resize(ref content, (int)length);
            Content = content;
        }

        public void Sync()
        {
        }

        public void Dispose()
        {
        }
    }
}
