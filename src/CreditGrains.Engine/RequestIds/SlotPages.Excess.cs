using System.Runtime.InteropServices;
using CreditGrains.Engine.Memory;

namespace CreditGrains.Engine.RequestIds;

/// <content>
/// Back to the system: a replayed journal or a disk that did not keep up leaves more pages than are wanted again. A table goes at a time, and another
/// thread gives back what is in it, for that takes the system microseconds a page.
/// </content>
internal sealed unsafe partial class SlotPages
{
    private readonly Stack<(nint Groups, int Count)> _vacant = new(8);
    private long _vacantBytes;

    /// <summary>A table nobody reads any more, for another thread to vacate and then for <see cref="TakeBack"/>; null while no more is held than is to be kept.</summary>
    /// <param name="keptBytes">What is to be kept.</param>
    public VacatedTable? TakeExcess(long keptBytes)
    {
        if (HeldBytes <= keptBytes || !_adopted.TryPeek(out (nint Groups, int Count) next) || ((SlotGroup*)next.Groups)[next.Count - 1].Slots < PageSlots) return null;
        (nint groups, int count) = _adopted.Pop();
        return new VacatedTable(this, groups, count);
    }

    /// <summary>Takes the pages of a table again, vacated or not.</summary>
    public void TakeBack(VacatedTable table)
    {
        (nint groups, int count) = table.Detach();
        _vacantBytes += table.VacatedBytes;
        (table.IsVacated ? _vacant : _adopted).Push((groups, count));
    }

    private bool TryTakeVacant(out byte* page)
    {
        page = null;
        while (page == null && _vacant.TryPop(out (nint Groups, int Count) table))
        {
            var groups = (SlotGroup*)table.Groups;
            SlotGroup* last = &groups[table.Count - 1];
            if (last->Slots < PageSlots) last->ReturnAdopted(this);
            else page = (byte*)last->TakeLastPage();
            if (last->Slots < PageSlots) table.Count--;
            if (table.Count > 0) _vacant.Push(table);
            else NativeMemory.AlignedFree(groups);
        }
        if (page == null) return false;
        _vacantBytes -= PageBytes;
        return true;
    }
}

/// <summary>The pages of a table nobody reads any more, on their way back to the system. <see cref="Vacate"/> is for one thread, before the pool takes it back.</summary>
internal sealed unsafe class VacatedTable(SlotPages pool, nint groups, int count)
{
    private nint _groups = groups;

    ~VacatedTable() => NativeMemory.AlignedFree((void*)_groups);

    /// <summary>Whether the pages read as zeros and take no memory.</summary>
    public bool IsVacated { get; private set; }

    /// <summary>Bytes that went back to the system.</summary>
    public long VacatedBytes { get; private set; }

    /// <summary>Gives the whole pages back; parts of pages stay.</summary>
    public void Vacate()
    {
        for (int group = 0; group < count; group++)
        {
            ref readonly SlotGroup vacated = ref ((SlotGroup*)_groups)[group];
            if (vacated.Slots < SlotPages.PageSlots) continue;
            for (int page = 0; page < vacated.Blocks; page++) SystemMemory.Discard((byte*)vacated.Address(page), SlotPages.PageBytes);
            VacatedBytes += (long)vacated.Blocks * SlotPages.PageBytes;
        }
        IsVacated = true;
        // The slabs are the pool's.
        GC.KeepAlive(pool);
    }

    internal (nint Groups, int Count) Detach()
    {
        nint detached = _groups;
        _groups = 0;
        return (detached, count);
    }
}
