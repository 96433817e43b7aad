using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Engine.Snapshots;

namespace CreditGrains.Simulation.Harness;

/// <summary>How the engine tells that what stands on disk is not what was written.</summary>
internal static class Damage
{
    /// <summary>A refusal that says what it found; only a flipped bit may bring it about.</summary>
    public static bool IsFound(Exception failure) => failure is JournalDamagedException or RunDamagedException or SnapshotDamagedException;

    /// <summary>A refusal by name of any kind.</summary>
    public static bool IsNamed(Exception failure) => failure is StoreException or JournalException or SnapshotDamagedException;
}
