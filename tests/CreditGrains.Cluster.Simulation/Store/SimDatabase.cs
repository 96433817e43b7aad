using CreditGrains.Cluster.Simulation.World;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;
using CreditGrains.Orleans.Journal;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Simulation.Workload;
using Npgsql;

namespace CreditGrains.Cluster.Simulation.Store;

/// <summary>
/// The database: what is committed stands, whoever asked for it. A statement takes a while; its answer may be lost, before it was carried out or after, and it may be carried out long
/// after its caller gave up.
/// </summary>
internal sealed class SimDatabase(Cluster cluster, Dice dice)
{
    private readonly Dictionary<int, (long Epoch, long Raised)> epochs = [];
    private readonly Dictionary<int, SortedList<long, JournalRow>> rows = [];
    private readonly List<JournalTransaction> active = [];
    private readonly Dictionary<NodeKey, (byte[] Book, byte[] Spreading, byte[] Velocities, long Told, int Version)> nodes = [];
    private readonly SortedSet<(NodeKey Node, int Partition)> mirrors = new(Comparer<(NodeKey Node, int Partition)>.Create(
        (a, b) => LeaseOrder.Instance.Compare(a.Node, b.Node) is var order and not 0 ? order : a.Partition.CompareTo(b.Partition)));
    private readonly List<(int Partition, byte[] Homes)> signposts = [];
    private long transactions;

    /// <summary>Files of partitions.</summary>
    public Dictionary<(int Partition, string Name), byte[]> Files { get; } = [];

    /// <summary>Statements whose fate was not told.</summary>
    public int UnknownFates { get; private set; }

    /// <summary>Appends refused because their epoch was over.</summary>
    public int Fenced { get; private set; }

    /// <summary>Rows of a partition.</summary>
    public IList<JournalRow> RowsOf(int partition) => rows.TryGetValue(partition, out var kept) ? kept.Values : [];

    /// <summary>The row that begins at a sequence; null for none.</summary>
    public JournalRow? RowAt(int partition, long sequence) => rows.TryGetValue(partition, out var kept) && kept.TryGetValue(sequence, out var row) ? row : null;

    /// <summary>Rows below the oldest transaction still under way, in the order of transactions.</summary>
    public IEnumerable<JournalRow> InOrder()
    {
        var bound = active.Count == 0 ? long.MaxValue : active.Min(t => t.Number);
        return rows.Values.SelectMany(r => r.Values).Where(r => r.Transaction < bound).OrderBy(r => (r.Transaction, r.Partition, r.Sequence));
    }

    /// <summary>The state of a node; null for none.</summary>
    public (byte[] Book, byte[] Spreading, byte[] Velocities, long Told, int Version)? NodeOf(NodeKey node) => nodes.TryGetValue(node, out var state) ? state : null;

    /// <summary>Nodes with a state.</summary>
    public IEnumerable<NodeKey> Nodes => nodes.Keys;

    /// <summary>Carries a statement out at some time and answers at a later one, unless something goes wrong.</summary>
    /// <param name="statement">Carried out at one moment; its failure is the answer.</param>
    public Task<T> RunAsync<T>(Func<T> statement)
    {
        var answer = new TaskCompletionSource<T>();
        var isUnknown = cluster.Happens(dice, cluster.Profile.Unknown);
        var isCarriedOut = !isUnknown || dice.Percent(60);
        if (isUnknown)
        {
            UnknownFates++;
            cluster.Time.After(dice.Between(200, 30_000), () => answer.TrySetException(Broken()));
        }
        if (!isCarriedOut) return answer.Task;
        cluster.Time.After(isUnknown ? dice.Between(100, 60_000) : dice.Between(80, 1_500), () =>
        {
            try
            {
                var result = statement();
                if (!isUnknown) cluster.Time.After(dice.Between(40, 400), () => answer.TrySetResult(result));
            }
            catch (Exception failure)
            {
                if (!isUnknown) cluster.Time.After(dice.Between(40, 400), () => answer.TrySetException(failure));
            }
        });
        return answer.Task;
    }

    /// <summary>Raises an epoch once no append under the one before is under way.</summary>
    public Task<long> RaiseAsync(int partition)
    {
        var answer = new TaskCompletionSource<long>();
        Raise(partition, answer, cluster.Happens(dice, cluster.Profile.Unknown));
        return answer.Task;
    }

    /// <summary>Whether an epoch is in force.</summary>
    public bool IsInForce(int partition, long epoch)
    {
        if (!epochs.TryGetValue(partition, out var held)) return false;
        // With the fault an old epoch goes on for a while as if nobody had come.
        return held.Epoch == epoch || (cluster.Options.Fault == PlantedFault.StaleEpochAccepted && epoch < held.Epoch);
    }

