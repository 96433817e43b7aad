using System.Runtime.CompilerServices;

namespace CreditGrains.Engine.Tables;

/// <summary>Takes the blocks of a snapshot.</summary>
internal interface IBlockSink
{
    /// <summary>Takes the rows of a block, or of several neighbours, as they were when the snapshot began. The bytes are valid during the call only.</summary>
    void Take(IRowTable table, int block, ReadOnlySpan<byte> bytes);
}

/// <summary>
/// Copy on write for one table while a snapshot of it is taken: every block that existed at the start is handed out once, as
/// it was at the start, either when the snapshot's cursor reaches it or just before it is first written. Used by the writer only.
/// </summary>
internal sealed class BlockCapture
{
    /// <summary>
    /// Target size of a block, bytes: a row or two. Under random writes nearly every decision copies its facility's, its borrower's
    /// and an item's block while a snapshot is young; more bytes a block would fill memory faster than the disk takes them.
    /// </summary>
    public const int BlockBytes = 128;

    /// <summary>Most blocks that the cursor hands out together. Runs begin at multiples of it, so none crosses a page.</summary>
    public const int RunBlocksMax = 32;

    private readonly IRowTable table;
    private readonly IBlockSink sink;
    private readonly ulong[] captured;
    private readonly int end;
    private readonly int blockCount;
    private readonly int runBlocks;
    private int cursor;

    /// <param name="table">The table.</param>
    /// <param name="sink">Takes the blocks.</param>
    /// <param name="captured">A clear bit for each block; used until the capture ends.</param>
    public BlockCapture(IRowTable table, IBlockSink sink, ulong[] captured)
    {
        this.table = table;
        this.sink = sink;
        end = table.End;
        blockCount = table.BlockCount;
        this.captured = captured;
        runBlocks = RunBlocksOf(table.RowsPerBlock * table.RowLengthBytes);
        table.MarkAbsent(captured);
    }

    /// <summary>Most bytes that are handed out together.</summary>
    public const int RunBytesMax = RunBlocksMax * 256;

    // A power of two, so that a run that begins at a multiple of it lies in one page.
    private static int RunBlocksOf(int blockBytes) =>
        blockBytes == 0 ? 1 : Math.Clamp(1 << (31 - int.LeadingZeroCount(Math.Max(1, RunBytesMax / blockBytes))), 1, RunBlocksMax);

    /// <summary>Hands the block out if it was not yet.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void BeforeWrite(int block)
    {
        if (block < blockCount && !IsCaptured(block)) Capture(block, 1);
    }

    /// <summary>Hands out the next blocks not handed out yet.</summary>
    /// <returns>Bytes handed out; 0 when none is left.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int CaptureNext()
    {
        while (cursor < blockCount && IsCaptured(cursor)) cursor++;
        if (cursor == blockCount) return 0;
        var first = cursor;
        do cursor++;
        while (cursor < blockCount && cursor % runBlocks != 0 && !IsCaptured(cursor));
        return Capture(first, cursor - first);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsCaptured(int block) => (captured[block >> 6] & (1UL << (block & 63))) != 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Capture(int block, int count)
    {
        for (var i = block; i < block + count; i++) captured[i >> 6] |= 1UL << (i & 63);
        var rows = Math.Min(count * table.RowsPerBlock, end - block * table.RowsPerBlock);
        var bytes = table.ReadRows(block * table.RowsPerBlock, rows);
        sink.Take(table, block, bytes);
        return bytes.Length;
    }
}
