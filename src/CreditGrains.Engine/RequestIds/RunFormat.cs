using System.Globalization;
using System.Runtime.InteropServices;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// Layout of a run file: pages of 4,096 bytes (a header of 32 and up to 127 slots) in the order of the hash; the first hash of each page;
/// the filter; a footer of 128 bytes. Little endian. Pages, hashes, filter and footer each carry a CRC-32C.
/// </summary>
internal static class RunFormat
{
    public const int PageBytes = 4096;
    public const int PageSlots = 127;
    public const ulong Magic = 0x314E_5552_4449_4743; // "CGIDRUN1"
    private const string Prefix = "ids-";
    private const string Extension = ".cgids";

    public static string FileName(long number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D16}{Extension}");

    public static bool IsRunFile(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal);

    public static Span<RequestIdSlot> Slots(Span<byte> page) => MemoryMarshal.Cast<byte, RequestIdSlot>(page[RunPageHeader.StoredBytes..]);

    /// <summary>Completes a page whose slots are in place.</summary>
    public static void SealPage(Span<byte> page, long run, int index, int count)
    {
        ref RunPageHeader header = ref MemoryMarshal.AsRef<RunPageHeader>(page);
        header = new RunPageHeader { Run = run, Index = index, Count = (ushort)count };
        header.Crc = Checksum.Of(page[sizeof(uint)..]);
    }

    /// <summary>The slots of a page after checking it.</summary>
    /// <exception cref="RunDamagedException">It is not the page that was written.</exception>
    public static ReadOnlySpan<RequestIdSlot> OpenPage(Span<byte> page, long run, int index)
    {
        ref readonly RunPageHeader header = ref MemoryMarshal.AsRef<RunPageHeader>(page);
        bool isIntact = header.Crc == Checksum.Of(page[sizeof(uint)..]) && header.Run == run && header.Index == index
            && header.Count is > 0 and <= PageSlots;
        return isIntact ? Slots(page)[..header.Count] : throw new RunDamagedException(FileName(run));
    }
}

/// <summary>First bytes of a page. The CRC covers the rest of the page; run and index betray a page from elsewhere.</summary>
[StructLayout(LayoutKind.Sequential, Size = StoredBytes)]
internal struct RunPageHeader
{
    public const int StoredBytes = 32;
    public uint Crc;
    public int Index;
    public long Run;
    public ushort Count;
}

/// <summary>Last bytes of a run file.</summary>
[StructLayout(LayoutKind.Sequential, Size = StoredBytes)]
internal struct RunFooter
{
    public const int StoredBytes = 128;
    public ulong Magic;
    public long Run;
    public long Segment;
    public long SegmentMillis;
    public ulong SeedHigh;
    public ulong SeedLow;
    public long Entries;
    public int Pages;
    public int FilterBlocks;
    public uint FencesCrc;
    public uint FilterCrc;
    public uint Crc;

    public readonly long FencesOffset => (long)Pages * RunFormat.PageBytes;

    public readonly long FilterOffset => FencesOffset + ((long)Pages * sizeof(ulong));

    public readonly long FooterOffset => FilterOffset + ((long)FilterBlocks * RunFilter.BlockBytes);

    public readonly uint ComputeCrc()
    {
        RunFooter copy = this;
        copy.Crc = 0;
        return Checksum.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<RunFooter>(in copy)));
    }
}

/// <summary>A run of request ids is not what was written. The ids in it are unknown, so nothing of its time may be decided.</summary>
public sealed class RunDamagedException(string name, Exception? inner = null)
    : StoreException(StoreErrorCode.ReadFailed,
        $"The request ids in '{name}' are damaged or missing. Check the disk; restore this partition from backup or a standby.", inner);
