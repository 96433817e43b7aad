using CreditGrains.Cluster.Simulation.World;

namespace CreditGrains.Cluster.Simulation.Net;

/// <summary>One activation of a partition or node: its turns, and its host once that is open.</summary>
internal sealed class Activation(Target target, SimSilo silo)
{
    public Target Target => target;

    public SimSilo Silo => silo;

    public Turns Turns { get; } = silo.NewTurns();

    /// <summary>The host, a PartitionHost or NodeHost; fails when it cannot open.</summary>
    public Task<object> Host { get; set; } = null!;

    /// <summary>It ends: no more calls come.</summary>
    public bool IsLeaving { get; set; }

    public bool IsLive => !IsLeaving && !silo.IsGone;
}