    /// <summary>Begins the transaction of a group of frames; its fate is told by the answer, or not.</summary>
    public Task<HashSet<(int Partition, long Epoch)>> InsertAsync(SimSilo silo, List<Append> group)
    {
        var answer = new TaskCompletionSource<HashSet<(int, long)>>();
        var isUnknown = cluster.Happens(dice, cluster.Profile.Unknown);
        if (isUnknown)
        {
            UnknownFates++;
            cluster.Time.After(dice.Between(200, 40_000), () => answer.TrySetException(Broken()));
            if (dice.Percent(30)) return answer.Task;
        }
        var copies = group.Select(a => a with { Frame = a.Frame.ToArray() }).ToArray();
        if (cluster.Options.Fault == PlantedFault.AnswerBeforeAppend && dice.Percent(20))
        {
            // Told as durable at once; a silo that ends before the database has it takes it along.
            cluster.Time.After(50, () => answer.TrySetResult([.. copies.Select(a => (a.Partition, a.Epoch))]));
            cluster.Time.After(dice.Between(100, 400_000), () =>
            {
                if (!silo.IsGone) Begin(copies, new TaskCompletionSource<HashSet<(int, long)>>(), isUnknown: true);
            });
            return answer.Task;
        }
        cluster.Time.After(isUnknown ? dice.Between(50, 60_000) : dice.Between(50, 500), () => Begin(copies, answer, isUnknown));
        return answer.Task;
    }

    /// <summary>Writes a node's state if its version is the expected one.</summary>
    /// <returns>The new version; 0 when another stands.</returns>
    public int Store(NodeKey node, NodeState state, int version)
    {
        var before = nodes.TryGetValue(node, out var kept) ? kept.Version : 0;
        if (before != version) return 0;
        nodes[node] = (state.Book, state.Spreading, state.Velocities, state.Told, version + 1);
        cluster.Checker.Stored(node, state.Book);
        return version + 1;
    }

    /// <summary>How long reading a partition takes before it is fenced, with that fault planted.</summary>
    public long ReadTook() => dice.Between(1_000, 900_000);

    /// <summary>Whether a state that is told as stored is not, with that fault planted.</summary>
    public bool Forgets() => dice.Percent(10);

    public void Note(int partition, NodeKey[] keys)
    {
        foreach (var key in keys) mirrors.Add((key, partition));
    }

    public IReadOnlyList<int> MirrorsOf(NodeKey node) => [.. mirrors.Where(m => m.Node == node).Select(m => m.Partition)];

    public void PutSignposts(int partition, byte[] homes) => signposts.Add((partition, homes));

    public IEnumerable<byte[]> SignpostsOf(int partition) => signposts.Where(s => s.Partition == partition).Select(s => s.Homes);

    // The key of the table is a guard of its own: it refuses what was decided on a journal that had grown meanwhile. It is off with the fault it would cover.
    private bool IsPlaceFree => cluster.Options.Fault == PlantedFault.ReclaimBeforeFencing;

    private static NpgsqlException Broken() => new("The connection broke while the statement was under way.");

    private void Raise(int partition, TaskCompletionSource<long> answer, bool isUnknown)
    {
        if (active.Any(t => t.Holds(partition)))
        {
            cluster.Time.After(300, () => Raise(partition, answer, isUnknown));
            return;
        }
        var epoch = epochs.GetValueOrDefault(partition).Epoch + 1;
        epochs[partition] = (epoch, cluster.Time.Now);
        cluster.Checker.Raised(partition, epoch);
        cluster.Time.After(dice.Between(100, 2_000), () =>
        {
            if (isUnknown) answer.TrySetException(Broken());
            else answer.TrySetResult(epoch);
        });
    }

    private void Begin(Append[] group, TaskCompletionSource<HashSet<(int, long)>> answer, bool isUnknown)
    {
        // A row of the same place that is under way is waited for.
        if (active.Exists(t => t.Rows.Any(r => Array.Exists(group, a => a.Partition == r.Partition && a.Sequence == r.Sequence))))
        {
            cluster.Time.After(250, () => Begin(group, answer, isUnknown));
            return;
        }
        if (!IsPlaceFree && Array.Exists(group, a => IsInForce(a.Partition, a.Epoch) && RowAt(a.Partition, a.Sequence) is not null))
        {
            if (!isUnknown) cluster.Time.After(100, () => answer.TrySetException(new RowTakenException(null)));
            return;
        }
        var number = ++transactions;
        var taken = group.Where(a => IsInForce(a.Partition, a.Epoch)).ToArray();
        Fenced += group.Length - taken.Length;
        var transaction = new JournalTransaction(number, [.. taken.Select(a => new JournalRow(number, a.Partition, a.Sequence, a.LastSequence, a.Epoch, a.Frame.ToArray()))]);
        active.Add(transaction);
        cluster.Time.After(cluster.Happens(dice, 5) ? dice.Between(5_000, 200_000) : dice.Between(150, 4_000), () =>
        {
            active.Remove(transaction);
            foreach (var row in transaction.Rows)
            {
                if (!rows.TryGetValue(row.Partition, out var kept)) rows[row.Partition] = kept = [];
                if (IsPlaceFree) kept[row.Sequence] = row;
                else kept.Add(row.Sequence, row);
            }
            foreach (var row in transaction.Rows) cluster.Checker.Appended(row);
            if (!isUnknown) cluster.Time.After(dice.Between(30, 300), () => answer.TrySetResult([.. taken.Select(a => (a.Partition, a.Epoch))]));
        });
    }
}

/// <summary>A committed row of the journal.</summary>
internal sealed record JournalRow(long Transaction, int Partition, long Sequence, long LastSequence, long Epoch, byte[] Frame);

/// <summary>A transaction under way: it holds the epochs of its partitions.</summary>
internal sealed record JournalTransaction(long Number, JournalRow[] Rows)
{
    public bool Holds(int partition) => Array.Exists(Rows, r => r.Partition == partition);
}
