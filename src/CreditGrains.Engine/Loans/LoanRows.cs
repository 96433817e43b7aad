using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Engine.Loans;

// The layouts here are the layout of snapshots: SnapshotFormat.LayoutVersion rises with any change. Days are DateOnly.DayNumber; 0 is none.

/// <summary>A loan: two cache lines.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct LoanRow
{
    public int NextOfFacility;
    public int Facility;

    /// <summary>Sequence of the decision that made it; 0 in a free row.</summary>
    public long Reference;
    public long Amount;
    public long RateNano;
    public long PrincipalNotDue;
    public long Regular;
    public long Carried;
    public int Product;
    public int NextWake;
    public int PreviousWake;

    /// <summary>The next day on which something happens to it by time alone; 0 for never.</summary>
    public int WakeDay;

    /// <summary>Its oldest <see cref="LoanDueRow"/>.</summary>
    public int FirstUnpaid;

    /// <summary>Head of the pages of what few loans have: capitalised interest, frozen days, listed instalments.</summary>
    public int Rare;
    public int Drawdown;
    public int FirstDue;
    public int Vintage;
    public int PeriodStart;
    public int AccruedTo;
    public int AsOf;
    public int NonAccrualSince;
    public ushort InstalmentCount;
    public ushort NextSlot;
    public ushort NextNumber;
    public ushort Remaining;

    /// <summary>Day of the month of due dates; 0 is that of the first due date or the drawdown.</summary>
    public byte DueDay;

    /// <summary>The best class it may have.</summary>
    public byte ClassBest;

    /// <summary>Bucket and class by its own days past due, at <see cref="AsOf"/>.</summary>
    public byte Bucket;
    public byte Class;
    public ushort RenewalCount;

    /// <summary>Last day on which its class is held because it was non-performing, at <see cref="AsOf"/>; <see cref="LoanDays.UntilCured"/> while something is overdue.</summary>
    public int HeldUntil;
}

/// <summary>An instalment that is due and not wholly paid.</summary>
[StructLayout(LayoutKind.Sequential, Size = 96)]
internal struct LoanDueRow
{
    /// <summary>The next later one of the loan.</summary>
    public int Next;
    public int Due;

    /// <summary>The loan; 0 in a free row.</summary>
    public long Reference;
    public ushort Number;
    public int DaysLate;
    public long Fees;
    public long Interest;
    public long Principal;
    public long PenaltyPaid;
    public long CompoundPaid;

    // Below the shift amount × days, which stays within 2^77; above it what was charged, at most DueInstalment.ChargedMax.
    private UInt128 principalDaysAndCharge;
    private UInt128 interestDaysAndCharge;

    private const int ChargeShift = 80;
    private static readonly UInt128 DaysMask = (UInt128.One << ChargeShift) - 1;

    public Int128 PrincipalDays
    {
        readonly get => (Int128)(principalDaysAndCharge & DaysMask);
        set => principalDaysAndCharge = (principalDaysAndCharge & ~DaysMask) | (UInt128)value;
    }

    public Int128 InterestDays
    {
        readonly get => (Int128)(interestDaysAndCharge & DaysMask);
        set => interestDaysAndCharge = (interestDaysAndCharge & ~DaysMask) | (UInt128)value;
    }

    public long PenaltyCharged
    {
        readonly get => (long)(principalDaysAndCharge >> ChargeShift);
        set => principalDaysAndCharge = (principalDaysAndCharge & DaysMask) | ((UInt128)value << ChargeShift);
    }

    public long CompoundCharged
    {
        readonly get => (long)(interestDaysAndCharge >> ChargeShift);
        set => interestDaysAndCharge = (interestDaysAndCharge & DaysMask) | ((UInt128)value << ChargeShift);
    }

    /// <summary>The row of an instalment, in no loan yet.</summary>
    public static LoanDueRow Of(DueInstalment due) => new()
    {
        Number = (ushort)due.Number, Due = due.Due.DayNumber, DaysLate = due.DaysLate, Fees = due.Fees, Interest = due.Interest, Principal = due.Principal,
        PenaltyPaid = due.PenaltyPaid, CompoundPaid = due.CompoundPaid, PrincipalDays = due.PrincipalDays, InterestDays = due.InterestDays,
        PenaltyCharged = due.PenaltyCharged, CompoundCharged = due.CompoundCharged,
    };

    /// <summary>The instalment of the row.</summary>
    public readonly DueInstalment ToInstalment() => new(Number, LoanDays.Date(Due), Fees, Interest, Principal)
    {
        PrincipalDays = PrincipalDays, InterestDays = InterestDays, DaysLate = DaysLate, PenaltyPaid = PenaltyPaid, CompoundPaid = CompoundPaid,
        PenaltyCharged = PenaltyCharged, CompoundCharged = CompoundCharged,
    };

    /// <summary>Interest for lateness that was charged and is unpaid.</summary>
    public readonly long LatenessOwed => Math.Max(0, PenaltyCharged - PenaltyPaid) + Math.Max(0, CompoundCharged - CompoundPaid);
}

/// <summary>A loan product, kept for good.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct LoanProductRow
{
    public UInt128 Hash;
    public int FirstPage;
    public int LengthBytes;
}

/// <summary>A part of some bytes: of a product, or of what few loans have.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct LoanPageRow
{
    public int Next;
    public int Place;

    /// <summary>The loan's reference, or the low half of the product's hash; 0 in a free row.</summary>
    public ulong Owner;
    public Payload Bytes;

    [InlineArray(Length)]
    internal struct Payload
    {
        public const int Length = 112;
        private byte first;
    }
}
