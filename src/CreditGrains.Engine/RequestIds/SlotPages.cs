using System.Numerics;
using System.Runtime.InteropServices;
using CreditGrains.Engine.Memory;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// Pages of slots outside the collected heap, cut from slabs, and blocks of 64 to 1,024 slots cut from pages, for segments with few entries. Free
/// ones are kept in lists, a size each, threaded through them; what was cut stays cut. Owned by the writer.
/// </summary>
internal sealed unsafe partial class SlotPages : IDisposable
{
    public const int PageSlotBits = 11;
    public const int PageSlots = 1 << PageSlotBits;
    public const int PageBytes = PageSlots * RequestIdSlot.StoredBytes;

    /// <summary>Slots of the smallest block, 2 KiB.</summary>
    public const int BlockSlotsMin = 1 << BlockSlotBitsMin;

    /// <summary>What an entry takes on average, empty slots and growth included.</summary>
    public const int BytesPerEntry = 56;

    private const int BlockSlotBitsMin = 6;
    private readonly nint[] _free = new nint[PageSlotBits - BlockSlotBitsMin + 1];
    private readonly List<nint> _slabs = new(128);
    private readonly Stack<(nint Groups, int Count)> _adopted = new(64);
    private byte* _fresh;
    private byte* _freshEnd;

    ~SlotPages() => Free();

    /// <summary>Bytes in use by tables.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>Bytes taken from the system, in use or not.</summary>
    public long HeldBytes => ((long)_slabs.Count * ZeroPages.PageBytes) - _vacantBytes;

    /// <summary>Takes memory from the system now and touches it, so that later pages cost no more than clearing them.</summary>
    public void Reserve(long bytes)
    {
        while (HeldBytes < bytes)
        {
            AddSlab();
            SystemMemory.Populate(_fresh, ZeroPages.PageBytes);
            for (; _fresh < _freshEnd; _fresh += PageBytes) Link(_fresh, PageSlots);
        }
    }

    /// <summary>A block of empty slots.</summary>
    /// <param name="slots">A power of two from <see cref="BlockSlotsMin"/> to <see cref="PageSlots"/>.</param>
    public RequestIdSlot* Take(int slots)
    {
        UsedBytes += (long)slots * RequestIdSlot.StoredBytes;
        return (RequestIdSlot*)(slots == PageSlots ? TakePage() : TakePart(slots));
    }

    /// <summary>Gives a block back; nobody may read it any more.</summary>
    public void Return(RequestIdSlot* block, int slots)
    {
        Link((byte*)block, slots);
        UsedBytes -= (long)slots * RequestIdSlot.StoredBytes;
    }

    /// <summary>Takes over the groups of a table nobody reads any more. Their pages are threaded into the list when they are needed.</summary>
    public void Adopt(SlotGroup* groups, int count, long slots)
    {
        _adopted.Push(((nint)groups, count));
        UsedBytes -= slots * RequestIdSlot.StoredBytes;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Puts a block into the list of its size.</summary>
    internal void Link(byte* block, int slots)
    {
        ref nint first = ref FirstFree(slots);
        *(nint*)block = first;
        first = (nint)block;
    }

    private ref nint FirstFree(int slots) => ref _free[BitOperations.Log2((uint)slots) - BlockSlotBitsMin];

    private bool TryUnlink(int slots, out byte* block)
    {
        ref nint first = ref FirstFree(slots);
        block = (byte*)first;
        if (block == null) return false;
        first = *(nint*)block;
        NativeMemory.Clear(block, (nuint)slots * RequestIdSlot.StoredBytes);
        return true;
    }

    private byte* TakePage()
    {
        // A table adopted may have had no whole page; then the next.
        while (FirstFree(PageSlots) == 0 && _adopted.Count > 0) ReturnAdopted();
        if (TryUnlink(PageSlots, out byte* page) || TryTakeVacant(out page)) return page;
        if (_fresh == _freshEnd) AddSlab();
        page = _fresh;
        _fresh += PageBytes;
        return page;
    }

    private byte* TakePart(int slots)
    {
        // A segment forgotten a minute, and one begun: its block is taken before another page is cut.
        if (FirstFree(slots) == 0 && _adopted.Count > 0) ReturnAdopted();
        if (TryUnlink(slots, out byte* part)) return part;
        byte* page = TakePage();
        for (int first = slots; first < PageSlots; first += slots) Link(page + ((long)first * RequestIdSlot.StoredBytes), slots);
        return page;
    }

    // One group at a time.
    private void ReturnAdopted()
    {
        (nint address, int count) = _adopted.Pop();
        var groups = (SlotGroup*)address;
        ref readonly SlotGroup last = ref groups[--count];
        last.ReturnAdopted(this);
        if (count > 0) _adopted.Push((address, count));
        else NativeMemory.AlignedFree(groups);
    }

    private void AddSlab()
    {
        _fresh = _slabs.Count == 0 ? ZeroPages.TakeLazy() : ZeroPages.Take();
        _freshEnd = _fresh + ZeroPages.PageBytes;
        _slabs.Add((nint)_fresh);
    }

    private void Free()
    {
        foreach ((nint groups, _) in _adopted) NativeMemory.AlignedFree((void*)groups);
        foreach ((nint groups, _) in _vacant) NativeMemory.AlignedFree((void*)groups);
        _adopted.Clear();
        _vacant.Clear();
        foreach (nint slab in _slabs) ZeroPages.Return((byte*)slab);
        _slabs.Clear();
        Array.Clear(_free);
        _fresh = _freshEnd = null;
    }
}
