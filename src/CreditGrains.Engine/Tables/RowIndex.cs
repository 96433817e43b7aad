using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using CreditGrains.Engine.Memory;

namespace CreditGrains.Engine.Tables;

/// <summary>
/// Finds rows by a 64-bit hash of their key. Extendible hashing: a directory of small open-addressing parts, each split alone when it
/// is three quarters full, so that no insertion ever moves more than one part (16,384 slots). A slot holds the row and 32
/// bits of the hash; the caller compares keys. Derived state: rebuilt from the tables, never saved.
/// </summary>
internal sealed unsafe class RowIndex : IDisposable
{
    private const int PartSlots = 1 << 14;
    private const int PartFull = PartSlots / 4 * 3;

    private static readonly int PartBytes = sizeof(Part) + PartSlots * sizeof(Slot);

    private readonly List<nint> pages = [];
    private nint[] directory;
    private int directoryBits;
    private byte* fresh;
    private byte* freshEnd;
    private Part* free;

    public RowIndex()
    {
        directory = [(nint)NewPart(0)];
    }

    /// <summary>Rows in the index.</summary>
    public long Count { get; private set; }

    /// <summary>Spreads a key over 64 bits (Stafford's variant 13 of the MurmurHash3 finaliser).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong key)
    {
        unchecked
        {
            key = (key ^ (key >> 30)) * 0xBF58476D1CE4E5B9UL;
            key = (key ^ (key >> 27)) * 0x94D049BB133111EBUL;
            return key ^ (key >> 31);
        }
    }

    /// <summary>Asks the processor to load the slot of a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash)
    {
        if (Sse.IsSupported) Sse.Prefetch0(&Slots(PartOf(hash))[SlotOf(hash)]);
    }

    /// <summary>First row with this hash's tag, or 0. Starts a probe: pass <paramref name="probe"/> to <see cref="Next"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int First(ulong hash, out int probe)
    {
        probe = SlotOf(hash);
        return Scan(Slots(PartOf(hash)), Tag(hash), ref probe);
    }

    /// <summary>Next row with this hash's tag, or 0.</summary>
    public int Next(ulong hash, ref int probe)
    {
        probe = (probe + 1) & (PartSlots - 1);
        return Scan(Slots(PartOf(hash)), Tag(hash), ref probe);
    }

    /// <summary>Adds a row that is not in the index.</summary>
    public void Add(ulong hash, int row)
    {
        while (PartOf(hash)->Count >= PartFull) Split(hash);
        var part = PartOf(hash);
        Insert(part, hash, row);
        Count++;
    }

    /// <summary>Takes out a row. The hashes of its neighbours are asked for to close the gap.</summary>
    /// <param name="hash">Hash of the row's key.</param>
    /// <param name="row">The row.</param>
    public void Remove(ulong hash, int row)
    {
        var part = PartOf(hash);
        var slots = Slots(part);
        var at = SlotOf(hash);
        while (slots[at].Row != row)
        {
            if (slots[at].Row == 0) throw new InvalidOperationException("The row is not in the index.");
            at = (at + 1) & (PartSlots - 1);
        }
        // Backward shift: move later entries of the run into the gap when their home is not after it.
        var gap = at;
        for (var next = (gap + 1) & (PartSlots - 1); slots[next].Row != 0; next = (next + 1) & (PartSlots - 1))
        {
            var home = (int)(slots[next].Tag >> 18);
            if (((next - home) & (PartSlots - 1)) < ((next - gap) & (PartSlots - 1))) continue;
            slots[gap] = slots[next];
            gap = next;
        }
        slots[gap] = default;
        part->Count--;
        Count--;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var page in pages) ZeroPages.Return((byte*)page);
        pages.Clear();
        directory = [];
    }

    // The directory uses the low bits; the tag is the high 32, and its top 14 are the home slot.
    private static uint Tag(ulong hash) => (uint)(hash >> 32);

    private static int SlotOf(ulong hash) => (int)(hash >> 50);

    private Part* PartOf(ulong hash) => (Part*)Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(directory), (nint)(hash & ((1UL << directoryBits) - 1)));

    private static Slot* Slots(Part* part) => (Slot*)(part + 1);

    private static int Scan(Slot* slots, uint tag, ref int probe)
    {
        while (true)
        {
            var slot = slots[probe];
            if (slot.Row == 0 || slot.Tag == tag) return slot.Row;
            probe = (probe + 1) & (PartSlots - 1);
        }
    }

    private static void Insert(Part* part, ulong hash, int row)
    {
        var slots = Slots(part);
        var at = SlotOf(hash);
        while (slots[at].Row != 0) at = (at + 1) & (PartSlots - 1);
        slots[at] = new Slot { Row = row, Tag = Tag(hash), DirectoryHash = unchecked((uint)hash) };
        part->Count++;
    }

    private void Split(ulong hash)
    {
        var old = PartOf(hash);
        if (old->Bits == directoryBits)
        {
            var doubled = new nint[directory.Length * 2];
            Array.Copy(directory, doubled, directory.Length);
            Array.Copy(directory, 0, doubled, directory.Length, directory.Length);
            directory = doubled;
            directoryBits++;
        }
        var bit = 1UL << old->Bits;
        var low = NewPart(old->Bits + 1);
        var high = NewPart(old->Bits + 1);
        var slots = Slots(old);
        for (var i = 0; i < PartSlots; i++)
        {
            if (slots[i].Row == 0) continue;
            var slotHash = ((ulong)slots[i].Tag << 32) | slots[i].DirectoryHash;
            Insert((slotHash & bit) == 0 ? low : high, slotHash, slots[i].Row);
        }
        for (var i = (int)(hash & (bit - 1)); i < directory.Length; i += (int)bit)
            directory[i] = (nint)(((ulong)i & bit) == 0 ? low : high);
        *(Part**)old = free;
        free = old;
    }

    private Part* NewPart(int bits)
    {
        var part = free;
        if (part != null)
        {
            free = *(Part**)part;
            NativeMemory.Clear(part, (nuint)PartBytes);
        }
        else
        {
            if (freshEnd - fresh < PartBytes) AddPage();
            part = (Part*)fresh;
            fresh += PartBytes;
        }
        part->Bits = bits;
        return part;
    }

    private void AddPage()
    {
        fresh = pages.Count == 0 ? ZeroPages.TakeLazy() : ZeroPages.Take();
        freshEnd = fresh + ZeroPages.PageBytes;
        pages.Add((nint)fresh);
    }

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Part
    {
        public int Count;
        public int Bits;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Slot
    {
        public int Row;
        public uint Tag;
        public uint DirectoryHash;
    }
}
