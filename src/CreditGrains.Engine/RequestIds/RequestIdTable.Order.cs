namespace CreditGrains.Engine.RequestIds;

/// <content>Reading in the order of the hash, a group at a time. A cursor is a hash; groups split but never merge, so it stays at a boundary.</content>
internal sealed unsafe partial class RequestIdTable
{
    /// <summary>
    /// Copies the group that holds the cursor, entries up to a sequence only, and moves the cursor behind it. False, and nothing is
    /// copied, when <paramref name="destination"/> is too short for the group.
    /// </summary>
    /// <param name="cursor">A boundary between groups; 0 starts.</param>
    /// <param name="sequenceMax">Later entries are left out.</param>
    /// <param name="destination">At least <see cref="SlotGroup.EntriesMax"/> long always suffices.</param>
    /// <param name="copied">Entries copied.</param>
    /// <param name="isLast">Whether this was the last group.</param>
    public bool TryCopyGroup(ref ulong cursor, long sequenceMax, Span<RequestIdSlot> destination, out int copied, out bool isLast)
    {
        copied = 0;
        isLast = false;
        SlotGroup* group = GroupOf(cursor);
        if (group->Count > destination.Length) return false;
        for (int block = 0; block < group->Blocks; block++)
        {
            foreach (ref readonly RequestIdSlot slot in group->Block(block))
            {
                if (!slot.IsEmpty && slot.Sequence <= sequenceMax) destination[copied++] = slot;
            }
        }
        ulong span = group->Depth == 0 ? 0 : 1UL << (64 - group->Depth);
        cursor = unchecked(cursor + span);
        isLast = cursor == 0;
        return true;
    }

    private void CopyAll(Span<RequestIdSlot> destination)
    {
        ulong cursor = 0;
        bool isLast = Count == 0;
        while (!isLast)
        {
            TryCopyGroup(ref cursor, RequestIdEntry.SequenceMax, destination, out int copied, out isLast);
            destination = destination[copied..];
        }
    }
}
