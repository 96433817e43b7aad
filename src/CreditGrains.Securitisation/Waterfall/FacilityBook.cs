using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Waterfall;

/// <summary>A liquidity facility while a deal runs. Invariant: lent is within 0 and the limit.</summary>
internal sealed class FacilityBook(LiquidityFacility terms)
{
    private long drawn = terms.Drawn;
    private long interest;
    private long opening;
    private long lentNow;
    private long interestNow;
    private long repaidNow;

    /// <summary>Lent, with its interest.</summary>
    public long Owed => drawn + interest;

    /// <summary>What the limit leaves to lend.</summary>
    public long Left => Math.Max(0, terms.Limit - drawn);

    /// <summary>Interest of the period falls due on what is lent.</summary>
    public void Begin(int months)
    {
        opening = Owed;
        interestNow = Part.Of(drawn, terms.RateAnnual, months, 12);
        interest += interestNow;
        lentNow = repaidNow = 0;
    }

    /// <returns>What is lent, at most what the limit leaves.</returns>
    public long Lend(long wanted)
    {
        var lent = Math.Clamp(wanted, 0, Left);
        drawn += lent;
        lentNow += lent;
        return lent;
    }

    /// <summary>Interest first.</summary>
    public void Repay(long amount)
    {
        var ofInterest = Math.Min(amount, interest);
        interest -= ofInterest;
        drawn -= amount - ofInterest;
        repaidNow += amount;
    }

    public FacilityPeriod Report() => new(terms.Name, opening, lentNow, interestNow, repaidNow, Owed);
}
