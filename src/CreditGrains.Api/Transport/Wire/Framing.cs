using System.Buffers;
using System.Buffers.Binary;

namespace CreditGrains.Api.Transport.Wire;

/// <summary>The five-byte prefix of each message: a compressed flag and a big-endian length.</summary>
internal static class Framing
{
    public const int PrefixLength = 5;

    /// <summary>Takes one framed message off the front of <paramref name="buffer"/>.</summary>
    /// <returns>False when the message is not all there yet; the buffer is then unchanged.</returns>
    /// <exception cref="RpcException">The flag is not 0 or 1 (Internal) or the length passes
    /// <paramref name="lengthMax"/> (ResourceExhausted). Thrown from the prefix alone, before the body is buffered.</exception>
    public static bool TryTake(ref ReadOnlySequence<byte> buffer, int lengthMax, out bool compressed, out ReadOnlySequence<byte> message)
    {
        compressed = false;
        message = default;
        if (buffer.Length < PrefixLength)
            return false;

        Span<byte> prefix = stackalloc byte[PrefixLength];
        if (buffer.FirstSpan.Length >= PrefixLength)
            buffer.FirstSpan[..PrefixLength].CopyTo(prefix);
        else
            buffer.Slice(0, PrefixLength).CopyTo(prefix);

        if (prefix[0] > 1)
            throw new RpcException(StatusCode.Internal, $"The compressed flag of a message is {prefix[0]}; it must be 0 or 1.");
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > (uint)lengthMax)
            throw new RpcException(StatusCode.ResourceExhausted, $"A message of {length} bytes passes the receive limit of {lengthMax} bytes.");
        if (buffer.Length - PrefixLength < length)
            return false;

        compressed = prefix[0] == 1;
        message = buffer.Slice(PrefixLength, (int)length);
        buffer = buffer.Slice(message.End);
        return true;
    }
}
