using System.Net;
using CreditGrains.Cli.Bench.Load;

namespace CreditGrains.Cli.Bench;

/// <summary>What the options of a run come to.</summary>
internal sealed record BenchSettings
{
    public required PopulationShape Shape { get; init; }

    /// <summary>Length of each measurement.</summary>
    public required double Seconds { get; init; }

    /// <summary>Load before each measurement, not counted.</summary>
    public required double WarmUpSeconds { get; init; }

    /// <summary>A server that runs already; null: the bench starts its own.</summary>
    public IPEndPoint? Address { get; init; }

    /// <summary>Data directory of the engine or server that the bench starts; the population in it is used again.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The creditgrains to start; null: this one.</summary>
    public string? ServeWith { get; init; }

    public int Connections { get; init; } = 16;

    public int Streams { get; init; } = 16;

    /// <summary>Requests of a batch on a stream.</summary>
    public int BatchLength { get; init; } = 100;

    /// <summary>Batches under way on each stream.</summary>
    public int BatchesInFlight { get; init; } = 8;

    /// <summary>Facilities of the PostgreSQL book; it may be smaller, and the report then says so.</summary>
    public required long PostgresFacilities { get; init; }

    /// <summary>Whether the server that is started has monitors, shadows and alerts beside it.</summary>
    public bool HasDesk { get; init; } = true;

    /// <summary>Lifetime of the holds that are placed; 0 is the engine's own.</summary>
    public int HoldSeconds { get; init; }

    /// <summary>Authorization header of every call; null for none.</summary>
    public string? Authorization { get; init; }

    public bool IsJson { get; init; }

    /// <summary>Seed of the random facilities and amounts. The ids differ in every run.</summary>
    public ulong Seed { get; init; } = 1;
}
