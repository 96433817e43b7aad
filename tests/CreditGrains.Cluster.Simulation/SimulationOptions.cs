namespace CreditGrains.Cluster.Simulation;

/// <summary>How a run goes. Times are microseconds of the timeline, rates are of a thousand occasions.</summary>
internal sealed record SimulationOptions
{
    public PlantedFault Fault { get; init; }

    /// <summary>How long there is trouble.</summary>
    public long TroubledMicros { get; init; } = 40_000_000;

    /// <summary>How long everything may take to come to rest afterwards.</summary>
    public long RestMicrosMax { get; init; } = 180_000_000;

    public int Silos { get; init; } = 3;

    /// <summary>Prints what happens.</summary>
    public Action<string>? Log { get; init; }
}
