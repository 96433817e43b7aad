using System.Runtime.InteropServices;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Engine.RequestIds;

/// <summary>Writes one run file from a stream and opens it. The file counts only once a catalogue lists it, so it needs no other name first.</summary>
internal sealed class RunWriter(IStoreFile file, long number, long entriesMax)
{
    private const int BufferPages = 256;
    private const int SyncEveryBytes = 8 << 20;
    private readonly byte[] _buffer = new byte[BufferPages * RunFormat.PageBytes];
    private readonly ulong[] _fences = new ulong[PagesFor(entriesMax)];
    private readonly RunFilter _filter = RunFilter.ForEntries(entriesMax);
    private int _pages;
    private int _inPage;
    private long _entries;
    private int _unsyncedBytes;

    /// <summary>Creates, fills and syncs the file of a run, and its directory.</summary>
    /// <param name="store">Where to.</param>
    /// <param name="catalog">Seed and segment length.</param>
    /// <param name="number">Number of the run.</param>
    /// <param name="segment">Its segment.</param>
    /// <param name="entriesMax">At least the entries of the stream; sizes the filter.</param>
    /// <param name="stream">The entries.</param>
    /// <exception cref="StoreException">The disk refused. What was written is removed if it can be; else opening removes it.</exception>
    public static RunFile Write(IFileStore store, RequestIdCatalog catalog, long number, long segment, long entriesMax, SlotStream stream)
    {
        string name = RunFormat.FileName(number);
        IStoreFile file = store.Open(name, create: true);
        bool isComplete = false;
        try
        {
            RunFile run = new RunWriter(file, number, entriesMax).Write(catalog, segment, stream);
            store.SyncDirectory();
            isComplete = true;
            return run;
        }
        catch (StoreException) when (store.Exists(name))
        {
            store.Delete(name);
            throw;
        }
        finally
        {
            if (!isComplete) file.Dispose();
        }
    }

    private static int PagesFor(long entries) => checked((int)((entries + RunFormat.PageSlots - 1) / RunFormat.PageSlots));

    private RunFile Write(RequestIdCatalog catalog, long segment, SlotStream stream)
    {
        while (stream.MoveNext()) Append(stream.Hash, stream.Slot);
        if (_inPage > 0) EndPage();
        FlushPages();

        ulong[] fences = _pages == _fences.Length ? _fences : _fences[.._pages];
        var footer = new RunFooter
        {
            Magic = RunFormat.Magic,
            Run = number,
            Segment = segment,
            SegmentMillis = catalog.SegmentMillis,
            SeedHigh = (ulong)(catalog.Seed >> 64),
            SeedLow = unchecked((ulong)catalog.Seed),
            Entries = _entries,
            Pages = _pages,
            FilterBlocks = _filter.Blocks,
            FencesCrc = Checksum.Of(MemoryMarshal.AsBytes(fences.AsSpan())),
            FilterCrc = Checksum.Of(_filter.Stored),
        };
        footer.Crc = footer.ComputeCrc();
        file.Write(footer.FencesOffset, MemoryMarshal.AsBytes(fences.AsSpan()));
        file.Write(footer.FilterOffset, _filter.Stored);
        file.Write(footer.FooterOffset, MemoryMarshal.AsBytes(new ReadOnlySpan<RunFooter>(in footer)));
        file.Sync();
        return new RunFile(file, footer, fences, _filter);
    }

    private void Append(ulong hash, in RequestIdSlot slot)
    {
        if (_inPage == 0) _fences[_pages] = hash;
        RunFormat.Slots(CurrentPage)[_inPage++] = slot;
        _filter.Add(hash);
        _entries++;
        if (_inPage == RunFormat.PageSlots) EndPage();
    }

    private Span<byte> CurrentPage => _buffer.AsSpan(_pages % BufferPages * RunFormat.PageBytes, RunFormat.PageBytes);

    private void EndPage()
    {
        Span<byte> page = CurrentPage;
        RunFormat.Slots(page)[_inPage..].Clear();
        RunFormat.SealPage(page, number, _pages, _inPage);
        _pages++;
        _inPage = 0;
        if (_pages % BufferPages == 0) WriteBuffer(_pages - BufferPages, BufferPages);
    }

    private void FlushPages()
    {
        int pending = _pages % BufferPages;
        if (pending > 0) WriteBuffer(_pages - pending, pending);
    }

    private void WriteBuffer(int firstPage, int pages)
    {
        file.Write((long)firstPage * RunFormat.PageBytes, _buffer.AsSpan(0, pages * RunFormat.PageBytes));
        _unsyncedBytes += pages * RunFormat.PageBytes;
        // Hundreds of megabytes left to one sync at the end would hold up the journal's own syncs on the same disk.
        if (_unsyncedBytes < SyncEveryBytes) return;
        file.Sync();
        _unsyncedBytes = 0;
    }
}
