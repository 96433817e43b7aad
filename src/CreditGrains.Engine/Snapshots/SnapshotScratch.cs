using System.Collections.Concurrent;

namespace CreditGrains.Engine.Snapshots;

/// <summary>
/// Memory that snapshots use, one after the other. The first use of fresh memory takes the system microseconds a page, too long for the writer's turn:
/// so it is kept, and made ready on another thread before a snapshot begins.
/// </summary>
/// <param name="keptChunksMax">Chunks kept for reuse.</param>
internal sealed class SnapshotScratch(int keptChunksMax)
{
    private const int WordBits = 64;

    private readonly ConcurrentQueue<SnapshotChunk> chunks = new();
    private ulong[][] bits = [];
    private bool isReady;

    /// <summary>Makes the memory of the next snapshot ready. While none is being captured; on any thread.</summary>
    /// <param name="blockCounts">Blocks of each table; a table may grow by a sixteenth until the snapshot begins.</param>
    /// <param name="chunkCount">Chunks that are soon wanted.</param>
    public void Prepare(ReadOnlySpan<int> blockCounts, int chunkCount)
    {
        if (bits.Length != blockCounts.Length) bits = [.. Enumerable.Repeat(Array.Empty<ulong>(), blockCounts.Length)];
        for (var table = 0; table < bits.Length; table++)
        {
            var words = WordsOf(blockCounts[table] + blockCounts[table] / 16 + WordBits);
            if (bits[table].Length < words) bits[table] = new ulong[words];
            Array.Clear(bits[table]);
        }
        while (chunks.Count < Math.Min(chunkCount, keptChunksMax))
        {
            var chunk = new SnapshotChunk();
            Array.Clear(chunk.Bytes);
            chunks.Enqueue(chunk);
        }
        Volatile.Write(ref isReady, true);
    }

    /// <summary>One bit a block of each table, all clear; for the snapshot that begins now.</summary>
    public ulong[][] TakeBits(ReadOnlySpan<int> blockCounts)
    {
        var taken = isReady ? bits : new ulong[blockCounts.Length][];
        isReady = false;
        for (var table = 0; table < taken.Length; table++)
            if (taken[table] is null || taken[table].Length < WordsOf(blockCounts[table])) taken[table] = new ulong[WordsOf(blockCounts[table])];
        return taken;
    }

    /// <summary>A chunk, with what it held; any thread.</summary>
    public SnapshotChunk Rent() => chunks.TryDequeue(out var chunk) ? chunk : new SnapshotChunk();

    /// <summary>Takes a chunk back; any thread.</summary>
    public void Return(SnapshotChunk chunk)
    {
        if (chunk.IsReusable && chunks.Count < keptChunksMax) chunks.Enqueue(chunk);
    }

    private static int WordsOf(int blockCount) => (blockCount + WordBits - 1) / WordBits;
}
