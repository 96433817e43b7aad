namespace CreditGrains.Domain.Loans.Servicing;

/// <summary>How money fell over a loan, minor units, none negative.</summary>
/// <param name="Fees">To fees.</param>
/// <param name="Penalty">To interest for lateness on principal.</param>
/// <param name="Compound">To interest for lateness on interest.</param>
/// <param name="Interest">To contract interest.</param>
/// <param name="Principal">To principal, due or early.</param>
public readonly record struct LoanAllocation(long Fees, long Penalty, long Compound, long Interest, long Principal)
{
    /// <summary>All of it.</summary>
    public long Total => Fees + Penalty + Compound + Interest + Principal;

    /// <summary>This with more to one component.</summary>
    public LoanAllocation With(DueComponent component, long amount) => component switch
    {
        DueComponent.Fees => this with { Fees = Fees + amount },
        DueComponent.Penalty => this with { Penalty = Penalty + amount },
        DueComponent.Compound => this with { Compound = Compound + amount },
        DueComponent.Interest => this with { Interest = Interest + amount },
        _ => this with { Principal = Principal + amount },
    };
}
