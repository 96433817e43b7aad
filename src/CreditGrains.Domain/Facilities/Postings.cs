namespace CreditGrains.Domain.Facilities;

/// <summary>The parts into which an amount falls over a facility's balances, minor units.</summary>
/// <param name="Fees">Part taken from fees.</param>
/// <param name="Interest">Part taken from interest.</param>
/// <param name="Principal">Part taken from principal.</param>
/// <param name="Credit">Part left over, added to credit.</param>
public readonly record struct Allocation(long Fees, long Interest, long Principal, long Credit)
{
    /// <summary>The whole amount.</summary>
    public long Total => Fees + Interest + Principal + Credit;
}

/// <summary>
/// How facts move a facility's balances (docs/rules.md, "Balances of a facility"). Pure: balances in, balances out. Every
/// function keeps all balances non-negative when given non-negative ones.
/// </summary>
public static class Postings
{
    /// <summary>Charges to principal: credit is used up first.</summary>
    public static FacilityBalances ChargePrincipal(in FacilityBalances before, long amount)
    {
        var fromCredit = Math.Min(before.Credit, amount);
        return before with { Credit = before.Credit - fromCredit, Principal = before.Principal + (amount - fromCredit) };
    }

    /// <summary>Charges to interest: credit is used up first.</summary>
    public static FacilityBalances ChargeInterest(in FacilityBalances before, long amount)
    {
        var fromCredit = Math.Min(before.Credit, amount);
        return before with { Credit = before.Credit - fromCredit, Interest = before.Interest + (amount - fromCredit) };
    }

    /// <summary>Charges to fees: credit is used up first.</summary>
    public static FacilityBalances ChargeFees(in FacilityBalances before, long amount)
    {
        var fromCredit = Math.Min(before.Credit, amount);
        return before with { Credit = before.Credit - fromCredit, Fees = before.Fees + (amount - fromCredit) };
    }

    /// <summary>How a good repayment falls over what is owed: fees, interest, principal; the rest becomes credit.</summary>
    public static Allocation Allocate(in FacilityBalances before, long amount)
    {
        var fees = Math.Min(before.Fees, amount);
        var interest = Math.Min(before.Interest, amount - fees);
        var principal = Math.Min(before.Principal, amount - fees - interest);
        return new Allocation(fees, interest, principal, amount - fees - interest - principal);
    }

    /// <summary>Applies the parts of a good repayment.</summary>
    public static FacilityBalances Repay(in FacilityBalances before, in Allocation parts) => before with
    {
        Fees = before.Fees - parts.Fees,
        Interest = before.Interest - parts.Interest,
        Principal = before.Principal - parts.Principal,
        Credit = before.Credit + parts.Credit,
        Released = before.Released + parts.Principal,
    };

    /// <summary>Takes a bounced repayment's parts back. What went to credit is charged to principal.</summary>
    public static FacilityBalances Bounce(in FacilityBalances before, in Allocation parts)
    {
        var restored = before with
        {
            Fees = before.Fees + parts.Fees,
            Interest = before.Interest + parts.Interest,
            Principal = before.Principal + parts.Principal,
            Released = before.Released - Math.Min(before.Released, parts.Principal),
        };
        return ChargePrincipal(restored, parts.Credit);
    }

    /// <summary>Gives money back on the principal; what is more becomes credit. It undoes a draw, so nothing counts as released.</summary>
    public static FacilityBalances ReducePrincipal(in FacilityBalances before, long amount)
    {
        var part = Math.Min(before.Principal, amount);
        return before with { Principal = before.Principal - part, Credit = before.Credit + (amount - part) };
    }

    /// <summary>Takes interest back; what is more becomes credit.</summary>
    public static FacilityBalances ReduceInterest(in FacilityBalances before, long amount)
    {
        var part = Math.Min(before.Interest, amount);
        return before with { Interest = before.Interest - part, Credit = before.Credit + (amount - part) };
    }

    /// <summary>Takes fees back; what is more becomes credit.</summary>
    public static FacilityBalances ReduceFees(in FacilityBalances before, long amount)
    {
        var part = Math.Min(before.Fees, amount);
        return before with { Fees = before.Fees - part, Credit = before.Credit + (amount - part) };
    }

    /// <summary>Writes off what is drawn, in the order of a repayment.</summary>
    /// <param name="before">Balances before.</param>
    /// <param name="parts">From <see cref="Allocate"/>, without a credit part.</param>
    public static FacilityBalances WriteOff(in FacilityBalances before, in Allocation parts) =>
        Repay(before, parts) with { WrittenOff = before.WrittenOff + parts.Total };

    /// <summary>Takes in money on what was written off; what is more becomes credit.</summary>
    public static FacilityBalances Recover(in FacilityBalances before, long amount)
    {
        var part = Math.Min(before.WrittenOff, amount);
        return before with { WrittenOff = before.WrittenOff - part, Credit = before.Credit + (amount - part) };
    }

    /// <summary>Whether every balance is within 0 and 2^60.</summary>
    public static bool IsInRange(in FacilityBalances balances) =>
        InRange(balances.Principal) && InRange(balances.Interest) && InRange(balances.Fees) && InRange(balances.Credit)
        && InRange(balances.Held) && InRange(balances.Released) && InRange(balances.WrittenOff) && InRange(balances.Uncleared);

    private static bool InRange(long amount) => amount is >= 0 and <= Commands.Command.AmountMax;
}
