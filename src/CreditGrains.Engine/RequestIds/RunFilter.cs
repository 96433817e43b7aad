using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// Blocked Bloom filter (Putze, Sanders, Singler 2007): 7 bits in one cache line per entry, 14 bits of room each, so about one
/// absent id in two hundred passes. Written by one thread, then read by any.
/// </summary>
internal sealed unsafe class RunFilter
{
    public const int BlockBytes = 64;
    private const int BlockWords = BlockBytes / sizeof(ulong);
    private const int BitsPerEntry = 14;
    private const int BitsSet = 7;
    private const int BitIndexBits = 9;
    private readonly ulong[] _words;
    private readonly ulong* _blocks;

    private RunFilter(int blocks)
    {
        Blocks = blocks;
        _words = GC.AllocateArray<ulong>((blocks + 1) * BlockWords, pinned: true);
        ulong start = (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_words));
        _blocks = (ulong*)((start + BlockBytes - 1) & ~(ulong)(BlockBytes - 1));
    }

    public int Blocks { get; }

    /// <summary>Bytes of memory.</summary>
    public long Bytes => (long)_words.Length * sizeof(ulong);

    /// <summary>All blocks, as stored.</summary>
    public Span<byte> Stored => new(_blocks, checked(Blocks * BlockBytes));

    public static RunFilter ForEntries(long count) => new(BlocksFor(count));

    public static RunFilter OfBlocks(int blocks) => new(blocks);

    public void Add(ulong hash)
    {
        ulong* block = BlockOf(hash);
        ulong bits = BitsOf(hash);
        for (int bit = 0; bit < BitsSet; bit++, bits >>= BitIndexBits) block[(bits >> 6) & 7] |= 1UL << (int)(bits & 63);
    }

    /// <summary>False only when the hash was never added.</summary>
    public bool MayHold(ulong hash)
    {
        ulong* block = BlockOf(hash);
        ulong bits = BitsOf(hash);
        for (int bit = 0; bit < BitsSet; bit++, bits >>= BitIndexBits)
        {
            if ((block[(bits >> 6) & 7] & (1UL << (int)(bits & 63))) == 0) return false;
        }
        GC.KeepAlive(_words);
        return true;
    }

    public void Prefetch(ulong hash)
    {
        if (Sse.IsSupported) Sse.Prefetch0(BlockOf(hash));
    }

    private static int BlocksFor(long count) => checked((int)(((count * BitsPerEntry) / (BlockBytes * 8)) + 1));

    private ulong* BlockOf(ulong hash) => _blocks + ((nuint)Math.BigMul(hash, (ulong)Blocks, out _) * BlockWords);

    private static ulong BitsOf(ulong hash) => unchecked((hash * 0x9E37_79B9_7F4A_7C15) ^ (hash >> 29));
}
