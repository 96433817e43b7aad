namespace CreditGrains.Securitisation.Pools;

/// <summary>Why a transfer is refused, in order of precedence.</summary>
public enum PoolFault
{
    /// <summary>The loan is in a pool already.</summary>
    LoanInAPool = 1,

    /// <summary>The loan is in no pool, or left it.</summary>
    LoanInNoPool = 2,

    /// <summary>Currencies differ.</summary>
    CurrencyDiffers = 3,

    /// <summary>No principal is owed.</summary>
    NothingOwed = 4,

    /// <summary>It is in default by the pool's definition.</summary>
    LoanInDefault = 5,

    /// <summary>Purchases have ended.</summary>
    PurchasesEnded = 6,

    /// <summary>The pool would be larger than sums allow.</summary>
    PoolTooLarge = 7,

    /// <summary>An eligibility rule fails.</summary>
    NotEligible = 8,

    /// <summary>A concentration rule fails.</summary>
    TooConcentrated = 9,

    /// <summary>The pool knows too many different codes of industries, regions or vintages.</summary>
    TooManyCodes = 10,

    /// <summary>More principal was paid or given up than is owed, or is owed after an event that lends nothing.</summary>
    MoreThanOwed = 11,

    /// <summary>The pool would have too many months.</summary>
    TooManyMonths = 12,
}

/// <summary>A refused transfer.</summary>
/// <param name="Fault">Kind.</param>
/// <param name="Rule">Name of the rule that failed; empty when none did.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
public sealed record PoolRefusal(PoolFault Fault, string Rule, string Message);
