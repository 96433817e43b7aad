using Microsoft.Win32.SafeHandles;

namespace CreditGrains.Engine.Files;

/// <summary>A file of a <see cref="DiskFileStore"/>: synchronous positional reads and writes on one handle.</summary>
internal sealed class DiskStoreFile(SafeFileHandle handle, string path) : IStoreFile
{
    private const long SyncEveryBytes = 1 << 20;
    private const int ZeroChunkBytes = 1 << 20;
    private static readonly byte[] Zeros = new byte[ZeroChunkBytes];

    public long Length => RandomAccess.GetLength(handle);

    public int Read(long offset, Span<byte> destination)
    {
        try
        {
            int total = 0;
            while (total < destination.Length)
            {
                int read = RandomAccess.Read(handle, destination[total..], offset + total);
                if (read == 0) break;
                total += read;
            }
            return total;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Name(DiskAction.Read, path, cause);
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        try
        {
            RandomAccess.Write(handle, source, offset);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Name(DiskAction.Write, path, cause);
        }
    }

    public void Preallocate(long length)
    {
        long offset = Length;
        if (offset >= length) return;
        while (offset < length)
        {
            int chunk = (int)Math.Min(ZeroChunkBytes, length - offset);
            Write(offset, Zeros.AsSpan(0, chunk));
            offset += chunk;
            // Little by little: one sync of a whole segment would hold up the journal's own syncs on the same disk.
            if (offset % SyncEveryBytes < chunk) Sync();
        }
        Sync();
    }

    public void SetLength(long length)
    {
        try
        {
            RandomAccess.SetLength(handle, length);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Name(DiskAction.Write, path, cause);
        }
    }

    public void SetUncached(bool isUncached) => DiskNative.SetDirect(handle, isUncached);

    public void Sync()
    {
        if (OperatingSystem.IsLinux())
        {
            int error = DiskNative.SyncData(handle);
            if (error != 0) throw DiskFailure.Name(DiskAction.Sync, path, error);
            return;
        }
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Name(DiskAction.Sync, path, cause);
        }
    }

    public void Dispose() => handle.Dispose();
}
