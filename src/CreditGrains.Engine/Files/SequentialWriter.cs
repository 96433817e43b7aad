using System.Runtime.InteropServices;

namespace CreditGrains.Engine.Files;

/// <summary>
/// Writes a large file from front to end past the system's cache, through one aligned buffer. A snapshot of gigabytes then costs neither
/// the memory of a cached copy nor the copying. One thread.
/// </summary>
internal sealed unsafe class SequentialWriter : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private readonly IStoreFile file;
    private byte* buffer;
    private int buffered;
    private long flushed;

    /// <param name="file">The file, written over from its start; stays the caller's.</param>
    public SequentialWriter(IStoreFile file)
    {
        this.file = file;
        buffer = (byte*)NativeMemory.AlignedAlloc(BufferBytes, IStoreFile.UncachedAlignmentBytes);
        file.SetUncached(true);
    }

    /// <summary>Bytes appended.</summary>
    public long Length => flushed + buffered;

    /// <summary>Appends bytes.</summary>
    /// <exception cref="StoreException">The disk refused; the file is of no use any more.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var part = Math.Min(bytes.Length, BufferBytes - buffered);
            bytes[..part].CopyTo(new Span<byte>(buffer + buffered, part));
            buffered += part;
            bytes = bytes[part..];
            if (buffered == BufferBytes) Flush();
        }
    }

    /// <summary>Makes durable what fills whole buffers, so that the last sync has little left to do.</summary>
    public void SyncWhole() => file.Sync();

    /// <summary>Writes what is left, cuts off what was there before, and makes all of it durable. Nothing may be appended after.</summary>
    public void Finish()
    {
        file.SetUncached(false);
        if (buffered > 0) Flush();
        if (file.Length > flushed) file.SetLength(flushed);
        file.Sync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(buffer);
        buffer = null;
    }

    private void Flush()
    {
        file.Write(flushed, new ReadOnlySpan<byte>(buffer, buffered));
        flushed += buffered;
        buffered = 0;
    }
}
