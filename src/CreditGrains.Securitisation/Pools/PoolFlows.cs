using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Pools;

/// <summary>
/// A month of a pool, minor units. Opening + purchased + capitalised − scheduled − prepaid − defaulted − repurchased = closing, where purchased is all that came in
/// and repurchased all that left by transfer. Interest is what performing loans paid.
/// </summary>
public struct PoolFlows
{
    /// <summary>Twelve times the year plus the month less one.</summary>
    public int Period;

    /// <summary>Performing principal at the start.</summary>
    public long Opening;

    /// <summary>Bought on or before the cut-off.</summary>
    public long PurchasedAtCutOff;

    /// <summary>Bought in the revolving period.</summary>
    public long PurchasedRevolving;

    public long SubstitutedIn;

    /// <summary>Lent further on loans of the pool.</summary>
    public long Drawn;

    /// <summary>Interest that became principal.</summary>
    public long Capitalised;

    /// <summary>Principal paid by plan, less what was taken back.</summary>
    public long Scheduled;

    /// <summary>Of payments, what was taken back: contained in <see cref="Scheduled"/> with its sign turned.</summary>
    public long Bounced;

    public long Prepaid;

    /// <summary>Principal of loans that came into default.</summary>
    public long Defaulted;

    public long RepurchasedBySeller;
    public long SubstitutedOut;
    public long Sold;
    public long CleanedUp;

    /// <summary>Interest paid by performing loans.</summary>
    public long Interest;

    /// <summary>Cash out of loans in default.</summary>
    public long Recovered;

    /// <summary>Principal of loans in default that was given up.</summary>
    public long WrittenOff;

    /// <summary>Performing principal at the end.</summary>
    public long Closing;

    /// <summary>Of it, in buckets after the first.</summary>
    public long Delinquent;

    /// <summary>Performing loans at the end.</summary>
    public long Loans;

    public long LoansPurchased;
    public long LoansDefaulted;
    public long LoansPrepaid;
    public long LoansMatured;
    public long LoansRepurchased;

    /// <summary>All that came in.</summary>
    public readonly long Purchased => PurchasedAtCutOff + PurchasedRevolving + SubstitutedIn + Drawn;

    /// <summary>All that left by transfer; no prepayment.</summary>
    public readonly long Repurchased => RepurchasedBySeller + SubstitutedOut + Sold + CleanedUp;

    /// <summary>Closing by the flows; equal to <see cref="Closing"/> unless there is a bug.</summary>
    public readonly long ByFlows => Opening + Purchased + Capitalised - Scheduled - Prepaid - Defaulted - Repurchased;

    /// <summary>Prepaid ÷ (opening − scheduled), held within 0 and 1; null with nothing to prepay. Source of the base: BMA Standard Formulas, chapter SF.</summary>
    public readonly Smm? Smm => Opening - Math.Max(0, Scheduled) is > 0 and var performing ? new Smm(Ratio(Prepaid, performing)) : null;

    /// <summary>Defaulted ÷ opening, held within 0 and 1; null without opening balance.</summary>
    public readonly Mdr? Mdr => Opening > 0 ? new Mdr(Ratio(Defaulted, Opening)) : null;

    /// <summary>This month with the same month of another part of the pool; the period is the other's.</summary>
    internal readonly PoolFlows Plus(in PoolFlows other) => new()
    {
        Period = other.Period,
        Opening = checked(Opening + other.Opening),
        PurchasedAtCutOff = checked(PurchasedAtCutOff + other.PurchasedAtCutOff),
        PurchasedRevolving = checked(PurchasedRevolving + other.PurchasedRevolving),
        SubstitutedIn = checked(SubstitutedIn + other.SubstitutedIn),
        Drawn = checked(Drawn + other.Drawn),
        Capitalised = checked(Capitalised + other.Capitalised),
        Scheduled = checked(Scheduled + other.Scheduled),
        Bounced = checked(Bounced + other.Bounced),
        Prepaid = checked(Prepaid + other.Prepaid),
        Defaulted = checked(Defaulted + other.Defaulted),
        RepurchasedBySeller = checked(RepurchasedBySeller + other.RepurchasedBySeller),
        SubstitutedOut = checked(SubstitutedOut + other.SubstitutedOut),
        Sold = checked(Sold + other.Sold),
        CleanedUp = checked(CleanedUp + other.CleanedUp),
        Interest = checked(Interest + other.Interest),
        Recovered = checked(Recovered + other.Recovered),
        WrittenOff = checked(WrittenOff + other.WrittenOff),
        Closing = checked(Closing + other.Closing),
        Delinquent = checked(Delinquent + other.Delinquent),
        Loans = checked(Loans + other.Loans),
        LoansPurchased = checked(LoansPurchased + other.LoansPurchased),
        LoansDefaulted = checked(LoansDefaulted + other.LoansDefaulted),
        LoansPrepaid = checked(LoansPrepaid + other.LoansPrepaid),
        LoansMatured = checked(LoansMatured + other.LoansMatured),
        LoansRepurchased = checked(LoansRepurchased + other.LoansRepurchased),
    };

    private static double Ratio(long part, long whole) => Math.Clamp((double)part / whole, 0, 1);
}
