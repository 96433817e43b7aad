using System.Collections;
using System.Runtime.CompilerServices;

namespace CreditGrains.Engine.Tables;

/// <summary>Takes the blocks of a snapshot.</summary>
internal interface IBlockSink
{
    /// <summary>Takes a block as it was when the snapshot began. The bytes are valid during the call only.</summary>
    void Take(IRowTable table, int block, ReadOnlySpan<byte> bytes);
}

/// <summary>
/// Copy on write for one table while a snapshot of it is taken: every block that existed at the start is handed out once, as
/// it was at the start, either when the snapshot's cursor reaches it or just before it is first written. Used by the writer only.
/// </summary>
internal sealed class BlockCapture
{
    /// <summary>Target size of a block, bytes.</summary>
    public const int BlockBytes = 4096;

    private readonly IRowTable table;
    private readonly IBlockSink sink;
    private readonly BitArray captured;
    private readonly int end;
    private readonly int blockCount;
    private int cursor;

    /// <param name="table">The table.</param>
    /// <param name="sink">Takes the blocks.</param>
    public BlockCapture(IRowTable table, IBlockSink sink)
    {
        this.table = table;
        this.sink = sink;
        end = table.End;
        blockCount = table.BlockCount;
        captured = new BitArray(blockCount);
    }

    /// <summary>Hands the block out if it was not yet.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void BeforeWrite(int block)
    {
        if (block < blockCount && !captured[block]) Capture(block);
    }

    /// <summary>Hands out the next block not handed out yet.</summary>
    /// <returns>Bytes handed out; 0 when none is left.</returns>
    public int CaptureNext()
    {
        while (cursor < blockCount && captured[cursor]) cursor++;
        return cursor < blockCount ? Capture(cursor++) : 0;
    }

    private int Capture(int block)
    {
        captured[block] = true;
        var rows = Math.Min(table.RowsPerBlock, end - block * table.RowsPerBlock);
        var bytes = table.ReadBlock(block)[..(rows * table.RowLengthBytes)];
        sink.Take(table, block, bytes);
        return bytes.Length;
    }
}
