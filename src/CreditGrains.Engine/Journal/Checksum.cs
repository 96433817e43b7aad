using System.Numerics;
using System.Runtime.InteropServices;

namespace CreditGrains.Engine.Journal;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4): by processor instruction where there is one, else by table.</summary>
internal static class Checksum
{
    /// <summary>The checksum of <paramref name="bytes"/>; of "123456789" it is 0xE3069283.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Continue(uint.MaxValue, bytes);

    /// <summary>The checksum of two runs of bytes, one behind the other.</summary>
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => ~Continue(Continue(uint.MaxValue, first), second);

    private static uint Continue(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, rest);
        return crc;
    }
}
