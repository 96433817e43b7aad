using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using CreditGrains.Engine.Memory;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Features;

/// <summary>
/// Rows of features, as long as the catalogue says, numbered like the facilities or nodes they belong to: so no index leads to them. Memory is taken where rows are
/// touched; a row never touched reads as empty. A table of another catalogue takes its place; a snapshot under way keeps the old one until it has it.
/// </summary>
internal sealed unsafe class FeatureTable : IRowTable, IDisposable
{
    // A run of a snapshot must not cross a page.
    private const int RowsPerPageUnit = BlockCapture.RunBlocksMax;

    private int rowsPerPage;
    private nint[] pages = [];
    private BlockCapture? capture;
    private bool isRetired;

    /// <param name="name">Name in snapshots.</param>
    /// <param name="rowLengthBytes">Bytes of a row; 0 when there is no catalogue.</param>
    public FeatureTable(string name, int rowLengthBytes)
    {
        Name = name;
        SetRowLength(rowLengthBytes);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int RowLengthBytes { get; private set; }

    /// <inheritdoc/>
    public int End { get; private set; } = 1;

    /// <summary>Not known; rows are never given back.</summary>
    public int Count => 0;

    /// <inheritdoc/>
    public int FreeHead => 0;

    /// <inheritdoc/>
    public int RowsPerBlock => 1;

    /// <summary>Bytes of memory taken.</summary>
    public long MemoryBytes => pages.Count(page => page != 0) * (long)ZeroPages.PageBytes;

    /// <summary>The row, empty when it was never touched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Read(int row)
    {
        var address = Address(row);
        return address is null ? default : new ReadOnlySpan<byte>(address, RowLengthBytes);
    }

    /// <summary>The row for writing; keeps a running snapshot's image of it.</summary>
    public Span<byte> Write(int row)
    {
        Debug.Assert(row > 0 && RowLengthBytes > 0, "row out of range");
        if (row >= End) End = row + 1;
        if (Address(row) is null) TakePage(row / rowsPerPage);
        else if (capture is not null) capture.BeforeWrite(row);
        return new Span<byte>(Address(row), RowLengthBytes);
    }

    /// <summary>Asks the processor to load the row.</summary>
    public void Prefetch(int row)
    {
        if (!Sse.IsSupported) return;
        var address = Address(row);
        if (address is null) return;
        for (var at = 0; at < RowLengthBytes; at += 64) Sse.Prefetch0(address + at);
    }

    /// <inheritdoc/>
    public void MarkAbsent(ulong[] bits)
    {
        // No block, no bit.
        for (var first = 0; End > 1 && first < End; first += rowsPerPage)
        {
            if (Address(first) is not null) continue;
            for (var block = first; block < Math.Min(End, first + rowsPerPage); block++) bits[block >> 6] |= 1UL << (block & 63);
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> ReadRows(int first, int count)
    {
        var address = Address(first);
        return address is null ? default : new ReadOnlySpan<byte>(address, count * RowLengthBytes);
    }

    /// <inheritdoc/>
    public void BeginCapture(BlockCapture blocks) => capture = blocks;

    /// <inheritdoc/>
    public void EndCapture()
    {
        capture = null;
        if (isRetired) Dispose();
    }

    /// <summary>Sets the length of rows; while there are none.</summary>
    public void SetRowLength(int rowLengthBytes)
    {
        if (End > 1) throw new InvalidOperationException("The length of rows is set before there are rows.");
        RowLengthBytes = rowLengthBytes;
        rowsPerPage = rowLengthBytes == 0 ? 1 : ZeroPages.PageBytes / rowLengthBytes / RowsPerPageUnit * RowsPerPageUnit;
    }

    /// <inheritdoc/>
    public void BeginLoad(int end, int count, int free) => End = end;

    /// <inheritdoc/>
    public bool TryLoad(int first, ReadOnlySpan<byte> bytes)
    {
        if (RowLengthBytes == 0 || bytes.Length % RowLengthBytes != 0) return false;
        var count = bytes.Length / RowLengthBytes;
        if (count == 0 || first < 0 || first > End - count || first % rowsPerPage + count > rowsPerPage) return false;
        if (Address(first) is null) TakePage(first / rowsPerPage);
        bytes.CopyTo(new Span<byte>(Address(first), bytes.Length));
        return true;
    }

    /// <summary>Lets go of the rows, as soon as no snapshot needs them.</summary>
    public void Retire()
    {
        isRetired = true;
        if (capture is null) Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var page in pages)
            if (page != 0) ZeroPages.Return((byte*)page);
        pages = [];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Address(int row)
    {
        var page = (uint)row / (uint)rowsPerPage;
        if (page >= (uint)pages.Length || pages[page] == 0) return null;
        return (byte*)pages[page] + (nint)((uint)row - page * (uint)rowsPerPage) * RowLengthBytes;
    }

    private void TakePage(int page)
    {
        if (page >= pages.Length) Array.Resize(ref pages, page + 1);
        // Many partitions are small and never leave the first page.
        pages[page] = (nint)(page == 0 ? ZeroPages.TakeLazy() : ZeroPages.Take());
    }
}
