namespace CreditGrains.Securitisation.Pools;

/// <summary>What a trigger of a pool measures.</summary>
public enum PoolMeasure
{
    /// <summary>Defaulted to date over all that was purchased; breached above.</summary>
    CumulativeDefault = 0,

    /// <summary>Defaulted to date less recovered over all that was purchased; breached above.</summary>
    CumulativeLoss = 1,

    /// <summary>Performing balance so many days past due or more, over performing balance; breached above.</summary>
    Delinquency = 2,

    /// <summary>Mean MDR of the last closed months, annualised; breached above.</summary>
    DefaultRateAnnual = 3,

    /// <summary>Mean SMM of the last closed months, annualised; breached above.</summary>
    PrepaymentRateAnnual = 4,

    /// <summary>Performing balance over all that was purchased; breached below.</summary>
    PoolFactor = 5,
}

/// <summary>A level a pool is watched against.</summary>
/// <param name="Name">As shown.</param>
/// <param name="Measure">What is measured.</param>
/// <param name="Level">A ratio, 0 to 1; at the level is not yet breached.</param>
/// <param name="FromDays">Of delinquency: the first day past due that counts; falls on the first day of a bucket.</param>
/// <param name="Months">Of rates: closed months in the mean, 1 or more.</param>
public sealed record PoolTrigger(string Name, PoolMeasure Measure, double Level, int FromDays = 1, int Months = 3)
{
    /// <summary>Whether a value below the level is the bad one.</summary>
    public bool IsBadBelow => Measure == PoolMeasure.PoolFactor;
}

/// <summary>Where a trigger stands.</summary>
/// <param name="Trigger">Which.</param>
/// <param name="Value">Now; null when there is nothing to measure yet.</param>
/// <param name="Distance">How far it is from its level on the good side: negative when breached.</param>
/// <param name="Headroom">The same in minor units of balance; null for rates.</param>
public sealed record TriggerDistance(PoolTrigger Trigger, double? Value, double? Distance, long? Headroom)
{
    public bool IsBreached => Distance < 0;
}
