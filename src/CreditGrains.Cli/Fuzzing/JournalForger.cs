using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace CreditGrains.Cli.Fuzzing;

/// <summary>
/// Makes checksums and chain of a changed segment right again, from docs/journal-format.md alone, so that what is behind them is tried too. It is also what an
/// administrator would do who rewrites a journal.
/// </summary>
internal static class JournalForger
{
    private const int FramesAt = 4096;
    private const int HeaderBytes = 64;
    private const int ChainAt = 32;
    private const int ChainBytes = 24;

    /// <summary>Mends every frame in place, as far as lengths can be followed.</summary>
    public static void Mend(byte[] segment)
    {
        if (segment.Length < FramesAt) return;
        var previous = segment.AsSpan(ChainAt, ChainBytes).ToArray();
        for (var at = FramesAt; at + HeaderBytes <= segment.Length;)
        {
            var header = segment.AsSpan(at, HeaderBytes);
            var length = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
            if (header[0] != (byte)'C' || length < 0 || length > segment.Length - at - HeaderBytes) return;
            var payload = segment.AsSpan(at + HeaderBytes, length);
            BinaryPrimitives.WriteUInt32LittleEndian(header[56..], Crc(payload));
            byte[] hashed = [.. previous, .. header[..ChainAt], .. payload];
            previous = SHA256.HashData(hashed)[..ChainBytes];
            previous.CopyTo(header[ChainAt..]);
            BinaryPrimitives.WriteUInt32LittleEndian(header[60..], Crc(header[..60]));
            at += (HeaderBytes + length + 8 + HeaderBytes - 1) & ~(HeaderBytes - 1);
        }
    }

    /// <summary>CRC-32C (Castagnoli) as RFC 3720 gives it.</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
