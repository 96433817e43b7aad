using System.Runtime.InteropServices;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// A snapshot of the entries in memory at one sequence, streamed in slices. Every call is on the writer, between batches; what is added
/// after the start is left out. Tables spilled or forgotten meanwhile stay in memory until their slices are out.
/// </summary>
public sealed class RequestIdCapture : IDisposable
{
    /// <summary>Room that always suffices for a slice; a shorter buffer must hold at least <see cref="SliceBytesMin"/>.</summary>
    public const int SliceBytesMax = 1 << 20;

    /// <summary>Least room for a slice.</summary>
    public const int SliceBytesMin = RequestIdSlice.StoredBytes + (SlotGroup.EntriesMax * RequestIdSlot.StoredBytes);

    private readonly RequestIdIndex _index;
    private readonly Queue<(RequestIdTable Table, long Entries)> _tables;
    private readonly List<RequestIdSlot> _replaced = [];
    private readonly long _segmentMillis;
    private ulong _cursor;
    private bool _isDisposed;

    internal RequestIdCapture(RequestIdIndex index, long sequence, RequestIdCatalog catalog, IEnumerable<RequestIdTable> tables)
    {
        _index = index;
        Sequence = sequence;
        Catalog = catalog;
        _segmentMillis = catalog.SegmentMillis;
        // Entries now: a table grows while its slices go out, and who restores it makes room for what is in them.
        _tables = new Queue<(RequestIdTable, long)>(tables.Select(table => (table, table.Count)));
        foreach ((RequestIdTable table, _) in _tables) table.Pin();
    }

    /// <summary>Entries up to this sequence are captured.</summary>
    public long Sequence { get; }

    /// <summary>The runs at the start, for the manifest. Together with the slices they hold every id.</summary>
    public RequestIdCatalog Catalog { get; }

    /// <summary>Writes the next slice: at most 32,000 entries, well under a millisecond.</summary>
    /// <param name="destination">At least <see cref="SliceBytesMin"/>; owned by the caller. Multiples of 8 bytes are best aligned.</param>
    /// <param name="written">Bytes of the slice.</param>
    /// <returns>False when all is out.</returns>
    public bool TryNext(Span<byte> destination, out int written)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, SliceBytesMin);
        if (destination.Length > SliceBytesMax) destination = destination[..SliceBytesMax];
        Span<RequestIdSlot> slots = MemoryMarshal.Cast<byte, RequestIdSlot>(destination[RequestIdSlice.StoredBytes..]);
        if (_tables.TryPeek(out (RequestIdTable Table, long Entries) next))
        {
            int count = CopyGroups(next.Table, slots, out bool isLast);
            written = WriteHead(destination, next.Table.Segment, next.Entries, count);
            if (isLast) EndTable();
            return true;
        }
        written = 0;
        return _replaced.Count > 0 && TakeReplaced(destination, slots, out written);
    }

    /// <summary>Ends the capture, complete or not.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        while (_tables.Count > 0) EndTable();
        _index.EndCapture(this);
    }

    /// <summary>Keeps an entry that is about to be overwritten and belongs to the snapshot.</summary>
    internal void KeepReplaced(in RequestIdSlot slot)
    {
        if (slot.Sequence <= Sequence) _replaced.Add(slot);
    }

    private int CopyGroups(RequestIdTable table, Span<RequestIdSlot> slots, out bool isLast)
    {
        int count = 0;
        isLast = false;
        while (!isLast && table.TryCopyGroup(ref _cursor, Sequence, slots[count..], out int copied, out isLast)) count += copied;
        return count;
    }

    private void EndTable()
    {
        _tables.Dequeue().Table.Unpin();
        _cursor = 0;
    }

    // One at a time: they are few, and each has its own segment.
    private bool TakeReplaced(Span<byte> destination, Span<RequestIdSlot> slots, out int written)
    {
        slots[0] = _replaced[^1];
        _replaced.RemoveAt(_replaced.Count - 1);
        written = WriteHead(destination, slots[0].Id.UnixMillis / _segmentMillis, 0, 1);
        return true;
    }

    private int WriteHead(Span<byte> destination, long segment, long tableEntries, int count)
    {
        var head = new RequestIdSlice
        {
            Magic = RequestIdSlice.MagicValue,
            Count = count,
            SegmentMillis = _segmentMillis,
            Segment = segment,
            TableEntries = tableEntries,
        };
        destination[..RequestIdSlice.StoredBytes].Clear();
        MemoryMarshal.Write(destination, head);
        return RequestIdSlice.StoredBytes + (count * RequestIdSlot.StoredBytes);
    }
}
