using System.Buffers;

namespace CreditGrains.Engine.Journal;

/// <summary>A verified frame in a rented array that its owner returns by disposing.</summary>
public sealed class PooledFrame : IDisposable
{
    private byte[]? _rented;
    private readonly int _length;

    internal PooledFrame(Frame frame)
    {
        _length = frame.Raw.Length;
        _rented = ArrayPool<byte>.Shared.Rent(_length);
        frame.Raw.CopyTo(_rented);
        Header = frame.Header;
    }

    /// <summary>Sequence, epoch, time and chain hash.</summary>
    public FrameHeader Header { get; }

    /// <summary>The events, opaque here; valid until disposed.</summary>
    /// <exception cref="ObjectDisposedException">The frame was disposed.</exception>
    public ReadOnlyMemory<byte> Payload => Rented().AsMemory(FrameLayout.HeaderBytes, Header.PayloadLength);

    /// <summary>The frame exactly as stored; valid until disposed.</summary>
    /// <exception cref="ObjectDisposedException">The frame was disposed.</exception>
    public ReadOnlyMemory<byte> Raw => Rented().AsMemory(0, _length);

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[]? rented = Interlocked.Exchange(ref _rented, null);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    private byte[] Rented()
    {
        byte[]? rented = _rented;
        ObjectDisposedException.ThrowIf(rented is null, this);
        return rented;
    }
}
