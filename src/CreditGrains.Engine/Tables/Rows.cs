using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Engine.Tables;

// The layouts here are the layout of snapshots: SnapshotFormat.LayoutVersion rises with any change.

/// <summary>A facility: two cache lines.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct FacilityRow
{
    public long Id;
    public ushort Tenant;
    public ushort LegalEntity;
    public Currency Currency;
    public NodeStatus Status;
    public FacilityFlags Flags;
    public long Limit;
    public long Principal;
    public long Interest;
    public long Fees;
    public long Held;
    public long Released;
    public long Credit;
    public long WrittenOff;
    public long Uncleared;
    public long LastSequence;
    public int FirstItem;

    // Above 0 the row of FacilityRules; below 0, without one, the complement of the first loan's row, or of 0 once all loans have ended; 0 when it never had either.
    private int rulesOrLoan;
    public int FirstParent;
    public ushort OpenItems;

    /// <summary>Distinct ancestors. Up to <see cref="InlinePath.Length"/> whole ones stand in <see cref="Path"/>, else Path[0] is a PathRow.</summary>
    public byte PathCount;
    public bool PathIsInline;
    public InlinePath Path;

    public readonly NodeKey Key => NodeKey.Facility(Tenant, LegalEntity, Id);

    /// <summary>Whether it has a row of FacilityRules: dated, sub- or velocity limits, a review threshold or an undrawn factor, now or once.</summary>
    public readonly bool HasRules => rulesOrLoan > 0;

    /// <summary>Row of FacilityRules, 0 when it has none.</summary>
    public readonly int Rules => Math.Max(rulesOrLoan, 0);

    /// <summary>Whether it has or had loans and no row of FacilityRules.</summary>
    public readonly bool HadLoansAlone => rulesOrLoan < 0;

    /// <summary>Row of the first loan of a facility without rules, 0 when it has none. <see cref="FacilityRulesOf.FirstLoan"/> answers for any facility.</summary>
    public readonly int FirstLoanAlone => Math.Max(~rulesOrLoan, 0);

    public readonly FacilityBalances Balances => new(Principal, Interest, Fees, Credit, Held, Released, WrittenOff, Uncleared);

    public void SetBalances(in FacilityBalances balances)
    {
        Principal = balances.Principal;
        Interest = balances.Interest;
        Fees = balances.Fees;
        Credit = balances.Credit;
        Held = balances.Held;
        Released = balances.Released;
        WrittenOff = balances.WrittenOff;
        Uncleared = balances.Uncleared;
    }

    /// <summary>Gives it a row of FacilityRules, which holds the first loan from then on.</summary>
    public void SetRules(int row) => rulesOrLoan = row;

    /// <summary>Sets the first loan of a facility without rules, 0 for none any more.</summary>
    public void SetFirstLoanAlone(int row) => rulesOrLoan = ~row;

    [InlineArray(Length)]
    internal struct InlinePath
    {
        public const int Length = 4;
        private int first;
    }
}

/// <summary>Yes/no parts of a facility, and its measure in the low two bits.</summary>
[Flags]
internal enum FacilityFlags : byte
{
    None = 0,
    MeasureMask = 3,
    KeepsRepaid = 4,
    CreditAddsHeadroom = 8,
}

/// <summary>What few facilities have, and the first loan of those that have it.</summary>
[StructLayout(LayoutKind.Sequential, Size = 40)]
internal struct FacilityRulesRow
{
    public int Owner;
    public int UndrawnFactorPpm;
    public long ReviewThreshold;
    public long NextLimitDueMicros;
    public int FirstDatedLimit;
    public int FirstSubLimit;
    public int FirstVelocity;
    public int FirstLoan;
}

