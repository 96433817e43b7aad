using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// In which partitions facilities live, by key: open addressing over slots of 16 bytes without references, so that millions of them give the collector nothing to visit.
/// Homes are never taken out. Not for several threads at once.
/// </summary>
internal sealed class HomeTable
{
    private const int LengthFirst = 16;
    private Slot[] slots = [];

    /// <summary>Facilities in the table.</summary>
    public int Count { get; private set; }

    /// <summary>The home of a facility; 0 for none.</summary>
    public int Find(NodeKey facility) => Count == 0 ? 0 : slots[PlaceOf(slots, facility)].Home;

    /// <summary>Whether a home was noted as stored.</summary>
    public bool IsStored(NodeKey facility) => Count > 0 && slots[PlaceOf(slots, facility)].IsStored;

    /// <summary>Notes a home, or another one.</summary>
    /// <param name="facility">A valid key.</param>
    /// <param name="home">1 to <see cref="PartitionMap.CountMax"/>.</param>
    /// <param name="isStored">Whether it stands in the database.</param>
    public void Note(NodeKey facility, int home, bool isStored = false)
    {
        // At most four fifths full: about five looks for what is not there, and 20 to 30 bytes a facility.
        if ((Count + 1L) * 5 > slots.Length * 4L) Grow();
        ref var slot = ref slots[PlaceOf(slots, facility)];
        if (slot.Id == 0) Count++;
        slot = new Slot { Id = facility.Id, Tenant = facility.Tenant, LegalEntity = facility.LegalEntity, Home = checked((ushort)home), IsStored = isStored };
    }

    /// <summary>Lets all go.</summary>
    public void Clear() => (slots, Count) = ([], 0);

    private void Grow()
    {
        var grown = new Slot[Math.Max(LengthFirst, checked(slots.Length + slots.Length / 2))];
        foreach (ref readonly var slot in slots.AsSpan())
            if (slot.Id != 0) grown[PlaceOf(grown, NodeKey.Facility(slot.Tenant, slot.LegalEntity, slot.Id))] = slot;
        slots = grown;
    }

    /// <summary>The slot of a facility, or the free one where it belongs.</summary>
    private static int PlaceOf(Slot[] slots, NodeKey facility)
    {
        var at = (int)(((PartitionState.HashOf(facility) >> 32) * (ulong)slots.Length) >> 32);
        while (true)
        {
            ref readonly var slot = ref slots[at];
            if (slot.Id == 0 || (slot.Id == facility.Id && slot.Tenant == facility.Tenant && slot.LegalEntity == facility.LegalEntity)) return at;
            if (++at == slots.Length) at = 0;
        }
    }

    private struct Slot
    {
        public long Id;
        public ushort Tenant;
        public ushort LegalEntity;
        public ushort Home;
        public bool IsStored;
    }
}
