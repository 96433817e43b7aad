namespace CreditGrains.Securitisation.Assumptions;

/// <summary>What the servicer advances on defaulted loans until they are liquidated.</summary>
public enum AdvanceKind
{
    /// <summary>Nothing: a defaulted loan pays nothing until it is recovered, and stands still.</summary>
    None = 0,

    /// <summary>Scheduled principal and interest: the defaulted balance keeps amortising (BMA Standard Formulas, chapter SF, "P&amp;I advanced").</summary>
    PrincipalAndInterest = 1,
}

/// <summary>Servicer advances, with what bounds them and how they come back.</summary>
/// <param name="Kind">What is advanced.</param>
/// <param name="IsBoundByRecovery">
/// Advances on a default stop once principal and interest advanced on it would exceed its expected recovery, balance × (1 − severity): a servicer need not
/// advance what is not recoverable. BMA's tables do not bound them; they have no default in the last months before maturity, and a projection with neither is refused.
/// </param>
/// <param name="ReimbursesInterest">
/// Interest advanced is taken back from the recovery before anybody else; principal advanced always is, since it left the balance. BMA's tables leave the interest
/// with the investors.
/// </param>
public sealed record AdvanceTerms(AdvanceKind Kind, bool IsBoundByRecovery = false, bool ReimbursesInterest = false)
{
    /// <summary>No advances.</summary>
    public static readonly AdvanceTerms None = new(AdvanceKind.None);

    /// <summary>BMA's Cash Flow A.</summary>
    public static readonly AdvanceTerms Bma = new(AdvanceKind.PrincipalAndInterest);
}
