using System.Runtime.InteropServices;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// Writes one run file from a stream, past the system's cache, and opens it. The file counts only once a catalogue lists it, so it needs no other
/// name first.
/// </summary>
internal sealed class RunWriter(IStoreFile file, SequentialWriter output, long number, long entriesMax)
{
    private const int SyncEveryBytes = 8 << 20;
    private readonly byte[] _page = new byte[RunFormat.PageBytes];
    private readonly ulong[] _fences = new ulong[PagesFor(entriesMax)];
    private readonly RunFilter _filter = RunFilter.ForEntries(entriesMax);
    private int _pages;
    private int _inPage;
    private long _entries;
    private long _syncedBytes;

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
            using var output = new SequentialWriter(file);
            RunFile run = new RunWriter(file, output, number, entriesMax).Write(catalog, segment, stream);
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
        output.Append(MemoryMarshal.AsBytes(fences.AsSpan()));
        output.Append(_filter.Stored);
        output.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<RunFooter>(in footer)));
        output.Finish();
        return new RunFile(file, footer, fences, _filter);
    }

    private void Append(ulong hash, in RequestIdSlot slot)
    {
        if (_inPage == 0) _fences[_pages] = hash;
        RunFormat.Slots(_page)[_inPage++] = slot;
        _filter.Add(hash);
        _entries++;
        if (_inPage == RunFormat.PageSlots) EndPage();
    }

    private void EndPage()
    {
        RunFormat.Slots(_page)[_inPage..].Clear();
        RunFormat.SealPage(_page, number, _pages, _inPage);
        output.Append(_page);
        _pages++;
        _inPage = 0;
        // Hundreds of megabytes left to one sync at the end would hold up the journal's own syncs on the same disk.
        if (output.Length - _syncedBytes < SyncEveryBytes) return;
        output.SyncWhole();
        _syncedBytes = output.Length;
    }
}
