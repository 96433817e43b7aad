using System.Numerics;
using CreditGrains.Domain.Facilities;

namespace CreditGrains.Simulation.Model;

/// <summary>What an allocation took from each part, minor units.</summary>
internal readonly record struct Allocation(BigInteger Fees, BigInteger Interest, BigInteger Principal, BigInteger Credit)
{
    public BigInteger Total => Fees + Interest + Principal + Credit;
}

/// <summary>The parts of a facility's balance that an amount may be charged to.</summary>
internal enum Part
{
    Principal,
    Interest,
    Fees,
}

/// <summary>The balances of one facility, docs/rules.md "Balances of a facility". Steps may leave it negative; the caller asks.</summary>
internal sealed class Purse
{
    public BigInteger Principal;
    public BigInteger Interest;
    public BigInteger Fees;
    public BigInteger Credit;
    public BigInteger Held;
    public BigInteger Released;
    public BigInteger WrittenOff;
    public BigInteger Uncleared;

    public BigInteger Drawn => Principal + Interest + Fees;

    /// <summary>Nothing owed, held, uncleared or in credit.</summary>
    public bool IsClear => Principal.IsZero && Interest.IsZero && Fees.IsZero && Credit.IsZero && Held.IsZero && Uncleared.IsZero;

    public bool AnyNegative => Parts().Any(part => part.Sign < 0);

    public bool AnyAboveMax => Parts().Any(part => part > Exact.Max);

    public Purse Copy() => (Purse)MemberwiseClone();

    /// <summary>charge a to X: Credit falls by c = min(Credit, a); X grows by a − c.</summary>
    public void Charge(Part part, BigInteger amount)
    {
        BigInteger fromCredit = BigInteger.Min(Credit, amount);
        Credit -= fromCredit;
        Add(part, amount - fromCredit);
    }

    /// <summary>allocate a: Fees, then Interest, then Principal; the rest adds to Credit; Released grows by the principal part.</summary>
    public Allocation Allocate(BigInteger amount)
    {
        BigInteger fees = BigInteger.Min(Fees, amount);
        BigInteger interest = BigInteger.Min(Interest, amount - fees);
        BigInteger principal = BigInteger.Min(Principal, amount - fees - interest);
        BigInteger credit = amount - fees - interest - principal;
        Fees -= fees;
        Interest -= interest;
        Principal -= principal;
        Credit += credit;
        Released += principal;
        return new Allocation(fees, interest, principal, credit);
    }

    /// <summary>disallocate: the parts return; what went to Credit is charged to Principal; Released falls by min(Released, principal part).</summary>
    public void Disallocate(Allocation parts)
    {
        Fees += parts.Fees;
        Interest += parts.Interest;
        Principal += parts.Principal;
        Charge(Part.Principal, parts.Credit);
        Released -= BigInteger.Min(Released, parts.Principal);
    }

    /// <summary>X falls by min(X, a), the rest adds to Credit.</summary>
    public void GiveBack(Part part, BigInteger amount)
    {
        BigInteger owed = part switch { Part.Principal => Principal, Part.Interest => Interest, _ => Fees };
        BigInteger taken = BigInteger.Min(owed, amount);
        Add(part, -taken);
        Credit += amount - taken;
    }

    /// <summary>From Fees, then Interest, then Principal (which goes negative when more than is drawn).</summary>
    public void WriteOff(BigInteger amount)
    {
        BigInteger fees = BigInteger.Min(Fees, amount);
        BigInteger interest = BigInteger.Min(Interest, amount - fees);
        BigInteger principal = amount - fees - interest;
        Fees -= fees;
        Interest -= interest;
        Principal -= principal;
        WrittenOff += amount;
        Released += principal;
    }

    /// <summary>WrittenOff falls by min(WrittenOff, a), the rest adds to Credit.</summary>
    public void Recover(BigInteger amount)
    {
        BigInteger taken = BigInteger.Min(WrittenOff, amount);
        WrittenOff -= taken;
        Credit += amount - taken;
    }

    public FacilityBalances ToContract() => new(
        (long)Principal, (long)Interest, (long)Fees, (long)Credit, (long)Held, (long)Released, (long)WrittenOff, (long)Uncleared);

    private void Add(Part part, BigInteger change)
    {
        switch (part)
        {
            case Part.Principal: Principal += change; break;
            case Part.Interest: Interest += change; break;
            default: Fees += change; break;
        }
    }

    private BigInteger[] Parts() => [Principal, Interest, Fees, Credit, Held, Released, WrittenOff, Uncleared];
}
