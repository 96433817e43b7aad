using System.Runtime.InteropServices;
using CreditGrains.Engine.Memory;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// Pages of slots outside the collected heap, cut from slabs and kept for reuse in a list threaded through the free pages. Owned by
/// the writer; nothing is given back to the system before disposal.
/// </summary>
internal sealed unsafe class SlotPages : IDisposable
{
    public const int PageSlotBits = 11;
    public const int PageSlots = 1 << PageSlotBits;
    public const int PageBytes = PageSlots * RequestIdSlot.StoredBytes;
    /// <summary>What an entry takes on average, empty slots and growth included.</summary>
    public const int BytesPerEntry = 56;

    private readonly List<nint> _slabs = new(128);
    private readonly Stack<(nint Groups, int Count)> _adopted = new(64);
    private byte* _fresh;
    private byte* _freshEnd;
    private byte* _free;

    ~SlotPages() => Free();

    /// <summary>Bytes in use by tables.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>Bytes taken from the system, in use or not.</summary>
    public long HeldBytes => (long)_slabs.Count * ZeroPages.PageBytes;

    /// <summary>Takes memory from the system now and touches it, so that later pages cost no more than clearing them.</summary>
    public void Reserve(long bytes)
    {
        while (HeldBytes < bytes)
        {
            AddSlab();
            SystemMemory.Populate(_fresh, ZeroPages.PageBytes);
            for (; _fresh < _freshEnd; _fresh += PageBytes) Link((RequestIdSlot*)_fresh);
        }
    }

    /// <summary>A page of empty slots.</summary>
    public RequestIdSlot* Take()
    {
        if (_free == null && _adopted.Count > 0) ReturnAdopted();
        byte* page = _free;
        if (page != null)
        {
            _free = *(byte**)page;
            NativeMemory.Clear(page, PageBytes);
        }
        else
        {
            if (_fresh == _freshEnd) AddSlab();
            page = _fresh;
            _fresh += PageBytes;
        }
        UsedBytes += PageBytes;
        return (RequestIdSlot*)page;
    }

    /// <summary>Gives a page back; nobody may read it any more.</summary>
    public void Return(RequestIdSlot* page)
    {
        Link(page);
        UsedBytes -= PageBytes;
    }

    /// <summary>Takes over the groups of a table nobody reads any more. Their pages are threaded into the list when they are needed.</summary>
    public void Adopt(SlotGroup* groups, int count, int pages)
    {
        _adopted.Push(((nint)groups, count));
        UsedBytes -= (long)pages * PageBytes;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Link(RequestIdSlot* page)
    {
        *(byte**)page = _free;
        _free = (byte*)page;
    }

    // One group at a time.
    private void ReturnAdopted()
    {
        (nint address, int count) = _adopted.Pop();
        var groups = (SlotGroup*)address;
        ref readonly SlotGroup last = ref groups[--count];
        for (int page = 0; page < last.Pages; page++) Link(last.Page(page));
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
        _adopted.Clear();
        foreach (nint slab in _slabs) ZeroPages.Return((byte*)slab);
        _slabs.Clear();
        _free = _fresh = _freshEnd = null;
    }
}
