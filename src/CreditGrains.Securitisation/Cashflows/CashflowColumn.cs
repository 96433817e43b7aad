namespace CreditGrains.Securitisation.Cashflows;

/// <summary>What a projection says of a period. All in minor units.</summary>
public enum CashflowColumn
{
    /// <summary>Performing balance at the start.</summary>
    Opening = 0,

    /// <summary>Scheduled principal received from performing loans.</summary>
    Scheduled = 1,

    /// <summary>Voluntary prepayments.</summary>
    Prepaid = 2,

    /// <summary>Balance that defaulted.</summary>
    Defaulted = 3,

    /// <summary>Interest received from performing loans, fee not yet taken off.</summary>
    Interest = 4,

    /// <summary>Part of the interest kept by the servicer.</summary>
    ServicingFee = 5,

    /// <summary>Principal recovered from liquidated defaults, to the investors.</summary>
    Recovery = 6,

    /// <summary>Principal lost for good.</summary>
    Loss = 7,

    /// <summary>Performing balance at the end: opening − scheduled − prepaid − defaulted.</summary>
    Closing = 8,

    /// <summary>Defaulted balance not yet liquidated at the end (BMA: FCL).</summary>
    DefaultedStock = 9,

    /// <summary>Principal the servicer advanced on defaulted loans.</summary>
    AdvancedPrincipal = 10,

    /// <summary>Interest the servicer advanced on defaulted loans.</summary>
    AdvancedInterest = 11,

    /// <summary>Interest on defaulted loans that nobody paid or advanced.</summary>
    LostInterest = 12,

    /// <summary>Interest advances taken back by the servicer out of recoveries.</summary>
    Reimbursed = 13,

    /// <summary>Defaulted balance liquidated: recovery + reimbursed + loss.</summary>
    Liquidated = 14,

    /// <summary>Balance of loans that have missed instalments, at the end; with a roll-rate matrix only.</summary>
    Delinquent = 15,
}
