using System.Buffers;
using System.Buffers.Binary;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// Where a caller builds a payload so that the frame is written without a copy: the header's 64 bytes are reserved in front.
/// Owned by one thread at a time; use two in turn to build one batch while the other is flushed. Grows by doubling, never shrinks.
/// </summary>
/// <param name="payloadBytesMax">Largest payload it takes, 1 to 16 MiB.</param>
public sealed class FrameBuffer(int payloadBytesMax = FrameLayout.PayloadBytesMax) : IBufferWriter<byte>
{
    private const int InitialBytes = 64 << 10;
    private byte[] _bytes = new byte[Math.Min(InitialBytes, FrameLayout.FrameBytes(payloadBytesMax))];

    /// <summary>Largest payload it takes, in bytes.</summary>
    public int PayloadBytesMax { get; } = payloadBytesMax is >= 1 and <= FrameLayout.PayloadBytesMax
        ? payloadBytesMax
        : throw new ArgumentOutOfRangeException(nameof(payloadBytesMax), payloadBytesMax, "A payload has 1 byte to 16 MiB.");

    /// <summary>Bytes of payload so far.</summary>
    public int Length { get; private set; }

    /// <summary>The payload so far; the caller may correct it in place until it is appended.</summary>
    public Span<byte> Payload => _bytes.AsSpan(FrameLayout.HeaderBytes, Length);

    /// <summary>Forgets the payload, keeps the memory.</summary>
    public void Clear() => Length = 0;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The payload would pass the largest.</exception>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Math.Min(PayloadBytesMax, Room) - Length);
        Length += count;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The payload would pass the largest.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsMemory(FrameLayout.HeaderBytes + Length, Math.Min(PayloadBytesMax, Room) - Length);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The payload would pass the largest.</exception>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Finishes the frame around the payload and returns its bytes as they go to disk.</summary>
    internal ReadOnlySpan<byte> Seal(ChainHash previous, FrameHeader fields, out ChainHash chain)
    {
        int frameBytes = FrameLayout.FrameBytes(Length);
        Span<byte> frame = _bytes.AsSpan(0, frameBytes);
        Span<byte> tail = frame[(FrameLayout.HeaderBytes + Length)..];
        tail.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(tail, FrameLayout.Trailer);
        FrameHeader header = fields with { PayloadLength = Length, PayloadCrc = Checksum.Of(Payload), Chain = default };
        header.Write(frame);
        chain = ChainHash.Extend(previous, frame, Length);
        (header with { Chain = chain }).Write(frame);
        return frame;
    }

    // Payload bytes the present array can hold, leaving room for header, trailer and padding.
    private int Room => (_bytes.Length & ~(FrameLayout.Alignment - 1)) - FrameLayout.HeaderBytes - FrameLayout.TrailerBytes;

    private void Ensure(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        int needed = Length + Math.Max(sizeHint, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(needed, PayloadBytesMax, nameof(sizeHint));
        if (needed <= Room) return;
        long doubled = Math.Min(FrameLayout.FrameBytes(PayloadBytesMax), 2L * _bytes.Length);
        Array.Resize(ref _bytes, (int)Math.Max(doubled, FrameLayout.FrameBytes(needed)));
    }
}
