namespace CreditGrains.Engine.RequestIds;

/// <summary>Entries in the order of the hash, then of the key; the shape that runs are written from and merged by.</summary>
internal abstract class SlotStream
{
    /// <summary>Hash of <see cref="Slot"/>.</summary>
    public ulong Hash;

    /// <summary>The entry after the last successful move.</summary>
    public RequestIdSlot Slot;

    /// <summary>Goes to the next entry; false at the end.</summary>
    public abstract bool MoveNext();

    public int CompareTo(SlotStream other) => Hash == other.Hash ? RequestIdSlot.CompareKeys(Slot, other.Slot) : Hash.CompareTo(other.Hash);
}

/// <summary>A sealed table: groups come in order, each is sorted when its turn comes.</summary>
internal sealed class TableStream(RequestIdTable table, RequestIdHash hash) : SlotStream
{
    private readonly RequestIdSlot[] _slots = new RequestIdSlot[SlotGroup.EntriesMax];
    private readonly ulong[] _hashes = new ulong[SlotGroup.EntriesMax];
    private readonly int[] _order = new int[SlotGroup.EntriesMax];
    private ulong _cursor;
    private bool _isLast;
    private int _count;
    private int _next;

    public override bool MoveNext()
    {
        while (_next == _count)
        {
            if (_isLast) return false;
            SortNextGroup();
        }
        Hash = _hashes[_next];
        Slot = _slots[_order[_next]];
        _next++;
        return true;
    }

    private void SortNextGroup()
    {
        table.TryCopyGroup(ref _cursor, RequestIdEntry.SequenceMax, _slots, out _count, out _isLast);
        for (int slot = 0; slot < _count; slot++)
        {
            _hashes[slot] = hash.Of(_slots[slot]);
            _order[slot] = slot;
        }
        Array.Sort(_hashes, _order, 0, _count);
        OrderTies();
        _next = 0;
    }

    // Equal hashes are next to one another now and rare; put each after the smaller keys of its hash.
    private void OrderTies()
    {
        for (int at = 1; at < _count; at++)
        {
            for (int back = at; back > 0 && _hashes[back] == _hashes[back - 1]; back--)
            {
                if (RequestIdSlot.CompareKeys(_slots[_order[back - 1]], _slots[_order[back]]) <= 0) break;
                (_order[back - 1], _order[back]) = (_order[back], _order[back - 1]);
            }
        }
    }
}

/// <summary>A run, page by page. The caller keeps the run open.</summary>
internal sealed class RunStream(RunFile run, RequestIdHash hash) : SlotStream
{
    private readonly byte[] _page = new byte[RunFormat.PageBytes];
    private int _pageIndex;
    private int _count;
    private int _next;

    public override bool MoveNext()
    {
        if (_next == _count)
        {
            if (_pageIndex == run.Pages) return false;
            _count = run.ReadPage(_pageIndex++, _page).Length;
            _next = 0;
        }
        Slot = RunFormat.Slots(_page)[_next++];
        Hash = hash.Of(Slot);
        return true;
    }
}

/// <summary>Several streams as one, newest source first; of entries with one id the newest stays.</summary>
internal sealed class MergedStream : SlotStream
{
    private readonly List<SlotStream> _sources = [];

    /// <param name="sources">The newest first.</param>
    public MergedStream(IEnumerable<SlotStream> sources)
    {
        foreach (SlotStream source in sources)
        {
            if (source.MoveNext()) _sources.Add(source);
        }
    }

    public override bool MoveNext()
    {
        if (_sources.Count == 0) return false;
        SlotStream least = _sources[0];
        for (int source = 1; source < _sources.Count; source++)
        {
            if (_sources[source].CompareTo(least) < 0) least = _sources[source];
        }
        Hash = least.Hash;
        Slot = least.Slot;
        for (int source = _sources.Count - 1; source >= 0; source--) Pass(_sources[source]);
        return true;
    }

    private void Pass(SlotStream source)
    {
        if (CompareTo(source) == 0 && !source.MoveNext()) _sources.Remove(source);
    }
}
