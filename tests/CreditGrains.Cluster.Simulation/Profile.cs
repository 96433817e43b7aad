using CreditGrains.Simulation.Workload;

namespace CreditGrains.Cluster.Simulation;

/// <summary>How much of each trouble a seed has; many have none of some, so that what is rare for one is common for another.</summary>
internal sealed class Profile(Dice dice)
{
    /// <summary>Calls lost on the way there or back, of a thousand.</summary>
    public int Lost { get; } = dice.Pick([0, 1, 3, 10]);

    /// <summary>Calls that arrive twice, of a thousand.</summary>
    public int Twice { get; } = dice.Pick([0, 5, 30]);

    /// <summary>Calls that take long, of a thousand.</summary>
    public int Late { get; } = dice.Pick([0, 5, 40]);

    /// <summary>Statements of the database that fail without a word of their fate, of a thousand.</summary>
    public int Unknown { get; } = dice.Pick([0, 2, 10, 30]);

    /// <summary>Calls that begin a second activation of what they call, of a thousand.</summary>
    public int Duplicate { get; } = dice.Pick([0, 1, 5]);

    /// <summary>Calls that reach an activation that is not the newest, while there is one, of a thousand.</summary>
    public int ToStale { get; } = dice.Pick([0, 50, 300]);

    /// <summary>Mean time between pauses of a silo, and between crashes; 0 is never.</summary>
    public long PauseEvery { get; } = dice.Pick([0L, 6_000_000, 15_000_000]);

    public long CrashEvery { get; } = dice.Pick([0L, 9_000_000, 20_000_000]);

    /// <summary>Journal bytes between snapshots; 0 is never.</summary>
    public long SnapshotEvery { get; } = dice.Pick([0L, 4_000, 30_000]);

    /// <summary>Whether facts come besides requests and repayments.</summary>
    public bool HasFacts { get; } = dice.Percent(50);

    /// <summary>Whether limits of shared nodes change.</summary>
    public bool HasCuts { get; } = dice.Percent(60);
}
