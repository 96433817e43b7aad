namespace CreditGrains.Domain.Facilities;

/// <summary>
/// What a facility owes and has reserved, all in minor units of its currency, none negative. Default: nothing.
/// </summary>
/// <param name="Principal">Drawn and not repaid.</param>
/// <param name="Interest">Interest charged and not repaid.</param>
/// <param name="Fees">Fees charged and not repaid.</param>
/// <param name="Credit">Paid in above what was owed.</param>
/// <param name="Held">Sum of the open holds' remainders.</param>
/// <param name="Released">Principal repaid or written off over the facility's life: what a node that keeps repaid amounts still counts.</param>
/// <param name="WrittenOff">Written off over the facility's life, all components.</param>
/// <param name="Uncleared">Repayments taken and not good yet; they change nothing else until they clear.</param>
public readonly record struct FacilityBalances(
    long Principal, long Interest, long Fees, long Credit, long Held, long Released, long WrittenOff, long Uncleared)
{
    /// <summary>Principal, interest and fees.</summary>
    public long Drawn => Principal + Interest + Fees;

    /// <summary>Whether nothing is owed, owing or reserved.</summary>
    public bool IsClear => Principal == 0 && Interest == 0 && Fees == 0 && Credit == 0 && Held == 0 && Uncleared == 0;
}
