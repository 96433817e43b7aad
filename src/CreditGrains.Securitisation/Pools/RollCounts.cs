using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Pools;

/// <summary>
/// The moves of one month: where loans that performed at its start are now, by number and by opening principal. Rows are buckets; columns are buckets and four ways
/// out. Each row adds up to what its bucket had at the start, whatever happens.
/// </summary>
public sealed class RollCounts
{
    /// <summary>The row of a loan that was not there at the start of the month.</summary>
    public const byte NoRow = byte.MaxValue;

    private const int WaysOut = 4;
    private readonly long[] counts;
    private readonly long[] balances;

    /// <param name="buckets">Number of buckets.</param>
    public RollCounts(int buckets)
    {
        Buckets = buckets;
        counts = new long[buckets * Width];
        balances = new long[buckets * Width];
    }

    internal RollCounts(RollCounts other)
    {
        Buckets = other.Buckets;
        counts = [.. other.counts];
        balances = [.. other.balances];
    }

    public int Buckets { get; }

    /// <summary>Column of loans in default.</summary>
    public int ChargedOff => Buckets;

    /// <summary>Column of loans repaid early.</summary>
    public int PaidOff => Buckets + 1;

    /// <summary>Column of loans repaid by plan.</summary>
    public int Matured => Buckets + 2;

    /// <summary>Column of loans that left by a transfer.</summary>
    public int Removed => Buckets + 3;

    /// <summary>Columns in all.</summary>
    public int Width => Buckets + WaysOut;

    public long Count(int from, int to) => counts[from * Width + to];

    /// <summary>Opening principal, minor units. A prepayment in part counts as that much paid off.</summary>
    public long Balance(int from, int to) => balances[from * Width + to];

    internal void Save(BinaryWriter w)
    {
        foreach (var cell in counts) w.Write7BitEncodedInt64(cell);
        foreach (var cell in balances) w.Write7BitEncodedInt64(cell);
    }

    internal static RollCounts Restore(BinaryReader r, int buckets)
    {
        var read = new RollCounts(buckets);
        for (var i = 0; i < read.counts.Length; i++) read.counts[i] = r.Read7BitEncodedInt64();
        for (var i = 0; i < read.balances.Length; i++) read.balances[i] = r.Read7BitEncodedInt64();
        return read;
    }

    /// <summary>Adds another's cells: the same month of a part of the pool that is kept elsewhere.</summary>
    internal void Add(RollCounts other)
    {
        for (var i = 0; i < counts.Length; i++) counts[i] += other.counts[i];
        for (var i = 0; i < balances.Length; i++) balances[i] += other.balances[i];
    }

    internal void Start(int bucket, long count, long balance)
    {
        counts[bucket * Width + bucket] = count;
        balances[bucket * Width + bucket] = balance;
    }

    internal void Move(int from, int before, int after, long opening)
    {
        counts[from * Width + before]--;
        counts[from * Width + after]++;
        MovePart(from, before, after, opening);
    }

    internal void MovePart(int from, int before, int after, long amount)
    {
        balances[from * Width + before] -= amount;
        balances[from * Width + after] += amount;
    }

    /// <summary>
    /// Adds the month to counts a matrix is estimated from. A loan repaid by plan paid all that was due, so it counts as moved to no missed instalment; one that was transferred is left out.
    /// </summary>
    public void AddTo(TransitionCounts moves, bool byBalance)
    {
        var cells = byBalance ? balances : counts;
        for (var from = 0; from < Buckets; from++)
            for (var to = 0; to < Removed; to++)
                moves.Add(from, to == Matured ? 0 : to, cells[from * Width + to]);
    }
}
