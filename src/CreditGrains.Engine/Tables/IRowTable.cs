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

    /// <summary>The bytes of a block as they are now.</summary>
    ReadOnlySpan<byte> ReadBlock(int block);

    /// <summary>From now on blocks are shown to the capture before they are first written.</summary>
    void BeginCapture(BlockCapture blocks);

    /// <summary>Ends the capture.</summary>
    void EndCapture();

    /// <summary>Makes room for the rows of a snapshot.</summary>
    void BeginLoad(int end, int count, int free);

    /// <summary>The bytes of a block, to be filled from a snapshot.</summary>
    Span<byte> LoadBlock(int block);
}
