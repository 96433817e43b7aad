using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// The slots of all hashes with one prefix of <see cref="Depth"/> bits: 1 to 6 pages probed as one ring, in the order of the hash.
/// One cache line. It grows from 4 pages to 6 and then splits into twice 4, so that its load stays between 0.5 and 0.75.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = StoredBytes)]
internal unsafe struct SlotGroup
{
    public const int StoredBytes = 64;
    public const int PagesMax = 6;
    public const int EntriesMax = PagesMax * EntriesPerPageMax;
    private const int EntriesPerPageMax = SlotPages.PageSlots / 4 * 3;
    private const int EntriesPerPageWhenBuilt = 1360;
    private fixed ulong _pages[7];
    public int Count;
    public byte Pages;
    public byte Depth;

    /// <summary>Pages after one step of growth short of a split.</summary>
    public readonly int PagesNext => Pages == 1 ? 2 : Pages + 2;

    public readonly bool IsFull => Count >= Pages * EntriesPerPageMax;

    /// <summary>Pages for a group that is to hold so many entries and grow; at most <see cref="PagesMax"/>.</summary>
    public static int PagesFor(long count) => (int)Math.Min(PagesMax, (count / EntriesPerPageWhenBuilt) + 1);

    public void Take(SlotPages pool, int pages, int depth)
    {
        for (int page = 0; page < pages; page++) _pages[page] = (ulong)pool.Take();
        Pages = (byte)pages;
        Depth = (byte)depth;
        Count = 0;
    }

    public readonly void Return(SlotPages pool)
    {
        for (int page = 0; page < Pages; page++) pool.Return(Page(page));
    }

    public readonly RequestIdSlot* Page(int page) => (RequestIdSlot*)_pages[page];

    /// <summary>The slot where a hash would like to be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint Home(ulong hash)
    {
        unchecked
        {
            ulong within = (uint)((hash << Depth) >> 32);
            return (uint)((within * ((uint)Pages << SlotPages.PageSlotBits)) >> 32);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly RequestIdSlot* Slot(uint position) =>
        unchecked((RequestIdSlot*)_pages[position >> SlotPages.PageSlotBits] + (position & (SlotPages.PageSlots - 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint Next(uint position)
    {
        uint next = unchecked(position + 1);
        return next == (uint)Pages << SlotPages.PageSlotBits ? 0 : next;
    }

    /// <summary>An empty slot for a hash; there must be one.</summary>
    public readonly RequestIdSlot* FindEmpty(ulong hash)
    {
        Debug.Assert(!IsFull);
        uint position = Home(hash);
        RequestIdSlot* slot;
        while (!(slot = Slot(position))->IsEmpty) position = Next(position);
        return slot;
    }
}
