using System.Runtime.InteropServices;

namespace CreditGrains.Engine.RequestIds;

/// <content>Growth: a full group gets more slots, or at six pages splits in two by the next bit of the hash.</content>
internal sealed unsafe partial class RequestIdTable
{
    private const int GroupEntriesWhenReserved = 5_000;

    /// <summary>
    /// Makes room for so many more entries, spread evenly. Must come before entries are added in the order of their hash, which
    /// would crowd the first group. Moves what is here at once; for restoring only.
    /// </summary>
    public void Reserve(long additional)
    {
        if (additional == 0) return;
        long count = Count + additional;
        int depth = 0;
        while (depth < DepthMax && count >> depth > GroupEntriesWhenReserved) depth++;
        if (depth == 0 && SlotGroup.SlotsFor(count) <= _groups[0].Slots) return;
        RequestIdSlot[] present = Count == 0 ? [] : new RequestIdSlot[Count];
        CopyAll(present);
        ReleaseGroups();
        Build(depth, SlotGroup.SlotsFor(count >> depth));
        Count = 0;
        foreach (ref readonly RequestIdSlot slot in present.AsSpan()) Add(_hash.Of(slot), slot);
    }

    private void Build(int depth, int slots)
    {
        _depth = depth;
        _groupCount = 1 << depth;
        _groupCapacity = Math.Max(2, _groupCount);
        _directory = (int*)NativeMemory.Alloc((nuint)_groupCount, sizeof(int));
        _groups = AllocateGroups(_groupCapacity);
        for (int group = 0; group < _groupCount; group++)
        {
            _directory[group] = group;
            TakeSlots(group, slots, depth);
        }
    }

    private void Grow(ulong hash)
    {
        int index = _directory[DirectoryIndex(hash)];
        SlotGroup old = _groups[index];
        if (old.Slots == SlotGroup.SlotsMax)
        {
            Split(hash, index, old);
        }
        else
        {
            TakeSlots(index, old.SlotsNext, old.Depth);
        }
        Move(old);
        old.Return(_pool);
        _slotCount -= old.Slots;
    }

    private void Split(ulong hash, int index, in SlotGroup old)
    {
        if (old.Depth == DepthMax)
            throw new InvalidOperationException("Too many request ids share a hash prefix; the seed is known to a caller. Restart with another.");
        if (old.Depth == _depth) DoubleDirectory();
        if (_groupCount == _groupCapacity) DoubleGroups();

        int depth = old.Depth + 1;
        long upperCount = CountUpper(old);
        int upper = _groupCount++;
        TakeSlots(index, SlotGroup.SlotsFor(old.Count - upperCount), depth);
        TakeSlots(upper, SlotGroup.SlotsFor(upperCount), depth);

        int span = 1 << (_depth - depth);
        int first = ((int)DirectoryIndex(hash) & ~((span * 2) - 1)) + span;
        for (int entry = first; entry < first + span; entry++) _directory[entry] = upper;
    }

    private long CountUpper(in SlotGroup old)
    {
        long count = 0;
        for (int block = 0; block < old.Blocks; block++)
        {
            foreach (ref readonly RequestIdSlot slot in old.Block(block))
            {
                if (!slot.IsEmpty && ((_hash.Of(slot) << old.Depth) >> 63) != 0) count++;
            }
        }
        return count;
    }

    // Every entry has room: a group that grew has more slots, and a side that gets all of a six-page group gets six.
    private void Move(in SlotGroup old)
    {
        for (int block = 0; block < old.Blocks; block++)
        {
            foreach (ref readonly RequestIdSlot slot in old.Block(block))
            {
                if (slot.IsEmpty) continue;
                ulong hash = _hash.Of(slot);
                SlotGroup* group = GroupOf(hash);
                *group->FindEmpty(hash) = slot;
                group->Count++;
            }
        }
    }

    private void DoubleDirectory()
    {
        int length = 1 << _depth;
        int* doubled = (int*)NativeMemory.Alloc((nuint)length * 2, sizeof(int));
        for (int entry = 0; entry < length * 2; entry++) doubled[entry] = _directory[entry >> 1];
        NativeMemory.Free(_directory);
        _directory = doubled;
        _depth++;
    }

    private void DoubleGroups()
    {
        SlotGroup* doubled = AllocateGroups(_groupCapacity * 2);
        new ReadOnlySpan<SlotGroup>(_groups, _groupCount).CopyTo(new Span<SlotGroup>(doubled, _groupCount));
        NativeMemory.AlignedFree(_groups);
        _groups = doubled;
        _groupCapacity *= 2;
    }

    private static SlotGroup* AllocateGroups(int count) =>
        (SlotGroup*)NativeMemory.AlignedAlloc((nuint)count * SlotGroup.StoredBytes, SlotGroup.StoredBytes);
}
