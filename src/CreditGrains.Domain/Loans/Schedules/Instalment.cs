namespace CreditGrains.Domain.Loans.Schedules;

/// <summary>One instalment of a schedule. Amounts are minor units, none negative.</summary>
/// <param name="Number">From 1; numbers go on when a schedule is changed.</param>
/// <param name="Due">The day it is due, after adjustment.</param>
/// <param name="UnadjustedDue">The day before adjustment.</param>
/// <param name="AccrualStart">From when its interest runs.</param>
/// <param name="AccrualEnd">Until when its interest runs; that day bears none.</param>
/// <param name="Opening">Principal before it.</param>
/// <param name="Principal">Principal it pays.</param>
/// <param name="Interest">Interest it pays.</param>
/// <param name="Fees">Fees with it.</param>
public readonly record struct Instalment(
    int Number, DateOnly Due, DateOnly UnadjustedDue, DateOnly AccrualStart, DateOnly AccrualEnd, long Opening, long Principal, long Interest, long Fees)
{
    /// <summary>Principal and interest.</summary>
    public long Payment => Principal + Interest;

    /// <summary>Principal, interest and fees.</summary>
    public long Total => Principal + Interest + Fees;

    /// <summary>Principal after it.</summary>
    public long Closing => Opening - Principal;
}
