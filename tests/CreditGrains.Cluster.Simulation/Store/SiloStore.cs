using CreditGrains.Cluster.Simulation.World;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Files;
using CreditGrains.Orleans.Journal;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Orleans.Partitions;

namespace CreditGrains.Cluster.Simulation.Store;

/// <summary>A silo's way to the database.</summary>
internal sealed class SiloStore(Cluster cluster, SimSilo silo) : IClusterStore, IJournalTable, INodeMirrors, ISignpostLog, IFeedRows
{
    private readonly Dictionary<int, JournalRow[]> readBefore = [];

    private SimDatabase Database => cluster.Database;

    public IJournalTable Journal => this;

    public INodeMirrors Mirrors => this;

    public ISignpostLog Signposts => this;

    public IFileStore FilesOf(int partition, long epoch) => new SimFiles(Database, partition, epoch);

    public ValueTask DisposeAsync() => default;

    public async Task<long> RaiseEpochAsync(int partition, string holder)
    {
        if (cluster.Options.Fault != PlantedFault.ReclaimBeforeFencing) return await Database.RaiseAsync(partition);
        // Read first, and fenced only some time after.
        var read = Database.RowsOf(partition).ToArray();
        await Task.Delay(TimeSpan.FromMicroseconds(Database.ReadTook()), silo.Clock);
        var epoch = await Database.RaiseAsync(partition);
        readBefore[partition] = read;
        return epoch;
    }

    public Task<bool> IsInForceAsync(int partition, long epoch) => Database.RunAsync(() => Database.IsInForce(partition, epoch));

    public IRowInsert OpenInsert() => new RowInsert(Database, silo);

    public Task<byte[]?> ReadAsync(int partition, long sequence) => Database.RunAsync(() => Database.RowAt(partition, sequence)?.Frame);

    // Journals of runs are kept whole, for the checks at their end.
    public Task<long> DeleteOldAsync(int partition, long epoch, long covered, long cutoffMicros, Action<long> deleted) => Task.FromResult(0L);

    public Task<(JournalFeed.Place Place, long LastSequence)?> LastDeletedAsync(CancellationToken cancellationToken) =>
        Database.RunAsync(() => default((JournalFeed.Place, long)?));

    public long OldestSequence(int partition) => AtOpening(partition) is [var first, ..] ? first.Sequence : -1;

    public long RowAtOrBefore(int partition, long sequence)
    {
        var row = AtOpening(partition).LastOrDefault(r => r.Sequence <= sequence);
        // Nothing was there to be read: the opening is at its end.
        if (row is null) readBefore.Remove(partition);
        return row?.Sequence ?? -1;
    }

    public int ReadRows(int partition, long fromSequence, int countMax, Action<byte[]> visit)
    {
        var read = AtOpening(partition).Where(r => r.Sequence >= fromSequence).Take(countMax).ToArray();
        // The opening has read to the end.
        if (read.Length < countMax) readBefore.Remove(partition);
        foreach (var row in read) visit(row.Frame);
        return read.Length;
    }

    public byte[]? ReadRowHolding(int partition, long sequence) => Holding(partition, sequence)?.Frame;

    public Task NoteAsync(int partition, NodeKey[] nodes) => Database.RunAsync(() =>
    {
        Database.Note(partition, nodes);
        return true;
    });

    public Task<IReadOnlyList<int>> OfAsync(NodeKey node) => Database.RunAsync(() => Database.MirrorsOf(node));

    public Task WriteAsync(int partition, long epoch, byte[] homes) => Database.RunAsync(() =>
    {
        if (!Database.IsInForce(partition, epoch)) throw JournalAppender.Fenced(partition, epoch);
        Database.PutSignposts(partition, homes);
        return true;
    });

    public Task<HomeTable> ReadAsync(int partition) => Database.RunAsync(() =>
    {
        var homes = new HomeTable();
        foreach (var written in Database.SignpostsOf(partition)) SignpostRecords.Read(written, homes);
        return homes;
    });

    public Task<List<FeedRow>> AfterAsync(JournalFeed.Place place, int countMax, CancellationToken cancellationToken) => Database.RunAsync(() =>
        Database.InOrder().Where(r => (r.Transaction, r.Partition, r.Sequence).CompareTo((place.Transaction, place.Partition, place.Sequence)) > 0).Take(countMax).Select(RowOf).ToList());

    public Task<FeedRow?> HoldingAsync(int partition, long sequence, CancellationToken cancellationToken) =>
        Database.RunAsync(() => Holding(partition, sequence) is { } row ? RowOf(row) : null);

    public Task<long> NewestAsync() => Database.RunAsync(() => Database.InOrder().LastOrDefault()?.LastSequence ?? 0);

    private IList<JournalRow> AtOpening(int partition) => readBefore.TryGetValue(partition, out var read) ? read : Database.RowsOf(partition);

    private static FeedRow RowOf(JournalRow row) => new(new JournalFeed.Place(row.Transaction, row.Partition, row.Sequence), row.Frame);

    private JournalRow? Holding(int partition, long sequence) => Database.RowsOf(partition).LastOrDefault(r => r.Sequence <= sequence);

    private sealed class RowInsert(SimDatabase database, SimSilo silo) : IRowInsert
    {
        public Task<HashSet<(int Partition, long Epoch)>> InsertAsync(List<Append> group) => database.InsertAsync(silo, group);

        public Task ForgetAsync() => Task.CompletedTask;

        public ValueTask DisposeAsync() => default;
    }
}
