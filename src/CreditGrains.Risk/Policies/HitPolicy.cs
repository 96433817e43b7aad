namespace CreditGrains.Risk.Policies;

/// <summary>What a decision table does when several rules hold (DMN 1.3 §8.2.8).</summary>
public enum HitPolicy
{
    /// <summary>At most one rule holds; several are a fault of the table and give null.</summary>
    Unique = 0,

    /// <summary>Rules that hold together give the same; else null.</summary>
    Any = 1,

    /// <summary>The rule whose outputs come first in the lists of output values.</summary>
    Priority = 2,

    /// <summary>The first rule.</summary>
    First = 3,

    /// <summary>All, in the order of the lists of output values.</summary>
    OutputOrder = 4,

    /// <summary>All, in the order of the rules.</summary>
    RuleOrder = 5,

    /// <summary>All, or their sum, least, greatest or number.</summary>
    Collect = 6,
}

/// <summary>What a collecting table gives of its rules' outputs.</summary>
public enum Aggregation
{
    /// <summary>The list.</summary>
    None = 0,
    Sum = 1,
    Min = 2,
    Max = 3,

    /// <summary>How many rules hold.</summary>
    Count = 4,
}
