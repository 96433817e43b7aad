
namespace CreditGrains.Engine.Tables;

/// <summary>
/// Which open items and dated limits fall due when. Items hang in lists by the second of their end; limits are few and wait in a
/// queue of times whose entries may be out of date and are checked when they come up. Derived state: rebuilt from the tables.
/// </summary>
internal sealed class DueCalendar(RowTable<OpenItemRow> items)
{
    private readonly Dictionary<long, int> firstBySecond = [];
    private readonly PriorityQueue<long, long> seconds = new();
    private readonly PriorityQueue<ChildRef, long> limits = new();

    /// <summary>Puts an item with an end into its second's list.</summary>
    public void Add(int row)
    {
        ref var item = ref items.Write(row);
        if (item.ExpiresAtSeconds == 0) return;
        if (firstBySecond.TryGetValue(item.ExpiresAtSeconds, out var first))
        {
            items.Write(first).PreviousDue = row;
        }
        else
        {
            seconds.Enqueue(item.ExpiresAtSeconds, item.ExpiresAtSeconds);
        }
        item.NextDue = first;
        item.PreviousDue = 0;
        firstBySecond[item.ExpiresAtSeconds] = row;
    }

    /// <summary>Takes an item out of its list.</summary>
    public void Remove(int row)
    {
        ref readonly var item = ref items.Read(row);
        if (item.ExpiresAtSeconds == 0) return;
        if (item.NextDue != 0) items.Write(item.NextDue).PreviousDue = item.PreviousDue;
        if (item.PreviousDue != 0) items.Write(item.PreviousDue).NextDue = item.NextDue;
        else if (item.NextDue != 0) firstBySecond[item.ExpiresAtSeconds] = item.NextDue;
        else firstBySecond.Remove(item.ExpiresAtSeconds);
    }

    /// <summary>An item whose end is at or before the time, 0 when there is none.</summary>
    public int NextDueItem(long nowSeconds)
    {
        while (seconds.TryPeek(out var second, out _) && second <= nowSeconds)
        {
            if (firstBySecond.TryGetValue(second, out var row)) return row;
            seconds.Dequeue();
        }
        return 0;
    }

    /// <summary>Notes that a facility's or node's limit changes at a time.</summary>
    public void AddLimit(ChildRef owner, long atMicros) => limits.Enqueue(owner, atMicros);

    /// <summary>Whether a limit may have fallen due.</summary>
    public bool HasDueLimit(long nowMicros) => limits.TryPeek(out _, out var at) && at <= nowMicros;

    /// <summary>Takes out the next owner whose limit may have fallen due.</summary>
    public bool TryTakeDueLimit(long nowMicros, out ChildRef owner)
    {
        if (limits.TryPeek(out owner, out var at) && at <= nowMicros)
        {
            limits.Dequeue();
            return true;
        }
        return false;
    }

    /// <summary>Rebuilds the lists' heads after the tables were loaded; the links between items were loaded with them.</summary>
    public void Load(PartitionState state)
    {
        var freeItems = items.FreeRows();
        for (var row = 1; row < items.End; row++)
        {
            if (freeItems[row]) continue;
            ref readonly var item = ref items.Read(row);
            if (item.ExpiresAtSeconds == 0 || item.PreviousDue != 0) continue;
            firstBySecond.Add(item.ExpiresAtSeconds, row);
            seconds.Enqueue(item.ExpiresAtSeconds, item.ExpiresAtSeconds);
        }
        var freeLimits = state.DatedLimits.FreeRows();
        for (var row = 1; row < state.DatedLimits.End; row++)
        {
            if (freeLimits[row]) continue;
            ref readonly var limit = ref state.DatedLimits.Read(row);
            if (limit.IsBase) continue;
            limits.Enqueue(limit.Owner, limit.FromMicros);
            if (limit.UntilMicros != 0) limits.Enqueue(limit.Owner, limit.UntilMicros);
        }
    }
}
