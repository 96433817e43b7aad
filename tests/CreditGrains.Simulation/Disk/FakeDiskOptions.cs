namespace CreditGrains.Simulation.Disk;

/// <summary>How a fake disk misbehaves. Ratios are probabilities from 0 to 1.</summary>
public sealed record FakeDiskOptions
{
    /// <summary>Chance that an unsynced sector survives a crash. Default one half.</summary>
    public double SectorSurvivalRatio { get; init; } = 0.5;

    /// <summary>Chance that an unsynced directory change survives a crash. Default one half.</summary>
    public double DirectorySurvivalRatio { get; init; } = 0.5;

    /// <summary>Chance that a written sector reaches the disk at once, unasked. Default one tenth.</summary>
    public double WritebackRatio { get; init; } = 0.1;

    /// <summary>Bytes of all files together. Default unlimited.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>Told each operation before it happens, for delays on a virtual clock; may throw.</summary>
    public Action<FakeDiskOperation>? OnOperation { get; init; }
}

/// <summary>What a fake disk is asked to do.</summary>
public enum FakeDiskOperation
{
    /// <summary>A new file.</summary>
    Create,

    /// <summary>Bytes into a file.</summary>
    Write,

    /// <summary>A change of length.</summary>
    SetLength,

    /// <summary>A file made durable.</summary>
    Sync,

    /// <summary>A new name.</summary>
    Rename,

    /// <summary>A name removed.</summary>
    Delete,

    /// <summary>The directory made durable.</summary>
    SyncDirectory,
}

/// <summary>The simulated machine lost power; only <see cref="FakeDisk.Crash"/> brings it back.</summary>
public sealed class SimulatedCrashException() : Exception("The simulated machine lost power.");
