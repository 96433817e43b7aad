namespace CreditGrains.Cluster.Simulation;

/// <summary>What is broken on purpose in the ports around the shipped code.</summary>
public enum PlantedFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>An append under an old epoch is taken, and so are its files and signposts.</summary>
    StaleEpochAccepted,

    /// <summary>A grant that comes is taken as so much more.</summary>
    LeaseCountedTwice,

    /// <summary>An allowance in a window that comes is taken as twice as much.</summary>
    AllowanceCountedTwice,

    /// <summary>A partition opens on what was read before its epoch was raised, and the table takes a second row in a place, so that its key does not tell.</summary>
    ReclaimBeforeFencing,

    /// <summary>An append is answered before it is durable, and a crash loses it.</summary>
    AnswerBeforeAppend,

    /// <summary>A node's state is told as stored and is not.</summary>
    AnswerBeforeStored,
}
