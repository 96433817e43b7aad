using System.Runtime.InteropServices;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Pools;

/// <summary>A loan of a pool: where it stands there, and its live state for projections. It stays when the loan leaves, in no pool then.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PoolLoanRow
{
    /// <summary>Its place in a pool; written by the pool's ledger.</summary>
    public PoolMember Member;

    /// <summary>The servicer's number; 0 is no loan.</summary>
    public long Id;

    /// <summary>The debtor's number.</summary>
    public long Obligor;

    /// <summary>Days of the first drawdown since 0001-01-01.</summary>
    public int OriginDay;

    /// <summary>Annual rate, parts per million.</summary>
    public int RatePpm;

    public ushort Tenant;
    public ushort LegalEntity;
    public int DaysPastDue;

    /// <summary>Instalments not yet due.</summary>
    public ushort RemainingMonths;

    /// <summary>Of an interest-only plan: the level instalments at its end.</summary>
    public ushort LevelMonths;

    public LoanPlan Plan;

    /// <summary>1 when it is a loan of the engine's own, whose number is its reference; 0 when another system services it.</summary>
    public byte IsOwn;
    public ushort Spare;
}
