using System.Collections.Immutable;
using CreditGrains.Engine.Leases;
using CreditGrains.Simulation.Leases;

namespace CreditGrains.Engine.Tests.Leases;

/// <summary>A request of a scope: its place in the list plus one is its id.</summary>
internal sealed record ScopedRequest(int Partition, params (int Node, long Added)[] Needs)
{
    public ImmutableArray<LeaseNeed> ToNeeds() => [.. Needs.Select(n => new LeaseNeed(TinyStore.Key(n.Node), n.Added))];
}

/// <summary>A fact of a scope.</summary>
internal sealed record ScopedFact(int Partition, int Node, long Change);

/// <summary>What may happen in a model check, each at most so often, in any order.</summary>
internal sealed record LeaseScope
{
    public required int Partitions { get; init; }

    public required long[] Limits { get; init; }

    public ScopedRequest[] Requests { get; init; } = [];

    public ScopedFact[] Facts { get; init; } = [];

    /// <summary>Changes of limit, each once, in this order.</summary>
    public (int Node, long Limit)[] Cuts { get; init; } = [];

    /// <summary>New activations; the old one goes on, not knowing.</summary>
    public int Reopenings { get; init; }

    /// <summary>Fencings by a node, which reclaims.</summary>
    public int Reclaims { get; init; }

    /// <summary>Deliveries that leave the message in flight.</summary>
    public int Duplicates { get; init; }

    public int Abandons { get; init; }

    /// <summary>Resendings by holders and nodes.</summary>
    public int Resends { get; init; }

    /// <summary>Whether a batch is flushed with each step, or on its own whenever.</summary>
    public bool FlushesAtOnce { get; init; }

    public LeasePolicy Policy { get; init; } = new() { GrowthFactor = 1, UsageDivisor = 8, FreeDivisor = 2, StrandedDivisor = 0 };

    public LeaseFault Fault { get; init; }

    public int StatesMax { get; init; } = 150_000;
}