/// <summary>A limit node other than a facility.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct NodeRow
{
    // What a decision reads and writes comes first, so that it lies in one cache line.

    /// <summary>Σ contribution × share (ppm) of facilities in the node's own currency.</summary>
    public Int128 OwnSum;
    public long Limit;
    public long ReviewThreshold;
    public int FirstForeign;
    public int FirstVelocity;
    public int UndrawnFactorPpm;
    public Currency Currency;
    public NodeStatus Status;
    public ExposureMeasure Measure;
    public bool KeepsRepaid;

    /// <summary>Most ancestors any facility below ever had; never falls.</summary>
    public byte PathBelowMax;
    public NodeKind Kind;
    public ushort Tenant;
    public ushort LegalEntity;
    public long Id;

    public long NextLimitDueMicros;
    public long FacilityCount;
    public int FirstParent;
    public int FirstChild;
    public int ChildCount;
    public int FirstDatedLimit;

    public readonly NodeKey Key => new(Id, Tenant, LegalEntity, Kind);

    public readonly ExposureBasis Basis => new(Measure, KeepsRepaid, UndrawnFactorPpm);
}

/// <summary>A link from a child (facility or node) to a parent node.</summary>
[StructLayout(LayoutKind.Sequential, Size = 28)]
internal struct LinkRow
{
    public ChildRef Child;
    public int Parent;
    public int SharePpm;
    public int NextParent;
    public int NextChild;
    public int PreviousChild;
}

/// <summary>A facility row or a node row (the high bit) as the child of a link.</summary>
internal readonly record struct ChildRef(uint Value)
{
    private const uint NodeBit = 0x8000_0000;

    public bool IsNode => (Value & NodeBit) != 0;

    public int Row => (int)(Value & ~NodeBit);

    public static ChildRef Facility(int row) => new((uint)row);

    public static ChildRef Node(int row) => new((uint)row | NodeBit);
}

/// <summary>An ancestor in which a facility counts.</summary>
internal readonly record struct PathEntry(int Node, int SharePpm);

/// <summary>The path of a facility with more than four ancestors or with shares.</summary>
[StructLayout(LayoutKind.Sequential, Size = 136)]
internal struct PathRow
{
    public int Owner;
    public int Count;
    public Entries Path;

    [InlineArray(PathMax)]
    internal struct Entries
    {
        private PathEntry first;
    }

    /// <summary>Most distinct ancestors of a facility.</summary>
    public const int PathMax = 16;
}

/// <summary>An open hold, uncleared repayment or referral: one cache line.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct OpenItemRow
{
    public int Facility;
    public OpenItemKind Kind;
    public Channel Channel;
    public ushort MerchantCategory;
    public long Reference;
    public long Amount;
    public long Remaining;

    /// <summary>Writer time, whole seconds; 0 is no end.</summary>
    public long ExpiresAtSeconds;
    public int NextOfFacility;
    public int PreviousOfFacility;
    public int NextDue;
    public int PreviousDue;
    public ushort Scenario;
    public CommandKind RequestKind;
}

/// <summary>A limit that waits (dated) or ends (temporary), or the base to return to.</summary>
[StructLayout(LayoutKind.Sequential, Size = 48)]
internal struct DatedLimitRow
{
    public int Next;
    public ChildRef Owner;
    public long Limit;
    public long FromMicros;

    /// <summary>0: permanent from its start.</summary>
    public long UntilMicros;
    public bool IsBase;
}

/// <summary>A sub-limit of a facility.</summary>
[StructLayout(LayoutKind.Sequential, Size = 40)]
internal struct SubLimitRow
{
    public int Next;
    public int Owner;
    public ushort CategoryFrom;
    public ushort CategoryTo;
    public Channel Channel;
    public long Limit;
    public long Used;
}

/// <summary>A velocity limit with its window.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
internal struct VelocityRow
{
    public int Next;
    public ChildRef Owner;
    public long AmountMax;
    public int CountMax;
    public VelocityWindow Window;
}

/// <summary>A node's exposure in one currency that is not its own.</summary>
[StructLayout(LayoutKind.Sequential, Size = 48)]
internal struct ForeignRow
{
    public int Next;
    public int Owner;
    public Currency Currency;
    public Int128 Sum;
}

/// <summary>A piece of a file that models and policies are made of. Rows of a file are chained; a row once written never changes but for its link.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
internal struct ContentRow
{
    public int Next;

    /// <summary>Which file: its place among the files of the partition, from 1.</summary>
    public int Content;

    /// <summary>Which piece of it, from 0.</summary>
    public int Piece;
    public int Length;
    public Payload Bytes;

    [InlineArray(Size)]
    internal struct Payload
    {
        /// <summary>Bytes of a piece.</summary>
        public const int Size = 240;
        private byte first;
    }
}
