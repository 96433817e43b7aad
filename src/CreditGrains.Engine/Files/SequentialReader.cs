using System.Runtime.InteropServices;

namespace CreditGrains.Engine.Files;

/// <summary>Reads a large file from front to end past the system's cache, through one aligned buffer. One thread.</summary>
internal sealed unsafe class SequentialReader : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private readonly IStoreFile file;
    private readonly long length;
    private byte* buffer;
    private int start;
    private int end;
    private long next;

    /// <param name="file">The file, whose length does not change meanwhile; stays the caller's.</param>
    public SequentialReader(IStoreFile file)
    {
        this.file = file;
        length = file.Length;
        buffer = (byte*)NativeMemory.AlignedAlloc(BufferBytes, IStoreFile.UncachedAlignmentBytes);
        file.SetUncached(true);
    }

    /// <summary>Bytes not read yet.</summary>
    public long Remaining => length - next + (end - start);

    /// <summary>Reads the next bytes.</summary>
    /// <returns>False when the file ends before the destination is full.</returns>
    /// <exception cref="StoreReadFailedException">The disk could not return the bytes.</exception>
    public bool TryRead(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (start == end && !Fill()) return false;
            var part = Math.Min(destination.Length, end - start);
            new ReadOnlySpan<byte>(buffer + start, part).CopyTo(destination);
            start += part;
            destination = destination[part..];
        }
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(buffer);
        buffer = null;
        file.SetUncached(false);
    }

    private bool Fill()
    {
        var wanted = (int)Math.Min(BufferBytes, length - next);
        if (wanted == 0) return false;
        // The last piece is no whole block.
        if (wanted < BufferBytes) file.SetUncached(false);
        start = 0;
        end = file.Read(next, new Span<byte>(buffer, wanted));
        next += end;
        return end > 0;
    }
}
