using System.Buffers.Binary;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// The first 128 bytes of a segment file, little endian; frames begin at byte 4096. 0 magic "CGSG", 4 format version (16 bits),
/// 8 partition id, 24 first sequence, 32 previous chain hash (24 bytes), 56 epoch that created it, 64 segment length, 72 time of
/// the frame before, 124 CRC-32C of bytes 0–123; the rest is zero.
/// </summary>
internal readonly record struct SegmentHeader(
    Guid PartitionId,
    long FirstSequence,
    ChainHash PreviousChain,
    uint Epoch,
    long SegmentBytes,
    long PreviousRecordedAt)
{
    public const int ReservedBytes = 4096;
    public const int StoredBytes = 128;
    public const ushort FormatVersion = 1;
    private const uint Magic = 'C' | ('G' << 8) | ('S' << 16) | ('G' << 24);
    private const int CrcOffset = StoredBytes - 4;

    public void Write(Span<byte> destination)
    {
        destination[..StoredBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], FormatVersion);
        if (!PartitionId.TryWriteBytes(destination[8..])) throw new InvalidOperationException("A partition id has 16 bytes.");
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], FirstSequence);
        PreviousChain.Write(destination[32..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[56..], Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(destination[64..], SegmentBytes);
        BinaryPrimitives.WriteInt64LittleEndian(destination[72..], PreviousRecordedAt);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[CrcOffset..], Checksum.Of(destination[..CrcOffset]));
    }

    /// <summary>Whether magic and checksum fit, whatever the version.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> source) =>
        source.Length >= StoredBytes
        && BinaryPrimitives.ReadUInt32LittleEndian(source) == Magic
        && BinaryPrimitives.ReadUInt32LittleEndian(source[CrcOffset..]) == Checksum.Of(source[..CrcOffset]);

    public static ushort VersionOf(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadUInt16LittleEndian(source[4..]);

    public static SegmentHeader Read(ReadOnlySpan<byte> source) => new(
        new Guid(source.Slice(8, 16)),
        BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
        ChainHash.Read(source[32..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[56..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[64..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[72..]));
}
