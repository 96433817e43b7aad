using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Engine.Loans;

/// <summary>What happened to a loan in an event. The numbers are part of the journal format.</summary>
internal enum LoanDeed : byte
{
    /// <summary>It was brought to the business date.</summary>
    Aged = 0,

    /// <summary>It was made.</summary>
    Made = 1,

    /// <summary>Money was taken over what is due.</summary>
    Paid = 2,

    /// <summary>Its drawdown was undone.</summary>
    Undone = 3,

    /// <summary>Principal not due was paid.</summary>
    Prepaid = 4,

    /// <summary>A payment holiday was granted.</summary>
    Rested = 5,

    /// <summary>It got more instalments.</summary>
    Extended = 6,

    /// <summary>Another loan took over its principal.</summary>
    Renewed = 7,

    /// <summary>A payment was taken back; <see cref="LoanPart.Paid"/> is that payment's.</summary>
    Bounced = 8,

    /// <summary>What it owed, or some of what was due, was written off.</summary>
    WrittenOff = 9,

    /// <summary>Money came in on what was written off.</summary>
    Recovered = 10,
}

/// <summary>What a loan is, fixed when it is made.</summary>
internal readonly record struct LoanOrigin(long Amount, DateOnly Drawdown, DateOnly Vintage, int RenewalCount);

/// <summary>
/// What an event did to one loan: the outcome, so that replay works nothing out. <see cref="After"/> is what is kept of the loan from then on; its instalments
/// to come are listed only when they changed.
/// </summary>
internal sealed class LoanPart
{
    /// <summary>Reference of the loan; 0 when this event made it.</summary>
    public long Loan;
    public LoanDeed Deed;

    /// <summary>Of a loan made, or made again.</summary>
    public LoanOrigin Origin;

    /// <summary>Bounced, of a loan that had ended since: it is made again under its reference, of this product.</summary>
    public LoanOffer? Remade;

    /// <summary>How what is written off and not recovered moved.</summary>
    public long WrittenOff;

    /// <summary>The business date.</summary>
    public int Day;

    /// <summary>Where the money went.</summary>
    public LoanAllocation Paid;

    /// <summary>Of the principal paid, what was not due.</summary>
    public long Prepaid;

    /// <summary>Interest, fees and interest for lateness that the event charged, minor units.</summary>
    public long Charged;

    /// <summary>Days past due, bucket and class by them.</summary>
    public int DaysPastDue;
    public byte Bucket;
    public byte Class;

    /// <summary>When something next happens to it by time alone; 0 for never.</summary>
    public int WakeDay;

    /// <summary>Whether what few loans have (listed instalments, frozen days, capitalised interest) is given anew.</summary>
    public bool GivesRare;

    /// <summary>What is kept of it; null when it ended with nothing left, and while live by the short way of ageing, which gives <see cref="Kept"/> alone.</summary>
    public LoanStanding? After;

    private KeptLoan? kept;

    /// <summary>What is kept of it, as rows; null when it ended with nothing left.</summary>
    public KeptLoan? Kept
    {
        get => kept ??= After is null ? null : KeptLoan.Of(After);
        set => kept = value;
    }

    /// <summary>Whether nothing is left of the loan.</summary>
    public bool HasEnded => Kept is null;

    /// <summary>Principal owed after, minor units.</summary>
    public long PrincipalAfter => Kept?.PrincipalOwed ?? 0;

    /// <summary>Instalments to come after.</summary>
    public int RemainingAfter => Kept?.Row.Remaining ?? 0;

    /// <summary>Number of the next instalment after; 0 when it ended.</summary>
    public int NextNumberAfter => Kept?.Row.NextNumber ?? 0;

    /// <summary>Its row while live; 0 when not looked up. Not journaled.</summary>
    public int Row;

    /// <summary>How what it owes moved. Not journaled: the balances of the event hold it.</summary>
    public LoanOwed Moved;
}

/// <summary>What loans owe of a facility's balances, minor units. Interest for lateness counts once it is charged: at a month end, or when it is paid.</summary>
internal readonly record struct LoanOwed(long Principal, long Interest, long Fees)
{
    public static LoanOwed Of(LoanStanding standing)
    {
        var (principal, interest, fees) = (standing.PrincipalNotDue, 0L, 0L);
        foreach (var due in standing.Dues) (principal, interest, fees) = (principal + due.Principal, interest + due.Interest + due.LatenessOwed, fees + due.Fees);
        return new LoanOwed(principal, interest, fees);
    }

    public long Total => Principal + Interest + Fees;

    public static LoanOwed operator +(LoanOwed a, LoanOwed b) => new(a.Principal + b.Principal, a.Interest + b.Interest, a.Fees + b.Fees);

    public static LoanOwed operator -(LoanOwed a, LoanOwed b) => new(a.Principal - b.Principal, a.Interest - b.Interest, a.Fees - b.Fees);

    /// <summary>Balances with this added.</summary>
    public FacilityBalances AddTo(in FacilityBalances b) => b with { Principal = b.Principal + Principal, Interest = b.Interest + Interest, Fees = b.Fees + Fees };

    /// <summary>Balances without this: what the facility owes that no loan does.</summary>
    public FacilityBalances LeaveOut(in FacilityBalances b) => b with { Principal = b.Principal - Principal, Interest = b.Interest - Interest, Fees = b.Fees - Fees };
}
