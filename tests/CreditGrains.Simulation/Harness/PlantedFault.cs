namespace CreditGrains.Simulation.Harness;

/// <summary>A fault put in on purpose, outside the shipped code, to see that the simulator finds it.</summary>
internal enum PlantedFault
{
    None,

    /// <summary>Answers leave before their batch is flushed.</summary>
    ReplyBeforeFlush,

    /// <summary>The disk says synced and did nothing.</summary>
    NoSync,

    /// <summary>A snapshot counts before its sequence is durable.</summary>
    SnapshotAheadOfJournal,

    /// <summary>A facility counts once for each way to an ancestor.</summary>
    DiamondCountedTwice,

    /// <summary>The bar on an id reversed ahead of its command is forgotten.</summary>
    LostTombstone,

    /// <summary>After a restart the ids used before are not known.</summary>
    IdReuseAfterRestart,

    /// <summary>Reads leave before the batch they looked at is flushed.</summary>
    ReadOfUnflushedState,
}
