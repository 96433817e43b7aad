using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// One sealed segment to be written as a run, together with the segment's older runs when there are too many of those. Taken from and
/// given back to the index on the writer; <see cref="Write"/> runs on any other thread in between.
/// </summary>
public sealed class SpillWork
{
    private readonly IFileStore _store;
    private readonly RequestIdCatalog _catalog;
    private readonly RequestIdHash _hash;

    internal SpillWork(
        IFileStore store, RequestIdCatalog catalog, RequestIdHash hash, long number, RequestIdTable table, RunFile[] merged, VacatedTable? excess)
    {
        _store = store;
        _catalog = catalog;
        _hash = hash;
        Number = number;
        Table = table;
        Merged = merged;
        Excess = excess;
    }

    /// <summary>Entries to be written, at most.</summary>
    public long EntriesMax => Table.Count + Merged.Sum(run => run.Listed.Entries);

    internal long Number { get; }

    internal RequestIdTable Table { get; }

    internal RunFile[] Merged { get; }

    internal RunFile? Written { get; private set; }

    /// <summary>Memory of an earlier table that is not wanted again; null when there is none.</summary>
    internal VacatedTable? Excess { get; }

    /// <summary>
    /// Gives memory back to the system, then writes and syncs the run. If it throws, hand the work to <see cref="RequestIdIndex.ReturnSpill"/>: nothing is lost, the entries are
    /// still in memory and are offered again under another file name.
    /// </summary>
    /// <exception cref="StoreException">The disk refused, or a run to be merged is damaged.</exception>
    public void Write()
    {
        if (Written is not null) throw new InvalidOperationException("This spill is written; complete it.");
        Excess?.Vacate();
        SlotStream stream = new TableStream(Table, _hash);
        if (Merged.Length > 0) stream = new MergedStream([stream, .. Merged.Select(run => new RunStream(run, _hash))]);
        Written = RunWriter.Write(_store, _catalog, Number, Table.Segment, EntriesMax, stream);
    }
}
