using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CreditGrains.Engine.Tables;

/// <summary>
/// Finds rows by the sequence that named them. Sequences are handed out in order, so neighbours share a leaf: adding the next one touches
/// memory that is already near, where a hash of each would touch a line of its own. Takes 6 bytes a row when all sequences of a
/// leaf are in use, 101 when one is. Derived state: rebuilt from the tables, never saved.
/// </summary>
internal sealed class SequenceIndex : IDisposable
{
    private const int LeafBits = 4;

    private readonly RowTable<Leaf> leaves = new("sequence-leaves", 80);
    private readonly RowIndex index = new();
    private long lastNumber = -1;
    private int lastLeaf;

    /// <summary>Asks the processor to load where a look-up begins.</summary>
    public void Prefetch(long sequence) => index.Prefetch(HashOf(sequence >> LeafBits));

    /// <summary>Row of a sequence, 0 when there is none.</summary>
    public int Find(long sequence) =>
        FindLeaf(sequence >> LeafBits) is var leaf and not 0 ? leaves.Read(leaf).Rows[PlaceOf(sequence)] : 0;

    /// <summary>Adds a row under a sequence that has none.</summary>
    public void Add(long sequence, int row)
    {
        var number = sequence >> LeafBits;
        var leaf = FindLeaf(number);
        if (leaf == 0)
        {
            leaf = leaves.Add();
            leaves.Write(leaf).Number = number;
            index.Add(HashOf(number), leaf);
        }
        (lastNumber, lastLeaf) = (number, leaf);
        ref var target = ref leaves.Write(leaf);
        target.Rows[PlaceOf(sequence)] = row;
        target.Count++;
    }

    /// <summary>Takes a sequence out that is in.</summary>
    public void Remove(long sequence)
    {
        var number = sequence >> LeafBits;
        var leaf = FindLeaf(number);
        ref var target = ref leaves.Write(leaf);
        target.Rows[PlaceOf(sequence)] = 0;
        if (--target.Count > 0) return;
        index.Remove(HashOf(number), leaf);
        leaves.Free(leaf);
        if (lastLeaf == leaf) lastNumber = -1;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        leaves.Dispose();
        index.Dispose();
    }

    private static ulong HashOf(long number) => RowIndex.Mix(unchecked((ulong)number));

    private static int PlaceOf(long sequence) => (int)(sequence & ((1 << LeafBits) - 1));

    private int FindLeaf(long number)
    {
        if (number == lastNumber) return lastLeaf;
        var hash = HashOf(number);
        for (var leaf = index.First(hash, out var probe); leaf != 0; leaf = index.Next(hash, ref probe))
            if (leaves.Read(leaf).Number == number) return leaf;
        return 0;
    }

    /// <summary>The rows of 16 neighbouring sequences.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 80)]
    private struct Leaf
    {
        public long Number;
        public int Count;
        public LeafRows Rows;
    }

    [InlineArray(1 << LeafBits)]
    private struct LeafRows
    {
        private int first;
    }
}
