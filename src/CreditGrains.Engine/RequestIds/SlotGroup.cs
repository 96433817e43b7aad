using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// The slots of all hashes with one prefix of <see cref="Depth"/> bits: a part of a page or 1 to 6 pages probed as one ring, in the order of the
/// hash. One cache line. It doubles up to 4 pages, grows to 6 and then splits into twice 4, so that its load stays between 0.375 and 0.75.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = StoredBytes)]
internal unsafe struct SlotGroup
{
    public const int StoredBytes = 64;
    public const int PagesMax = 6;
    public const int SlotsMax = PagesMax * SlotPages.PageSlots;
    public const int EntriesMax = PagesMax * EntriesPerPageMax;
    private const int EntriesPerPageMax = SlotPages.PageSlots / 4 * 3;
    private const int EntriesPerPageWhenBuilt = 1360;
    private fixed ulong _pages[PagesMax];

    /// <summary>Length of the ring: that of one block below a page, else of whole pages.</summary>
    public int Slots;
    public int Count;
    public byte Depth;

    /// <summary>Blocks it lies in: one, which may be less than a page, or pages.</summary>
    public readonly int Blocks => Math.Max(1, Slots >> SlotPages.PageSlotBits);

    /// <summary>Slots after one step of growth short of a split.</summary>
    public readonly int SlotsNext => Math.Min(SlotsMax, Slots < 2 * SlotPages.PageSlots ? Slots * 2 : Slots + (2 * SlotPages.PageSlots));

    public readonly bool IsFull => Count >= Slots / 4 * 3;

    /// <summary>Slots for a group that is to hold so many entries and grow; at most <see cref="SlotsMax"/>.</summary>
    public static int SlotsFor(long count)
    {
        for (int slots = SlotPages.BlockSlotsMin; slots < SlotPages.PageSlots; slots *= 2)
        {
            if (count * SlotPages.PageSlots < (long)slots * EntriesPerPageWhenBuilt) return slots;
        }
        return (int)Math.Min(PagesMax, (count / EntriesPerPageWhenBuilt) + 1) * SlotPages.PageSlots;
    }

    public void Take(SlotPages pool, int slots, int depth)
    {
        Slots = slots;
        for (int block = 0; block < Blocks; block++) _pages[block] = (ulong)pool.Take(BlockSlots);
        Depth = (byte)depth;
        Count = 0;
    }

    public readonly void Return(SlotPages pool)
    {
        for (int block = 0; block < Blocks; block++) pool.Return((RequestIdSlot*)_pages[block], BlockSlots);
    }

    /// <summary>As <see cref="Return"/>, for a group whose table has left the count of what is used.</summary>
    public readonly void ReturnAdopted(SlotPages pool)
    {
        for (int block = 0; block < Blocks; block++) pool.Link((byte*)_pages[block], BlockSlots);
    }

    /// <summary>Where a block begins.</summary>
    public readonly RequestIdSlot* Address(int block) => (RequestIdSlot*)_pages[block];

    /// <summary>Parts with the last of whole pages.</summary>
    public RequestIdSlot* TakeLastPage()
    {
        Slots -= SlotPages.PageSlots;
        return (RequestIdSlot*)_pages[Slots >> SlotPages.PageSlotBits];
    }

    /// <summary>The slots of one block, empty ones between.</summary>
    public readonly ReadOnlySpan<RequestIdSlot> Block(int block) => new((RequestIdSlot*)_pages[block], BlockSlots);

    /// <summary>The slot where a hash would like to be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint Home(ulong hash)
    {
        unchecked
        {
            ulong within = (uint)((hash << Depth) >> 32);
            return (uint)((within * (uint)Slots) >> 32);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly RequestIdSlot* Slot(uint position) =>
        unchecked((RequestIdSlot*)_pages[position >> SlotPages.PageSlotBits] + (position & (SlotPages.PageSlots - 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint Next(uint position)
    {
        uint next = unchecked(position + 1);
        return next == (uint)Slots ? 0 : next;
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

    private readonly int BlockSlots => Math.Min(Slots, SlotPages.PageSlots);
}
