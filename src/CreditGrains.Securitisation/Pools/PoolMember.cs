namespace CreditGrains.Securitisation.Pools;

/// <summary>Where a loan stands in its pool.</summary>
public enum MemberState : byte
{
    /// <summary>In no pool.</summary>
    None = 0,

    /// <summary>It counts in the performing balance.</summary>
    Performing = 1,

    /// <summary>Nothing is owed; a payment taken back makes it perform again.</summary>
    Ended = 2,

    /// <summary>In default, for good.</summary>
    Defaulted = 3,
}

/// <summary>What a pool keeps of a loan: one row, written by its ledger only. The default value is a loan in no pool.</summary>
public struct PoolMember
{
    /// <summary>Principal owed, minor units.</summary>
    public long Principal;

    /// <summary>Principal at the start of <see cref="Period"/>, less what was prepaid in part since: the weight in the roll matrix.</summary>
    public long Opening;

    /// <summary>Place of the pool in its book plus one; 0 is none.</summary>
    public int Pool;

    /// <summary>The month <see cref="From"/> is of.</summary>
    public int Period;

    /// <summary>Place of the debtor in the ledger.</summary>
    public int Obligor;

    public ushort Industry;
    public ushort Region;
    public ushort Vintage;
    public byte Bucket;
    public byte TermBand;
    public byte RateBand;
    public MemberState State;

    /// <summary>Row of the roll matrix; <see cref="RollCounts.NoRow"/> when it was not performing at the start of the month.</summary>
    public byte From;

    /// <summary>Column of the roll matrix.</summary>
    public byte To;
}
