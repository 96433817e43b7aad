namespace CreditGrains.Securitisation.Pools;

/// <summary>Number and principal of performing loans by the groups of one dimension.</summary>
public sealed class Strata
{
    private long[] counts;
    private long[] balances;

    internal Strata(int groups)
    {
        counts = new long[groups];
        balances = new long[groups];
    }

    internal Strata(Strata other)
    {
        counts = [.. other.counts];
        balances = [.. other.balances];
    }

    /// <summary>Groups there is room for.</summary>
    public int Groups => counts.Length;

    public long Count(int group) => counts[group];

    /// <summary>Minor units.</summary>
    public long Balance(int group) => balances[group];

    /// <summary>From a group on to the last.</summary>
    public long BalanceFrom(int group)
    {
        long sum = 0;
        for (var i = group; i < balances.Length; i++) sum += balances[i];
        return sum;
    }

    internal void Save(BinaryWriter w)
    {
        w.Write7BitEncodedInt(counts.Length);
        foreach (var count in counts) w.Write7BitEncodedInt64(count);
        foreach (var balance in balances) w.Write7BitEncodedInt64(balance);
    }

    internal static Strata Restore(BinaryReader r)
    {
        var read = new Strata(r.Read7BitEncodedInt());
        for (var i = 0; i < read.counts.Length; i++) read.counts[i] = r.Read7BitEncodedInt64();
        for (var i = 0; i < read.balances.Length; i++) read.balances[i] = r.Read7BitEncodedInt64();
        return read;
    }

    internal void MakeRoom(int groups)
    {
        if (groups <= counts.Length) return;
        var room = Math.Max(groups, counts.Length * 2);
        Array.Resize(ref counts, room);
        Array.Resize(ref balances, room);
    }

    internal void Add(int group, long count, long balance)
    {
        counts[group] += count;
        balances[group] += balance;
    }

    internal void Grow(int group, long balance) => balances[group] += balance;

    internal void Move(int before, int after, long balanceBefore, long balanceAfter)
    {
        if (before == after)
        {
            Grow(after, balanceAfter - balanceBefore);
            return;
        }

        Add(before, -1, -balanceBefore);
        Add(after, 1, balanceAfter);
    }
}
