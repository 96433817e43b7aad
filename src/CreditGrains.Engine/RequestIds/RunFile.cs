using System.Runtime.InteropServices;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// An open run. Immutable but for its filter, which the writer may drop, and its uses: the file closes when the owner has retired
/// it and the last reader is out.
/// </summary>
internal sealed class RunFile
{
    private readonly IStoreFile _file;
    private readonly ulong[] _fences;
    private RunFilter? _filter;
    private int _uses = 1;

    internal RunFile(IStoreFile file, in RunFooter footer, ulong[] fences, RunFilter filter)
    {
        _file = file;
        _fences = fences;
        _filter = filter;
        Number = footer.Run;
        Segment = footer.Segment;
        Pages = footer.Pages;
        Listed = new RequestIdRun(footer.Run, footer.Segment, footer.Entries, footer.FooterOffset + RunFooter.StoredBytes, footer.Crc);
    }

    public long Number { get; }

    public long Segment { get; }

    public int Pages { get; }

    /// <summary>Its line in the catalogue.</summary>
    public RequestIdRun Listed { get; }

    /// <summary>Position among all installed runs; set by the writer before others see the run.</summary>
    public long Generation { get; set; }

    /// <summary>Captures begun when the run was installed and when it was retired: those in between list it.</summary>
    public (long Installed, long Retired) Captures { get; set; }

    public long FilterBytes => Volatile.Read(ref _filter)?.Bytes ?? 0;

    public long FenceBytes => (long)_fences.Length * sizeof(ulong);

    /// <summary>Opens a run of the catalogue and checks everything but, unless asked, the pages.</summary>
    /// <exception cref="RunDamagedException">Missing, cut, or not what the catalogue lists.</exception>
    public static RunFile Open(IFileStore store, in RequestIdRun listed, in RequestIdCatalog catalog, bool verifyPages)
    {
        if (!store.Exists(listed.FileName)) throw new RunDamagedException(listed.FileName);
        IStoreFile file = store.Open(listed.FileName, create: false);
        try
        {
            RunFile run = Read(file, listed, catalog);
            if (verifyPages) run.VerifyPages();
            return run;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void DropFilter() => Volatile.Write(ref _filter, null);

    public bool MayHold(ulong hash) => Volatile.Read(ref _filter)?.MayHold(hash) ?? true;

    public void Prefetch(ulong hash) => Volatile.Read(ref _filter)?.Prefetch(hash);

    /// <summary>Keeps the file open for a reader; false when it is closed for good. Any thread.</summary>
    public bool TryEnter()
    {
        int uses = Volatile.Read(ref _uses);
        while (uses > 0)
        {
            int seen = Interlocked.CompareExchange(ref _uses, uses + 1, uses);
            if (seen == uses) return true;
            uses = seen;
        }
        return false;
    }

    /// <summary>Ends one use; the owner's ends with retirement. Any thread.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref _uses) == 0) _file.Dispose();
    }

    /// <summary>Searches the pages. Between <see cref="TryEnter"/> and <see cref="Exit"/>.</summary>
    public bool TryFind(ulong hash, ushort tenant, in RequestId id, out RequestIdEntry entry)
    {
        Span<byte> page = stackalloc byte[RunFormat.PageBytes];
        int index = FirstPageFor(hash);
        do
        {
            foreach (ref readonly RequestIdSlot slot in ReadPage(index, page))
            {
                if (!slot.Is(tenant, id)) continue;
                entry = slot.Entry;
                return true;
            }
            index++;
        }
        while (index < Pages && _fences[index] <= hash);
        entry = default;
        return false;
    }

    /// <summary>Reads and checks one page.</summary>
    public ReadOnlySpan<RequestIdSlot> ReadPage(int index, Span<byte> page)
    {
        int read = _file.Read((long)index * RunFormat.PageBytes, page);
        if (read != RunFormat.PageBytes) throw new RunDamagedException(Listed.FileName);
        return RunFormat.OpenPage(page, Number, index);
    }

    // The last page that begins below the hash; entries of one hash may lie across pages that begin with it.
    private int FirstPageFor(ulong hash)
    {
        int low = 0;
        int high = Pages;
        while (high - low > 1)
        {
            int middle = low + ((high - low) / 2);
            if (_fences[middle] < hash) low = middle;
            else high = middle;
        }
        return low;
    }

    private void VerifyPages()
    {
        Span<byte> page = stackalloc byte[RunFormat.PageBytes];
        long entries = 0;
        for (int index = 0; index < Pages; index++) entries += ReadPage(index, page).Length;
        if (entries != Listed.Entries) throw new RunDamagedException(Listed.FileName);
    }

    private static RunFile Read(IStoreFile file, in RequestIdRun listed, in RequestIdCatalog catalog)
    {
        RunFooter footer = default;
        Span<byte> footerBytes = MemoryMarshal.AsBytes(new Span<RunFooter>(ref footer));
        bool isIntact = file.Length == listed.LengthBytes
            && listed.LengthBytes >= RunFooter.StoredBytes
            && file.Read(listed.LengthBytes - RunFooter.StoredBytes, footerBytes) == RunFooter.StoredBytes
            && footer.Magic == RunFormat.Magic
            && footer.Crc == footer.ComputeCrc() && footer.Crc == listed.FooterCrc
            && footer.Run == listed.Number && footer.Segment == listed.Segment && footer.Entries == listed.Entries
            && footer.SegmentMillis == catalog.SegmentMillis
            && new UInt128(footer.SeedHigh, footer.SeedLow) == catalog.Seed
            && footer.FooterOffset + RunFooter.StoredBytes == listed.LengthBytes;
        if (!isIntact) throw new RunDamagedException(listed.FileName);

        ulong[] fences = new ulong[footer.Pages];
        RunFilter filter = RunFilter.OfBlocks(footer.FilterBlocks);
        ReadChecked(file, footer.FencesOffset, MemoryMarshal.AsBytes(fences.AsSpan()), footer.FencesCrc, listed);
        ReadChecked(file, footer.FilterOffset, filter.Stored, footer.FilterCrc, listed);
        return new RunFile(file, footer, fences, filter);
    }

    private static void ReadChecked(IStoreFile file, long offset, Span<byte> destination, uint crc, in RequestIdRun listed)
    {
        if (file.Read(offset, destination) != destination.Length || Checksum.Of(destination) != crc)
            throw new RunDamagedException(listed.FileName);
    }
}
