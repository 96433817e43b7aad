using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using CreditGrains.Engine.Memory;

namespace CreditGrains.Engine.Tables;

/// <summary>
/// Rows of one blittable type in pages outside the collector's heap, addressed by a number that never changes while the row
/// lives. Row 0 is never used, so a default reference is "none". Freed rows are reused last in, first out. While a snapshot
/// is being captured, a block is copied out before it is first written (<see cref="BlockCapture"/>). One writer; others may
/// read only what never changes.
/// </summary>
internal sealed unsafe class RowTable<T> : IRowTable, IDisposable
    where T : unmanaged
{
    private readonly int pageShift;
    private readonly int pageMask;
    private readonly int blockShift;
    private nint[] pages = [];
    private int freeHead;
    private BlockCapture? capture;

    /// <param name="name">Name in snapshots.</param>
    /// <param name="rowLengthBytes">Expected size of a row, so that a layout never changes unseen.</param>
    public RowTable(string name, int rowLengthBytes)
    {
        if (Unsafe.SizeOf<T>() != rowLengthBytes)
            throw new InvalidOperationException($"A {typeof(T).Name} takes {Unsafe.SizeOf<T>()} bytes, not {rowLengthBytes}.");
        Name = name;
        pageShift = 31 - int.LeadingZeroCount(ZeroPages.PageBytes / rowLengthBytes);
        pageMask = (1 << pageShift) - 1;
        blockShift = Math.Max(0, 31 - int.LeadingZeroCount(BlockCapture.BlockBytes / rowLengthBytes));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int RowLengthBytes => Unsafe.SizeOf<T>();

    /// <inheritdoc/>
    public int End { get; private set; } = 1;

    /// <summary>Rows in use.</summary>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public int FreeHead => freeHead;

    /// <inheritdoc/>
    public int RowsPerBlock => 1 << blockShift;

    /// <summary>The row for reading.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly T Read(int row)
    {
        Debug.Assert(row > 0 && row < End, "row out of range");
        return ref *(T*)Address(row);
    }

    /// <summary>The row for writing; keeps a running snapshot's image of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T Write(int row)
    {
        Debug.Assert(row > 0 && row < End, "row out of range");
        if (capture is not null) capture.BeforeWrite(row >> blockShift);
        return ref *(T*)Address(row);
    }

    /// <summary>Asks the processor to load the row's first two cache lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int row)
    {
        if (!Sse.IsSupported) return;
        var address = Address(row);
        Sse.Prefetch0(address);
        if (sizeof(T) > 64) Sse.Prefetch0(address + 64);
    }

    /// <summary>Asks the processor to load the row's first cache line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchFirstLine(int row)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Address(row));
    }

    /// <summary>A zeroed row.</summary>
    public int Add()
    {
        int row;
        if (freeHead != 0)
        {
            row = freeHead;
            ref var reused = ref Write(row);
            freeHead = Unsafe.As<T, int>(ref reused);
            reused = default;
        }
        else
        {
            row = End;
            EnsurePage(row >> pageShift);
            End = checked(row + 1);
        }
        Count++;
        return row;
    }

    /// <summary>Gives a row back. Its first four bytes link the free rows.</summary>
    public void Free(int row)
    {
        ref var freed = ref Write(row);
        freed = default;
        Unsafe.As<T, int>(ref freed) = freeHead;
        freeHead = row;
        Count--;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> ReadRows(int first, int count) => new(Address(first), count * sizeof(T));

    /// <inheritdoc/>
    public void BeginCapture(BlockCapture blocks) => capture = blocks;

    /// <inheritdoc/>
    public void EndCapture() => capture = null;

    /// <inheritdoc/>
    public void BeginLoad(int end, int count, int free)
    {
        for (var page = pages.Length; end > 1 && page <= (end - 1) >> pageShift; page++) EnsurePage(page);
        End = end;
        Count = count;
        freeHead = free;
    }

    /// <inheritdoc/>
    public bool TryLoad(int first, ReadOnlySpan<byte> bytes)
    {
        var count = bytes.Length / sizeof(T);
        if (count == 0 || bytes.Length % sizeof(T) != 0 || first < 0 || first > End - count || (first & pageMask) + count > pageMask + 1) return false;
        bytes.CopyTo(new Span<byte>(Address(first), bytes.Length));
        return true;
    }

    /// <summary>Rows on the free list, as a set of bits by row; for scans over all rows in use.</summary>
    public System.Collections.BitArray FreeRows()
    {
        var free = new System.Collections.BitArray(End);
        for (var row = freeHead; row != 0; row = Unsafe.As<T, int>(ref *(T*)Address(row))) free[row] = true;
        return free;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var page in pages) ZeroPages.Return((byte*)page);
        pages = [];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Address(int row) =>
        (byte*)Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(pages), row >> pageShift) + (nint)(row & pageMask) * sizeof(T);

    private void EnsurePage(int page)
    {
        if (page < pages.Length) return;
        // Many tables of a small partition never leave their first page.
        var memory = page == 0 ? ZeroPages.TakeLazy() : ZeroPages.Take();
        var grown = new nint[page + 1];
        Array.Copy(pages, grown, pages.Length);
        grown[page] = (nint)memory;
        pages = grown;
    }
}
