using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Tables;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Pools;

/// <summary>
/// The pools of a partition and the rows of their loans. A loan has one row, which names its pool, so it is in at most one. Owned by the writer.
/// </summary>
internal sealed class PoolSet(RowTable<PoolLoanRow> loans) : IDisposable
{
    private readonly List<LivePool> pools = [];
    private readonly Dictionary<NodeKey, int> places = [];
    private readonly RowIndex index = new();
    private readonly List<PoolCopy> copies = [];
    private long ownLoans;
    private int parts = 1;

    /// <summary>Rows of the engine's own loans whose schedule no plan gives, by their row here. Derived: see <see cref="PooledLoans"/>.</summary>
    public Dictionary<int, int> OwnSchedules { get; } = [];

    /// <summary>Reads such a schedule by the row here; null for a loan without.</summary>
    public Func<int, LiveSchedule?>? ScheduleOf { get; set; }

    /// <summary>In the order they were defined.</summary>
    public IReadOnlyList<LivePool> All => pools;

    /// <summary>Partitions that each keep a part of every pool.</summary>
    public int Parts
    {
        get => parts;
        set
        {
            parts = value;
            foreach (var pool in pools) pool.Ledger.Parts = value;
        }
    }

    /// <summary>The rows of loans.</summary>
    public RowTable<PoolLoanRow> Loans => loans;

    /// <summary>A pool; null when the node has no terms.</summary>
    public LivePool? Find(NodeKey key) => places.TryGetValue(key, out var place) ? pools[place] : null;

    public LivePool Define(NodeKey key, ReadOnlyMemory<byte> terms, PoolLedger? ledger = null)
    {
        var pool = new LivePool(key, pools.Count, terms.ToArray(), ledger ?? new PoolLedger(PoolFile.ParseKept(terms))) { Ledger = { Parts = parts } };
        places.Add(key, pools.Count);
        pools.Add(pool);
        return pool;
    }

    /// <summary>Row of a loan, 0 when it was never in a pool.</summary>
    public int FindLoan(NodeKey pool, long loan) => Find(pool, loan, isOwn: 0);

    /// <summary>Whether no pool holds loans of the engine's own.</summary>
    public bool HasNoOwn => ownLoans == 0;

    /// <summary>Row of a loan of the engine's own, by its reference; 0 when it was never in a pool.</summary>
    public int FindOwn(NodeKey facility, long reference) => ownLoans == 0 ? 0 : Find(facility, reference, isOwn: 1);

    public int AddLoan(NodeKey pool, long loan) => Add(pool, loan, isOwn: 0);

    public int AddOwn(NodeKey facility, long reference) => Add(facility, reference, isOwn: 1);

    /// <summary>Before what a row stands for changes elsewhere: copies under way keep what it was.</summary>
    public void KeepForCopies(int row)
    {
        foreach (var copy in copies) copy.BeforeWrite(row, loans.Read(row));
    }

    /// <summary>Whether a copy is under way.</summary>
    public bool IsCopied => copies.Count > 0;

    /// <summary>A loan's row for writing; copies under way keep what it was.</summary>
    public ref PoolLoanRow WriteLoan(int row)
    {
        if (copies.Count > 0)
            foreach (var copy in copies) copy.BeforeWrite(row, loans.Read(row));
        return ref loans.Write(row);
    }

    /// <summary>Asks the processor to load what a command about a loan will look at.</summary>
    public void Prefetch(NodeKey pool, long loan) => index.Prefetch(HashOf(pool.Tenant, pool.LegalEntity, loan));

    /// <summary>The same one step further: the row itself.</summary>
    public void PrefetchRow(NodeKey pool, long loan)
    {
        var row = index.First(HashOf(pool.Tenant, pool.LegalEntity, loan), out _);
        if (row != 0) loans.Prefetch(row);
    }

    /// <summary>Begins a copy; it ends by <see cref="End"/>.</summary>
    public void Begin(PoolCopy copy) => copies.Add(copy);

    public void End(PoolCopy copy) => copies.Remove(copy);

    /// <summary>After a snapshot was loaded: the index of the rows, and what the ledgers add up from them.</summary>
    public void Rebuild()
    {
        for (var row = 1; row < loans.End; row++)
        {
            ref var loan = ref loans.Write(row);
            if (loan.Id == 0) continue;
            index.Add(HashOf(loan.Tenant, loan.LegalEntity, loan.Id), row);
            ownLoans += loan.IsOwn;
            if (loan.Member.Pool > 0) pools[loan.Member.Pool - 1].Ledger.Restore(ref loan.Member, loan.Obligor);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => index.Dispose();

    private int Find(NodeKey scope, long number, byte isOwn)
    {
        var hash = HashOf(scope.Tenant, scope.LegalEntity, number);
        for (var row = index.First(hash, out var probe); row != 0; row = index.Next(hash, ref probe))
        {
            ref readonly var found = ref loans.Read(row);
            if (found.Id == number && found.IsOwn == isOwn && found.Tenant == scope.Tenant && found.LegalEntity == scope.LegalEntity) return row;
        }

        return 0;
    }

    private int Add(NodeKey scope, long number, byte isOwn)
    {
        var row = loans.Add();
        ref var added = ref loans.Write(row);
        (added.Id, added.Tenant, added.LegalEntity, added.IsOwn) = (number, scope.Tenant, scope.LegalEntity, isOwn);
        ownLoans += isOwn;
        index.Add(HashOf(scope.Tenant, scope.LegalEntity, number), row);
        return row;
    }

    private static ulong HashOf(ushort tenant, ushort legalEntity, long loan) =>
        RowIndex.Mix(unchecked((ulong)loan + (((ulong)tenant << 16) | legalEntity) * 0x9E3779B97F4A7C15UL));
}
