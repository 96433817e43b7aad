namespace CreditGrains.Simulation.Leases;

/// <summary>What is broken on purpose in the hosts around the protocol.</summary>
public enum LeaseFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>An append under an old epoch succeeds.</summary>
    StaleEpochAccepted,

    /// <summary>A reply that comes twice is taken as another grant of the same size.</summary>
    LeaseCountedTwice,

    /// <summary>A holder's usage is read and its grant returned, and its epoch is raised only later.</summary>
    ReclaimBeforeFencing,

    /// <summary>Messages leave before what they tell is durable.</summary>
    ReportBeforeFlush,

    /// <summary>A new epoch goes on with the grants found in the journal.</summary>
    GrantSurvivesEpoch,

    /// <summary>A node answers although its state was not stored.</summary>
    AnswerBeforeStored,
}
