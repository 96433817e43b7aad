namespace CreditGrains.Risk.Features;

/// <summary>How events become one number.</summary>
public enum Aggregation
{
    /// <summary>How many.</summary>
    Count,

    /// <summary>Their values added up.</summary>
    Sum,

    /// <summary>Sum ÷ count; missing without events.</summary>
    Mean,

    /// <summary>Least value; missing without events.</summary>
    Min,

    /// <summary>Greatest value; missing without events.</summary>
    Max,

    /// <summary>Sample standard deviation; missing with fewer than two events.</summary>
    StandardDeviation,

    /// <summary>How many different values: exact to 32 (16 in a compact catalogue), then estimated (<see cref="DistinctSketch"/>).</summary>
    Distinct,

    /// <summary>Value of the event with the latest time, of equal ones the last to arrive; missing without events.</summary>
    Last,

    /// <summary>Seconds from the latest event to the decision, 0 when it is later than the decision; missing without events.</summary>
    SecondsSinceLast,

    /// <summary>Seconds from the earliest event to the decision, 0 when it is later; missing without events.</summary>
    SecondsSinceFirst,

    /// <summary>Slope of the least-squares line through the totals of the window's buckets, value per bucket.</summary>
    Trend,

    /// <summary>Events that met a second filter since the last one that did not.</summary>
    Streak,

    /// <summary>One feature divided by another; missing when either is, or the second is 0.</summary>
    Ratio,

    /// <summary>An expression over other features, the request and the facility.</summary>
    Derived,

    /// <summary>Events of the entity that came too late for the catalogue's bound, or from the future.</summary>
    Late,
}

/// <summary>Whose events a feature is about.</summary>
public enum FeatureEntity
{
    /// <summary>The account that the decision is on.</summary>
    Facility,

    /// <summary>Its borrower: all facilities below it, in the borrower's currency. Missing when there is none.</summary>
    Borrower,
}

/// <summary>One feature of a catalogue.</summary>
/// <param name="Index">Place in the vector.</param>
/// <param name="Name">As models and policies call it.</param>
/// <param name="Description">In words; may be empty.</param>
/// <param name="Entity">Whose events.</param>
/// <param name="Aggregation">How they become a number.</param>
/// <param name="Scale">Digits after the point: the vector holds the value times 10^scale, rounded half to even.</param>
/// <param name="WindowSeconds">Length of the window; 0 for the whole life or where none applies.</param>
/// <param name="GranularitySeconds">Length of a bucket; 0 where none applies.</param>
public sealed record Feature(
    int Index, string Name, string Description, FeatureEntity Entity, Aggregation Aggregation, int Scale, long WindowSeconds, long GranularitySeconds);
