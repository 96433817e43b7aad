using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// The entries of one time segment in memory: extendible hashing (Fagin et al. 1979) over groups of pages. One group grows at a time, so
/// no insertion moves more than <see cref="SlotGroup.EntriesMax"/> entries. Written by the writer; frozen once sealed, when others may read.
/// </summary>
internal sealed unsafe partial class RequestIdTable
{
    private const int DepthMax = 20;
    private readonly SlotPages _pool;
    private readonly RequestIdHash _hash;
    private int* _directory;
    private SlotGroup* _groups;
    private int _depth;
    private int _groupCount;
    private int _groupCapacity;
    private int _pins = 1;
    private long _slotCount;

    public RequestIdTable(SlotPages pool, RequestIdHash hash, long segment)
    {
        _pool = pool;
        _hash = hash;
        Segment = segment;
        Build(0, SlotPages.BlockSlotsMin);
    }

    ~RequestIdTable() => FreeIndex();

    /// <summary>The time segment whose entries these are.</summary>
    public long Segment { get; }

    public long Count { get; private set; }

    /// <summary>Keeps the pages for one more reader, until it unpins. Writer only.</summary>
    public void Pin() => _pins++;

    /// <summary>Ends one use; the last returns the pages. Writer only.</summary>
    public void Unpin()
    {
        Debug.Assert(_pins > 0);
        if (--_pins > 0) return;
        ReleaseGroups();
    }

    /// <summary>The slot of an id, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RequestIdSlot* Find(ulong hash, ushort tenant, in RequestId id)
    {
        SlotGroup* group = GroupOf(hash);
        uint position = group->Home(hash);
        while (true)
        {
            RequestIdSlot* slot = group->Slot(position);
            if (slot->Low == id.Low && slot->Is(tenant, id)) return slot;
            if (slot->IsEmpty) return null;
            position = group->Next(position);
        }
    }

    /// <summary>Where the search for a hash begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RequestIdSlot* HomeOf(ulong hash)
    {
        SlotGroup* group = GroupOf(hash);
        return group->Slot(group->Home(hash));
    }

    /// <summary>Adds an entry whose id is not here yet.</summary>
    public void Add(ulong hash, in RequestIdSlot entry)
    {
        SlotGroup* group = GroupOf(hash);
        while (group->IsFull)
        {
            Grow(hash);
            group = GroupOf(hash);
        }
        *group->FindEmpty(hash) = entry;
        group->Count++;
        Count++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SlotGroup* GroupOf(ulong hash) => _groups + _directory[DirectoryIndex(hash)];

    // Two shifts, as one by 64 would be one by 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong DirectoryIndex(ulong hash) => unchecked((hash >> 1) >> (63 - _depth));

    // Constant time however large the table: the pool takes the groups as they are.
    private void ReleaseGroups()
    {
        _pool.Adopt(_groups, _groupCount, _slotCount);
        _groups = null;
        _slotCount = 0;
        FreeIndex();
    }

    private void FreeIndex()
    {
        NativeMemory.Free(_directory);
        NativeMemory.AlignedFree(_groups);
        _directory = null;
        _groups = null;
    }

    private void TakeSlots(int group, int slots, int depth)
    {
        _groups[group].Take(_pool, slots, depth);
        _slotCount += slots;
    }
}
