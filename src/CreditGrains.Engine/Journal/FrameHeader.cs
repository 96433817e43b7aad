using System.Buffers.Binary;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// The 64 bytes before a payload, little endian: 0 magic "CGF" and format version, 4 payload length, 8 event count (24 bits) and
/// flags (8 bits), 12 epoch, 16 first sequence, 24 recorded at, 32 chain hash (24 bytes), 56 payload CRC-32C, 60 CRC-32C of bytes 0–59.
/// </summary>
/// <param name="PayloadLength">Bytes of payload, 0 to 16 MiB.</param>
/// <param name="EventCount">Events in the payload; 0 only for an opening.</param>
/// <param name="Flags">What kind of frame it is.</param>
/// <param name="Epoch">Which opening for writing appended it, from 1.</param>
/// <param name="FirstSequence">Sequence of its first event; for an opening the sequence of the next event.</param>
/// <param name="RecordedAt">Writer time in microseconds since the Unix epoch; never less than in the frame before.</param>
/// <param name="Chain">Hash of this frame and all before it.</param>
/// <param name="PayloadCrc">CRC-32C of the payload.</param>
public readonly record struct FrameHeader(
    int PayloadLength,
    int EventCount,
    FrameFlags Flags,
    uint Epoch,
    long FirstSequence,
    long RecordedAt,
    ChainHash Chain,
    uint PayloadCrc)
{
    internal const uint FormatVersion = 1;
    internal const int EventCountMax = (1 << 24) - 1;
    private const uint Magic = 'C' | ('G' << 8) | ('F' << 16);
    private const uint MagicMask = 0x00FF_FFFF;
    private const int CrcOffset = 60;

    /// <summary>Sequence after this frame's last event.</summary>
    public long NextSequence => FirstSequence + EventCount;

    /// <summary>Bytes on disk, padding included.</summary>
    internal int FrameBytes => FrameLayout.FrameBytes(PayloadLength);

    /// <summary>Whether it marks an opening for writing.</summary>
    public bool IsOpening => (Flags & FrameFlags.Opening) != 0;

    /// <summary>Writes the 64 bytes, checksum included.</summary>
    internal void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic | (FormatVersion << 24));
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], PayloadLength);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], (uint)EventCount | ((uint)Flags << 24));
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], FirstSequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], RecordedAt);
        Chain.Write(destination[32..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[56..], PayloadCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[CrcOffset..], Checksum.Of(destination[..CrcOffset]));
    }

    /// <summary>Reads the fields without judging them.</summary>
    internal static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        uint countAndFlags = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        return new FrameHeader(
            BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            (int)(countAndFlags & EventCountMax),
            (FrameFlags)(countAndFlags >> 24),
            BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            ChainHash.Read(source[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[56..]));
    }

    /// <summary>Whether magic and checksum fit, whatever the version.</summary>
    internal static bool IsIntact(ReadOnlySpan<byte> source) =>
        (BinaryPrimitives.ReadUInt32LittleEndian(source) & MagicMask) == Magic
        && BinaryPrimitives.ReadUInt32LittleEndian(source[CrcOffset..]) == Checksum.Of(source[..CrcOffset]);

    /// <summary>The format version of an intact header.</summary>
    internal static uint VersionOf(ReadOnlySpan<byte> source) => source[3];

    /// <summary>Whether the fields are within their ranges.</summary>
    internal bool IsPlausible =>
        PayloadLength is >= 0 and <= FrameLayout.PayloadBytesMax
        && FirstSequence >= 1
        && FirstSequence <= long.MaxValue - EventCountMax
        && Epoch >= 1
        && (Flags & ~FrameFlags.Opening) == 0
        && IsOpening == (EventCount == 0)
        && IsOpening == (PayloadLength == 0);
}

/// <summary>Kinds of frame.</summary>
[Flags]
public enum FrameFlags : byte
{
    /// <summary>A batch of events.</summary>
    None = 0,

    /// <summary>No events: a writer opened the journal under a new epoch.</summary>
    Opening = 1,
}
