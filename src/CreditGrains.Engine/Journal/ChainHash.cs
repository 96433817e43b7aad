using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// 24 bytes that stand for a frame and all before it: SHA-256 over the previous chain hash, the frame's first 32 header bytes
/// and its payload, cut to 24 bytes. The default value, all zeros, stands for nothing.
/// </summary>
public readonly record struct ChainHash(ulong First, ulong Second, ulong Third)
{
    /// <summary>Stored size in bytes.</summary>
    public const int Bytes = 24;

    /// <summary>Header bytes that the hash covers.</summary>
    internal const int HashedHeaderBytes = 32;

    /// <summary>The hash before a partition's first frame, so that no two partitions share a chain.</summary>
    public static ChainHash Genesis(Guid partitionId)
    {
        Span<byte> input = stackalloc byte[16 + 20];
        "CreditGrains journal"u8.CopyTo(input);
        if (!partitionId.TryWriteBytes(input[20..])) throw new InvalidOperationException("A partition id has 16 bytes.");
        return Cut(input);
    }

    /// <summary>Reads the 24 stored bytes.</summary>
    public static ChainHash Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(source),
        BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[16..]));

    /// <summary>Writes the 24 stored bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, First);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Second);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Third);
    }

    /// <summary>
    /// The hash of the frame that begins at <paramref name="frame"/>[0] and follows <paramref name="previous"/>. The header is
    /// overwritten during the call, so that the input lies in one run, and put back before it returns.
    /// </summary>
    internal static ChainHash Extend(ChainHash previous, Span<byte> frame, int payloadLength)
    {
        Span<byte> header = stackalloc byte[FrameLayout.HeaderBytes];
        frame[..FrameLayout.HeaderBytes].CopyTo(header);
        const int start = FrameLayout.HeaderBytes - Bytes - HashedHeaderBytes;
        previous.Write(frame[start..]);
        header[..HashedHeaderBytes].CopyTo(frame[(start + Bytes)..]);
        ChainHash result = Cut(frame[start..(FrameLayout.HeaderBytes + payloadLength)]);
        header.CopyTo(frame);
        return result;
    }

    /// <summary>48 hexadecimal digits, stored order.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        Write(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static ChainHash Cut(ReadOnlySpan<byte> input)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, digest);
        return Read(digest);
    }
}
