using CreditGrains.Engine.Files;

namespace CreditGrains.Simulation.Disk;

/// <summary>A handle to a file of a <see cref="FakeDisk"/>; dead after the next crash or restart.</summary>
internal sealed class FakeFile(FakeDisk disk, FakeInode inode, string name, int life) : IStoreFile
{
    private const int ZeroChunkBytes = 64 << 10;
    private static readonly byte[] Zeros = new byte[ZeroChunkBytes];
    private bool _isDisposed;

    public long Length
    {
        get
        {
            RequireUse();
            return inode.Length;
        }
    }

    public int Read(long offset, Span<byte> destination)
    {
        RequireUse();
        return inode.Read(offset, destination);
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        RequireUse();
        disk.Write(inode, name, offset, source);
    }

    public void Preallocate(long length)
    {
        RequireUse();
        long offset = inode.Length;
        if (offset >= length) return;
        while (offset < length)
        {
            int chunk = (int)Math.Min(ZeroChunkBytes, length - offset);
            Write(offset, Zeros.AsSpan(0, chunk));
            offset += chunk;
        }
        Sync();
    }

    public void SetLength(long length)
    {
        RequireUse();
        disk.SetLength(inode, name, length);
    }

    public void Sync()
    {
        RequireUse();
        disk.Sync(inode, name);
    }

    public void Dispose() => _isDisposed = true;

    private void RequireUse()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        disk.RequireLife(life);
    }
}
