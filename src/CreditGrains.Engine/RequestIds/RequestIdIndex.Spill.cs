namespace CreditGrains.Engine.RequestIds;

/// <content>Memory to disk: at most one segment is sealed and under way at a time; its memory is consulted until its run is installed.</content>
public sealed unsafe partial class RequestIdIndex
{
    private const long RunEntriesMax = 1_000_000_000;
    private readonly List<RequestIdSegment> _forgotten = [];
    private readonly List<RunFile> _retired = [];
    private SpillWork? _spill;
    private RequestIdTable? _returned;
    private long _nextRunNumber = 1;
    private long _generation;
    private long _filterBytes;

    /// <summary>
    /// The next segment to write when memory is above its bound, else null. Costs nothing below the bound, so the host may ask after each
    /// batch. Hand the work to another thread for <see cref="SpillWork.Write"/>, then back to <see cref="CompleteSpill"/> or <see cref="ReturnSpill"/>.
    /// </summary>
    public SpillWork? TakeSpillWork()
    {
        if (_spill is not null) return null;
        RequestIdTable? table = _returned;
        if (table is null)
        {
            if (_entriesInMemory <= _options.MemoryEntriesMax) return null;
            RequestIdSegment chosen = ChooseSegment();
            table = chosen.Sealed = chosen.Active!;
            chosen.Active = null;
            table.Pin();
        }
        _returned = null;
        return _spill = new SpillWork(_store, ToCatalog([]), _hash, _nextRunNumber++, table, TakeRunsToMerge(table.Segment), _pages.TakeExcess(KeptBytes));
    }

    /// <summary>Installs the run of a written spill and frees the memory it came from.</summary>
    public void CompleteSpill(SpillWork work)
    {
        RunFile run = work.Written ?? throw new InvalidOperationException("Write the spill before completing it, or return it.");
        EndSpill(work);
        RequestIdSegment? segment = SegmentOrNull(work.Table.Segment);
        if (segment is not null) Install(segment, run, work.Merged);
        else RetireUnseen(run);
        work.Table.Unpin();
    }

    /// <summary>Takes back a spill that could not be written; the same entries are offered again by the next <see cref="TakeSpillWork"/>.</summary>
    public void ReturnSpill(SpillWork work)
    {
        if (work.Written is not null) throw new InvalidOperationException("This spill is written; complete it.");
        EndSpill(work);
        if (SegmentOrNull(work.Table.Segment) is not null) _returned = work.Table;
        else work.Table.Unpin();
    }

    /// <summary>
    /// Names of run files no longer needed: forgotten or merged, and listed by no snapshot that may be restored, nor by one being
    /// written. The caller deletes them on another thread; those it fails to delete go at the next open.
    /// </summary>
    /// <param name="inForce">The catalogue of the oldest snapshot that may still be restored, durable and verified; null if there is none.</param>
    public IReadOnlyList<string> TakeRetired(RequestIdCatalog? inForce)
    {
        if (_retired.Count == 0) return [];
        long oldest = inForce?.Number ?? 0;
        bool IsUnlisted(RunFile run) => run.Captures.Retired < oldest || run.Captures.Installed == run.Captures.Retired;
        string[] names = [.. _retired.Where(IsUnlisted).Select(run => run.Listed.FileName)];
        _retired.RemoveAll(IsUnlisted);
        return names;
    }

    // The oldest segment at least as full as the average: old ones first, but not for a handful of late ids.
    private RequestIdSegment ChooseSegment()
    {
        long tables = 0;
        long entries = 0;
        foreach (RequestIdSegment? segment in _ring)
        {
            if (segment?.Active is null) continue;
            tables++;
            entries += segment.Active.Count;
        }
        for (long number = _firstSegment; ; number++)
        {
            RequestIdSegment? segment = _ring[number & (_ring.Length - 1)];
            if (segment?.Active is not null && segment.Active.Count * tables >= entries) return segment;
        }
    }

    // What memory takes while the disk keeps up: up to the bound, and half as much while that is written.
    private long KeptBytes => _options.MemoryEntriesMax * SlotPages.BytesPerEntry / 2 * 3;

    private RunFile[] TakeRunsToMerge(long segment)
    {
        RunFile[] runs = SegmentOrNull(segment)!.Runs;
        if (runs.Length < _options.RunsPerSegmentMax || runs.Sum(run => run.Listed.Entries) > RunEntriesMax) return [];
        foreach (RunFile run in runs) run.TryEnter();
        return runs;
    }

    private void EndSpill(SpillWork work)
    {
        if (work != _spill) throw new InvalidOperationException("This spill is not under way.");
        _spill = null;
        foreach (RunFile run in work.Merged) run.Exit();
        if (work.Excess is not null) _pages.TakeBack(work.Excess);
    }

    private void Install(RequestIdSegment segment, RunFile run, RunFile[] merged)
    {
        run.Generation = ++_generation;
        run.Captures = (_captures, _captures);
        segment.Runs = merged.Length > 0 ? [run] : [run, .. segment.Runs];
        _filterBytes += run.FilterBytes;
        PublishRuns();
        foreach (RunFile old in merged) Retire(old);
        _entriesInMemory -= segment.Sealed!.Count;
        _entriesReplayed = Math.Min(_entriesReplayed, _entriesInMemory);
        segment.Sealed.Unpin();
        segment.Sealed = null;
        DropFiltersOverBound();
    }

    private void Retire(RunFile run)
    {
        run.Captures = (run.Captures.Installed, _captures);
        _filterBytes -= run.FilterBytes;
        _retired.Add(run);
        run.Exit();
    }

    // Its segment was forgotten while it was written.
    private void RetireUnseen(RunFile run)
    {
        _retired.Add(run);
        run.Exit();
    }

    private void Drop(RequestIdSegment segment)
    {
        foreach (RunFile run in segment.Runs) Retire(run);
        foreach (RequestIdTable? table in (ReadOnlySpan<RequestIdTable?>)[segment.Active, segment.Sealed])
        {
            if (table is null) continue;
            _entriesInMemory -= table.Count;
            table.Unpin();
        }
        if (_returned is null || _returned != segment.Sealed) return;
        _returned.Unpin();
        _returned = null;
    }

    private void DropFiltersOverBound()
    {
        for (long number = _firstSegment; _filterBytes > _options.FilterBytesMax && number < _firstSegment + _ring.Length; number++)
        {
            foreach (RunFile run in SegmentOrNull(number)?.Runs ?? [])
            {
                _filterBytes -= run.FilterBytes;
                run.DropFilter();
            }
        }
    }

    private void PublishRuns()
    {
        var bySegment = new RunFile[]?[_ring.Length];
        for (int place = 0; place < _ring.Length; place++)
        {
            if (_ring[place] is { Runs.Length: > 0 } segment) bySegment[place] = segment.Runs;
        }
        DiskLookup.Publish(new RunSet(_generation, bySegment, _segmentMillis));
    }

    private RequestIdSegment? SegmentOrNull(long number)
    {
        RequestIdSegment? segment = _ring[number & (_ring.Length - 1)];
        return segment?.Number == number ? segment : null;
    }
}
