namespace CreditGrains.Engine.Journal;

/// <summary>
/// Where the parts of a frame lie: 64 byte header, payload, 8 byte trailer, zeros up to the next multiple of 64. A header never
/// straddles a disk sector, so it is on disk whole or not at all; the trailer has no zero byte, so a lost last sector shows.
/// </summary>
internal static class FrameLayout
{
    public const int Alignment = 64;
    public const int HeaderBytes = 64;
    public const int TrailerBytes = 8;
    public const int SectorBytes = 512;
    public const int PayloadBytesMax = 16 << 20;
    public const ulong Trailer = 0x9E_D1_47_A6_3B_F5_8C_E3;

    /// <summary>Bytes a frame takes on disk, padding included.</summary>
    public static int FrameBytes(int payloadLength) =>
        (HeaderBytes + payloadLength + TrailerBytes + Alignment - 1) & ~(Alignment - 1);
}
