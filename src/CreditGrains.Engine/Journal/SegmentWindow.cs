using System.Buffers;
using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// A moving window over one file: large sequential reads into one rented buffer that grows to the largest frame. The returned
/// span is the caller's to scribble on until the next call.
/// </summary>
internal sealed class SegmentWindow(int chunkBytes) : IDisposable
{
    public const int SequentialChunkBytes = 512 << 10;
    public const int RandomChunkBytes = 64 << 10;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(chunkBytes);
    private IStoreFile? _file;
    private long _start;
    private int _count;

    /// <summary>Length of the file when attached, in bytes.</summary>
    public long FileBytes { get; private set; }

    /// <summary>Looks at another file, which stays the caller's.</summary>
    public void Attach(IStoreFile file)
    {
        _file = file;
        FileBytes = file.Length;
        Invalidate();
    }

    /// <summary>Forgets what was read, so that bytes written since are seen.</summary>
    public void Invalidate() => _count = 0;

    /// <summary>The bytes at <paramref name="offset"/>: <paramref name="length"/> of them, or fewer where the file ends.</summary>
    public Span<byte> At(long offset, int length)
    {
        length = (int)Math.Clamp(FileBytes - offset, 0, length);
        if (length == 0) return [];
        if (offset < _start || offset + length > _start + _count) Fill(offset, length);
        return _buffer.AsSpan((int)(offset - _start), length);
    }

    public void Dispose()
    {
        byte[] rented = _buffer;
        _buffer = [];
        _count = 0;
        if (rented.Length > 0) ArrayPool<byte>.Shared.Return(rented);
    }

    private void Fill(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0 || _file is null, this);
        int kept = 0;
        int keptFrom = 0;
        if (offset >= _start && offset < _start + _count)
        {
            keptFrom = (int)(offset - _start);
            kept = _count - keptFrom;
        }
        if (_buffer.Length < length) Grow(length, keptFrom, kept);
        else _buffer.AsSpan(keptFrom, kept).CopyTo(_buffer);
        _start = offset;
        _count = kept;
        int wanted = (int)Math.Min(Math.Max(chunkBytes, length), FileBytes - offset);
        _count += _file.Read(offset + kept, _buffer.AsSpan(kept, wanted - kept));
        if (_count < length) throw new EndOfStreamException($"The file ended at byte {offset + _count} while being read.");
    }

    private void Grow(int length, int keptFrom, int kept)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(length);
        _buffer.AsSpan(keptFrom, kept).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
