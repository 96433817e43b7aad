namespace CreditGrains.Securitisation.Pools;

/// <summary>
/// When a loan of a pool is in default. Absorbing: it never returns to the performing balance, and what comes in later is recovery. A write-off of principal is always one.
/// </summary>
/// <param name="DaysPastDue">From so many days past due on, 1 or more; null when days do not count.</param>
/// <param name="ChargeOff">Whether the lender's charge-off is one.</param>
/// <param name="Bankruptcy">Whether the debtor's bankruptcy is one.</param>
public readonly record struct DefaultDefinition(int? DaysPastDue, bool ChargeOff, bool Bankruptcy)
{
    /// <summary>91 days past due, a charge-off or a bankruptcy.</summary>
    public static DefaultDefinition Usual { get; } = new(91, true, true);

    /// <summary>Whether a movement of a performing loan makes it one in default.</summary>
    public bool Covers(in LoanMovement movement) => movement.Cause switch
    {
        MovementCause.WrittenOff => true,
        MovementCause.ChargedOff when ChargeOff => true,
        MovementCause.Bankruptcy when Bankruptcy => true,
        _ => CoversDays(movement.DaysPastDue),
    };

    /// <summary>Whether so many days past due are a default.</summary>
    public bool CoversDays(int daysPastDue) => DaysPastDue is { } from && daysPastDue >= from;
}
