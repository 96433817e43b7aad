using System.Collections.Immutable;

namespace CreditGrains.Securitisation.Waterfall;

/// <summary>In which phase a deal is; a higher one wins.</summary>
public enum DealState
{
    /// <summary>Principal buys new loans.</summary>
    Revolving = 0,

    /// <summary>Principal repays tranches.</summary>
    Amortising = 1,

    /// <summary>加速清偿: a trigger has turned all cash to the senior tranches.</summary>
    Accelerated = 2,

    /// <summary>违约: a tranche was not paid what it was owed.</summary>
    EventOfDefault = 3,
}

/// <summary>How several tranches share principal.</summary>
public enum PrincipalOrder
{
    /// <summary>One after the other.</summary>
    Sequential = 0,

    /// <summary>By balance; what rounding leaves goes to the last.</summary>
    ProRata = 1,
}

/// <summary>When a step is carried out: a trigger breached, or not.</summary>
public sealed record StepCondition(string Trigger, bool IsBreached);

/// <summary>One step of a waterfall: one of the closed cases below. Sources are taken from in the order given, each as far as it goes.</summary>
/// <param name="From">Account names: "income", "principal", a reserve, a facility.</param>
/// <param name="When">Null is always.</param>
public abstract record Step(ImmutableArray<string> From, StepCondition? When)
{
    /// <summary>Pays fees in order, with what was carried.</summary>
    public sealed record PayFees(ImmutableArray<string> Fees, ImmutableArray<string> From, StepCondition? When) : Step(From, When);

    /// <summary>Pays what the deal owes on its swaps.</summary>
    public sealed record PaySwaps(ImmutableArray<string> Swaps, ImmutableArray<string> From, StepCondition? When) : Step(From, When);

    /// <summary>Pays interest owed; several tranches share by what they are owed.</summary>
    public sealed record PayInterest(ImmutableArray<string> To, ImmutableArray<string> From, StepCondition? When) : Step(From, When);

    /// <summary>Pays principal; down to the schedule only when asked.</summary>
    public sealed record PayPrincipal(ImmutableArray<string> To, PrincipalOrder Order, bool ToSchedule, ImmutableArray<string> From, StepCondition? When) : Step(From, When);

    /// <summary>Pays all that is left to one tranche.</summary>
    public sealed record PayResidual(string To, ImmutableArray<string> From, StepCondition? When) : Step(From, When);

    /// <summary>Repays a liquidity facility and its interest.</summary>
    public sealed record RepayFacility(string Facility, ImmutableArray<string> From, StepCondition? When) : Step(From, When);

    /// <summary>Fills a reserve to its target.</summary>
    public sealed record Fill(string Reserve, ImmutableArray<string> From, StepCondition? When) : Step(From, When);

    /// <summary>Moves what a reserve holds above its target.</summary>
    public sealed record Release(string Reserve, string To, StepCondition? When) : Step([], When);

    /// <summary>Makes good principal deficiencies, in order: cash goes to the principal sub-account.</summary>
    public sealed record Restore(ImmutableArray<string> Tranches, ImmutableArray<string> From, StepCondition? When) : Step(From, When);

    /// <summary>Moves all of the sources to an account.</summary>
    public sealed record Move(string To, ImmutableArray<string> From, StepCondition? When) : Step(From, When);

    /// <summary>Buys new loans with all of the sources.</summary>
    public sealed record Purchase(ImmutableArray<string> From, StepCondition? When) : Step(From, When);
}
