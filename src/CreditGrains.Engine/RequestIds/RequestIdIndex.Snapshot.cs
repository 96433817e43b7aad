using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.RequestIds;

/// <content>
/// Snapshot and restore. The index is derived: catalogue and slices of the snapshot in force, then replay. Runs written since are
/// deleted at open and their ids come back by replay.
/// </content>
public sealed unsafe partial class RequestIdIndex
{
    private readonly UInt128 _seed;
    private long _captures;
    private readonly Dictionary<long, long> _roomMade = [];
    private RequestIdCapture? _capture;

    /// <summary>Bytes of memory: pages taken from the system, and filters and fences of runs.</summary>
    public RequestIdMemory Memory
    {
        get
        {
            long fences = 0;
            foreach (RequestIdSegment? segment in _ring)
            {
                if (segment is not null) fences += segment.Runs.Sum(run => run.FenceBytes);
            }
            return new RequestIdMemory(_pages.UsedBytes, _pages.HeldBytes, _filterBytes + fences);
        }
    }

    /// <summary>An empty index. Run files that are there belong to no snapshot and are deleted.</summary>
    /// <param name="store">Where runs are written; other files are left alone.</param>
    /// <param name="options">Layout and bounds.</param>
    /// <param name="forgetBeforeMillis">The oldest id time to keep: writer time less the window.</param>
    public static RequestIdIndex Create(IFileStore store, RequestIdOptions options, long forgetBeforeMillis)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(forgetBeforeMillis);
        DeleteLeftovers(store, []);
        return new RequestIdIndex(store, options, options.Seed, options.SegmentMillis, forgetBeforeMillis / options.SegmentMillis);
    }

    /// <summary>
    /// The index of a snapshot, without its slices yet: call <see cref="Load"/> for each, then replay. Run files not listed are deleted. Seed
    /// and segment length are the catalogue's, whatever the options say.
    /// </summary>
    /// <exception cref="RunDamagedException">A listed run is missing or damaged.</exception>
    public static RequestIdIndex Open(IFileStore store, RequestIdOptions options, RequestIdCatalog catalog)
    {
        options = options with { SegmentMillis = catalog.SegmentMillis, Seed = catalog.Seed };
        options.Validate();
        DeleteLeftovers(store, [.. catalog.Runs.Select(run => run.FileName)]);
        var index = new RequestIdIndex(store, options, catalog.Seed, catalog.SegmentMillis, catalog.FirstSegment)
        {
            _nextRunNumber = catalog.NextRunNumber,
            _captures = catalog.Number,
        };
        try
        {
            foreach (RequestIdRun listed in catalog.Runs) index.OpenRun(listed, catalog);
        }
        catch
        {
            index.Dispose();
            throw;
        }
        index.PublishRuns();
        index.DropFiltersOverBound();
        return index;
    }

    /// <summary>Starts a snapshot after the batch that ended with a sequence. Dispose it before the next.</summary>
    /// <param name="sequence">Highest sequence executed. The snapshot counts only once it is durable.</param>
    public RequestIdCapture BeginCapture(long sequence)
    {
        if (_capture is not null) throw new InvalidOperationException("A capture is under way; dispose it first.");
        _captures++;
        var tables = new List<RequestIdTable>();
        var runs = new List<RequestIdRun>();
        for (long number = _firstSegment; number < _firstSegment + _ring.Length; number++)
        {
            RequestIdSegment? segment = SegmentOrNull(number);
            if (segment is null) continue;
            if (segment.Sealed is not null) tables.Add(segment.Sealed);
            if (segment.Active is not null) tables.Add(segment.Active);
            for (int run = segment.Runs.Length - 1; run >= 0; run--) runs.Add(segment.Runs[run].Listed);
        }
        return _capture = new RequestIdCapture(this, sequence, ToCatalog(runs), tables);
    }

    /// <summary>Adds the entries of one slice of a snapshot, in the order captured, before replay. Slices of forgotten segments are passed over.</summary>
    /// <exception cref="RunDamagedException">The bytes are no slice of this index.</exception>
    public void Load(ReadOnlySpan<byte> slice)
    {
        if (!RequestIdSlice.TryOpen(slice, out RequestIdSlice head, out ReadOnlySpan<RequestIdSlot> slots)
            || head.SegmentMillis != _segmentMillis || head.Segment >= _firstSegment + _ring.Length)
        {
            throw new RunDamagedException("a slice of request ids");
        }
        if (slots.IsEmpty || head.Segment < _firstSegment) return;
        RequestIdSegment segment = SegmentOrNull(head.Segment) ?? AddSegment(head.Segment);
        MakeRoom(segment, head);
        foreach (ref readonly RequestIdSlot slot in slots)
        {
            if (slot.IsEmpty || slot.Id.UnixMillis / _segmentMillis != head.Segment) throw new RunDamagedException("a slice of request ids");
            LoadSlot(segment.Active!, slot);
        }
    }

    /// <summary>Frees memory and closes runs. A spill still being written keeps its memory until it is collected.</summary>
    public void Dispose()
    {
        _capture?.Dispose();
        foreach (RequestIdSegment? segment in _ring)
        {
            if (segment is null) continue;
            foreach (RunFile run in segment.Runs) run.Exit();
            segment.Runs = [];
            segment.Active?.Unpin();
            segment.Sealed?.Unpin();
            segment.Active = segment.Sealed = null;
        }
        Array.Clear(_ring);
        _recent = NoSegment;
        PublishRuns();
        if (_spill is null) _pages.Dispose();
    }

    internal void EndCapture(RequestIdCapture capture)
    {
        if (_capture == capture) _capture = null;
    }

    private RequestIdCatalog ToCatalog(IReadOnlyList<RequestIdRun> runs) => new(_captures, _seed, _segmentMillis, _firstSegment, _nextRunNumber, runs);

    // Once a segment, and again only for a table of another size: making room moves what is there. Snapshots of earlier versions say in each slice
    // what the table had grown to by then.
    private void MakeRoom(RequestIdSegment segment, in RequestIdSlice head)
    {
        segment.Active ??= new RequestIdTable(_pages, _hash, head.Segment);
        long made = _roomMade.GetValueOrDefault(head.Segment);
        if (head.TableEntries <= 2 * made) return;
        segment.Active.Reserve(head.TableEntries);
        _roomMade[head.Segment] = head.TableEntries;
    }

    private void LoadSlot(RequestIdTable table, in RequestIdSlot slot)
    {
        ulong hash = _hash.Of(slot);
        RequestIdSlot* present = table.Find(hash, slot.Tenant, slot.Id);
        if (present == null)
        {
            table.Add(hash, slot);
            _entriesInMemory++;
        }
        else if (slot.Sequence > present->Sequence)
        {
            *present = slot;
        }
    }

    private void OpenRun(in RequestIdRun listed, RequestIdCatalog catalog)
    {
        if (listed.Segment < _firstSegment || listed.Segment >= _firstSegment + _ring.Length)
            throw new RunDamagedException(listed.FileName);
        RequestIdSegment segment = SegmentOrNull(listed.Segment) ?? AddSegment(listed.Segment);
        RunFile run = RunFile.Open(_store, listed, catalog, _options.VerifyPagesAtOpen);
        run.Generation = ++_generation;
        run.Captures = (catalog.Number - 1, catalog.Number);
        _filterBytes += run.FilterBytes;
        segment.Runs = [run, .. segment.Runs];
    }

    private static void DeleteLeftovers(IFileStore store, HashSet<string> listed)
    {
        bool hasDeleted = false;
        foreach (string name in store.List())
        {
            if (!RunFormat.IsRunFile(name) || listed.Contains(name)) continue;
            store.Delete(name);
            hasDeleted = true;
        }
        if (hasDeleted) store.SyncDirectory();
    }
}

/// <summary>Bytes the index holds.</summary>
/// <param name="TableBytes">Pages of entries in use.</param>
/// <param name="HeldBytes">Pages taken from the system, in use or kept for reuse.</param>
/// <param name="RunBytes">Filters and fences of runs.</param>
public readonly record struct RequestIdMemory(long TableBytes, long HeldBytes, long RunBytes);
