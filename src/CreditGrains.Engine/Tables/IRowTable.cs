namespace CreditGrains.Engine.Tables;

/// <summary>What snapshots need of a table, whatever its rows.</summary>
internal interface IRowTable
{
    /// <summary>Name in snapshots.</summary>
    string Name { get; }

    /// <summary>Bytes of a row.</summary>
    int RowLengthBytes { get; }

    /// <summary>One past the highest row ever used.</summary>
    int End { get; }

    /// <summary>Rows in use.</summary>
    int Count { get; }

    /// <summary>First free row, 0 for none.</summary>
    int FreeHead { get; }

    /// <summary>Rows of a block, the unit of capture.</summary>
    int RowsPerBlock { get; }

    /// <summary>Blocks in use; none while no row was ever used.</summary>
    int BlockCount => End == 1 ? 0 : (End + RowsPerBlock - 1) / RowsPerBlock;

    /// <summary>Sets the bits of blocks without memory: their rows are all zero and stand in no snapshot.</summary>
    void MarkAbsent(ulong[] bits)
    {
    }

    /// <summary>The bytes of rows of one page as they are now; none for a block without memory.</summary>
    ReadOnlySpan<byte> ReadRows(int first, int count);

    /// <summary>From now on blocks are shown to the capture before they are first written.</summary>
    void BeginCapture(BlockCapture blocks);

    /// <summary>Ends the capture.</summary>
    void EndCapture();

    /// <summary>Makes room for the rows of a snapshot.</summary>
    void BeginLoad(int end, int count, int free);

    /// <summary>Fills rows of one page from a snapshot.</summary>
    /// <returns>False when there are no such rows.</returns>
    bool TryLoad(int first, ReadOnlySpan<byte> bytes);
}
