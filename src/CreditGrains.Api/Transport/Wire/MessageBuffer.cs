using System.Buffers;
using System.Buffers.Binary;

namespace CreditGrains.Api.Transport.Wire;

/// <summary>
/// One outgoing message being built, with its five prefix bytes in front so that message and prefix leave in one copy.
/// Memory is rented and kept between messages; a buffer that grew past <see cref="KeptLength"/> is given back.
/// Not thread-safe.
/// </summary>
internal sealed class MessageBuffer : IBufferWriter<byte>
{
    private const int KeptLength = 64 * 1024;
    private byte[] bytes = [];
    private int end = Framing.PrefixLength;

    /// <summary>The message written so far, without prefix.</summary>
    public ReadOnlyMemory<byte> Message => bytes.AsMemory(Math.Min(Framing.PrefixLength, bytes.Length), Length);

    /// <summary>Message length in bytes, without prefix.</summary>
    public int Length => end - Framing.PrefixLength;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Math.Max(bytes.Length - end, 0));
        end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsMemory(end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsSpan(end);
    }

    /// <summary>Fills in the prefix and gives prefix and message together; valid until the next call on this buffer.</summary>
    public ReadOnlyMemory<byte> Frame(bool compressed)
    {
        Reserve(0);
        bytes[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), (uint)Length);
        return bytes.AsMemory(0, end);
    }

    /// <summary>Forgets the message and keeps the memory.</summary>
    public void Clear()
    {
        end = Framing.PrefixLength;
        if (bytes.Length > KeptLength)
            Free();
    }

    /// <summary>Gives the memory back; the buffer can be used again.</summary>
    public void Free()
    {
        var rented = bytes;
        bytes = [];
        end = Framing.PrefixLength;
        if (rented.Length > 0)
            ArrayPool<byte>.Shared.Return(rented);
    }

    private void Reserve(int sizeHint)
    {
        var needed = Math.Max(sizeHint, 1);
        if (bytes.Length - end >= needed)
            return;

        var grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(
            Math.Max(Math.Max((long)bytes.Length * 2, (long)end + needed), 512),
            Array.MaxLength));
        if (bytes.Length > 0)
        {
            bytes.AsSpan(0, end).CopyTo(grown);
            ArrayPool<byte>.Shared.Return(bytes);
        }

        bytes = grown;
    }
}
