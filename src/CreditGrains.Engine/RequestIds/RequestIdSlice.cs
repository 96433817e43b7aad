using System.Runtime.InteropServices;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// Head of a slice of a snapshot, followed by that many slots of 32 bytes. Little endian. The snapshot's own frames carry the checksum,
/// so that the writer need not compute it.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = StoredBytes)]
internal struct RequestIdSlice
{
    public const int StoredBytes = 64;
    public const uint MagicValue = 0x3153_4943; // "CIS1"
    public uint Magic;
    public int Count;
    public long SegmentMillis;
    public long Segment;
    public long TableEntries;

    /// <summary>The slots behind a head, or an empty span and false when the bytes are not a slice.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> bytes, out RequestIdSlice head, out ReadOnlySpan<RequestIdSlot> slots)
    {
        head = default;
        slots = default;
        if (bytes.Length < StoredBytes) return false;
        head = MemoryMarshal.Read<RequestIdSlice>(bytes);
        if (head.Magic != MagicValue || head.Count < 0 || head.TableEntries < 0) return false;
        if (bytes.Length != StoredBytes + ((long)head.Count * RequestIdSlot.StoredBytes)) return false;
        slots = MemoryMarshal.Cast<byte, RequestIdSlot>(bytes[StoredBytes..]);
        return true;
    }
}
