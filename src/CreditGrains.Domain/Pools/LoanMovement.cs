namespace CreditGrains.Domain.Pools;

/// <summary>What happened to a loan. The numbers are part of the journal format.</summary>
public enum MovementCause : byte
{
    /// <summary>More was lent.</summary>
    Drawn = 0,

    /// <summary>An instalment fell due; nothing was paid.</summary>
    InstalmentDue = 1,

    /// <summary>An ordinary payment.</summary>
    Paid = 2,

    /// <summary>An early repayment of a part.</summary>
    PrepaidPart = 3,

    /// <summary>An early repayment of all.</summary>
    PrepaidWhole = 4,

    /// <summary>Interest became principal.</summary>
    Capitalised = 5,

    /// <summary>A day passed that changes days past due.</summary>
    Aged = 6,

    /// <summary>The lender charged it off.</summary>
    ChargedOff = 7,

    /// <summary>The debtor is bankrupt.</summary>
    Bankruptcy = 8,

    /// <summary>Principal was given up.</summary>
    WrittenOff = 9,

    /// <summary>Cash out of a loan in default.</summary>
    Recovered = 10,

    /// <summary>A payment was taken back.</summary>
    Bounced = 11,

    /// <summary>The loan was renewed without repayment.</summary>
    Renewed = 12,
}

/// <summary>One event of a loan as its pool sees it. Amounts are minor units of the pool's currency.</summary>
public readonly record struct LoanMovement
{
    /// <summary>Business date.</summary>
    public DateOnly Date { get; init; }

    public MovementCause Cause { get; init; }

    /// <summary>Principal owed after it, 0 or more.</summary>
    public long Principal { get; init; }

    /// <summary>Principal paid by plan, 0 or more.</summary>
    public long Scheduled { get; init; }

    /// <summary>Principal paid before it was due, 0 or more.</summary>
    public long Prepaid { get; init; }

    /// <summary>Interest, penalty and fees paid; negative when taken back.</summary>
    public long Interest { get; init; }

    /// <summary>Cash of a recovery, all of it; 0 when the parts above say what came in.</summary>
    public long Recovery { get; init; }

    /// <summary>Days past due after it.</summary>
    public int DaysPastDue { get; init; }

    /// <summary>Instalments left after it, not yet due.</summary>
    public int RemainingMonths { get; init; }

    /// <summary>Annual rate after it, parts per million: 6 % is 60,000.</summary>
    public int RatePpm { get; init; }
}
