namespace CreditGrains.Simulation.Leases;

/// <summary>How a lease simulation runs. Percentages are of occasions.</summary>
internal sealed record LeaseSimulationOptions
{
    public LeaseFault Fault { get; init; }

    public int Ticks { get; init; } = 600;

    public int PartitionsMax { get; init; } = 8;

    public int NodesMax { get; init; } = 3;

    public int LossPercent { get; init; } = 5;

    public int DuplicatePercent { get; init; } = 10;

    /// <summary>Messages that take up to <see cref="LateTicksMax"/> instead of three ticks.</summary>
    public int LatePercent { get; init; } = 10;

    public int LateTicksMax { get; init; } = 60;

    /// <summary>Stores of a node that fail, half of them having stored all the same.</summary>
    public int StoreFailPercent { get; init; } = 4;

    /// <summary>Appends of a partition that end its activation, half of them being durable all the same.</summary>
    public int AppendFailPercent { get; init; } = 1;

    /// <summary>Ticks after which an unanswered recall has its holder fenced.</summary>
    public int FenceAfterTicks { get; init; } = 40;

    /// <summary>Ticks after which a waiting request is given up.</summary>
    public int DeadlineTicks { get; init; } = 80;
}
